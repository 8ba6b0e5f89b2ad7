/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An enclave built from an ELF file, for the verbs that measure, sign, show and run one. */
#ifndef AVOW_CMD_BUILD_H
#define AVOW_CMD_BUILD_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

#include <libavow.h>

struct build {
	const char *verb, *file;	/* for messages; set by the verb */
	struct avow_params params;	/* as the options say; a size of 0 is the smallest */
	struct avow_image *image;
	struct avow_enclave *e;
};

/* Options that these verbs share, for getopt_long(). */
enum build_option {
	BUILD_SIZE = 256,
	BUILD_ATTRIBUTES,
	BUILD_DEBUG,
	BUILD_XFRM,
	BUILD_MISCSELECT,
	BUILD_SSA_FRAME_SIZE,
	BUILD_OPTIONS_END,	/* from here on the verb's own */
};
#define BUILD_OPTIONS								\
	{ "size", required_argument, NULL, BUILD_SIZE },			\
	{ "attributes", required_argument, NULL, BUILD_ATTRIBUTES },		\
	{ "debug", no_argument, NULL, BUILD_DEBUG },				\
	{ "xfrm", required_argument, NULL, BUILD_XFRM },			\
	{ "miscselect", required_argument, NULL, BUILD_MISCSELECT },		\
	{ "ssa-frame-size", required_argument, NULL, BUILD_SSA_FRAME_SIZE }
#define BUILD_HELP								\
	"  --size SIZE          of the enclave, a power of two, as 0x10000 or 64K; else the smallest\n"	\
	"  --ssa-frame-size N   pages of an SSA frame; else 1\n"		\
	"  --attributes N       ATTRIBUTES.FLAGS as a number; else 4, MODE64BIT\n"	\
	"  --debug              and DEBUG\n"					\
	"  --xfrm N             ATTRIBUTES.XFRM; else 3, x87 and SSE\n"		\
	"  --miscselect N       MISCSELECT; else 0\n"

/* Defaults: MODE64BIT without DEBUG. verb: of messages. */
void build_init(struct build *b, const char *verb);
/* One of BUILD_OPTIONS. False after a message: its value is none. */
bool build_option(struct build *b, int option, const char *value);

/* The library's messages are complaints of this verb from here on, and name the file. */
void build_listen(const struct build *b);

/*
 * Reads the file, and checks the options; creates the enclave of b->e, which the caller has opened,
 * and adds each segment, with progress: what says what it is. 0, or a negative errno after a
 * message. Freed by build_free() in any case.
 */
int build_read(struct build *b);
int build_create(struct build *b, const char *what);
/* build_create() without a device. */
int build_offline(struct build *b);
void build_free(struct build *b);

/* Signs with a key that is made for this and forgotten, with progress. 0, or a negative errno after a message. */
int build_sign_once(struct avow_enclave *e);

/* Is a page of the first segment a TCS that can be entered? A sentence of what is wrong, to be freed; NULL: all are good. */
char *build_wrong_tcs(const struct build *b);

#endif
