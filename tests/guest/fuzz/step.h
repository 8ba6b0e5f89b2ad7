/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One step of a sequence: what a thread is told to do. As text, a line each:
 *
 *	a1 mprotect page=40 pages=2 prot=rw-
 *
 * Numbers are plain, so that a step means the same whatever came before it.
 */
#ifndef STEP_H
#define STEP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum step_op {
	OP_CREATE, OP_IMAGE, OP_ADD, OP_INIT, OP_RESTRICT, OP_MODIFY, OP_REMOVE,
	OP_PROVISION, OP_CONTRACT, OP_DECLARE, OP_LOWER, OP_INFO, OP_LIST, OP_REFUSALS,
	OP_UNKNOWN,
	OP_MMAP, OP_MPROTECT, OP_MUNMAP, OP_MREMAP, OP_MAP_IMAGE,
	OP_FORK, OP_THREAD, OP_QUIT, OP_DUP, OP_CLOSE, OP_PERSONA,
	OP_OUT_READ, OP_OUT_WRITE, OP_OUT_EXEC, OP_OUT_ALL, OP_OUT_ENCLU,
	OP_DEBUG_READ, OP_DEBUG_WRITE,
	OP_IN_READ, OP_IN_WRITE, OP_IN_EXEC, OP_ENTER,
	OP_EACCEPT, OP_EMODPE, OP_EACCEPTCOPY, OP_ENCLU,
	NR_OPS,
};

#define STEP_ARGS	5

struct step {
	uint8_t op, actor, fd;
	int32_t arg[STEP_ARGS];
};

enum arg_kind { ARG_NONE, ARG_NUMBER, ARG_RIGHTS, ARG_HEX };

struct arg {
	const char *name;
	enum arg_kind kind;
};

struct op_text {
	const char *name;
	bool takes_fd;		/* is told which of the process' descriptors */
	struct arg args[STEP_ARGS];
};

extern const struct op_text op_texts[NR_OPS];

/* Places in arg[] of the operations on ranges. */
enum { A_PAGE = 0, A_PAGES = 1, A_WHAT = 2, A_WRONG = 3 };
/* Of OP_ADD. */
enum { ADD_SRC = 2, ADD_SECINFO = 3, ADD_FLAGS = 4 };
/*
 * OP_ADD's flags, which do not fit into a number here: MEASURE, AVOW_PAGE_INTENT and its
 * three bits, an unknown bit among the low ones and one above, and what is wrong << 8.
 */
enum {
	ADD_MEASURE = 1, ADD_INTENT = 2, ADD_INTENT_SHIFT = 2,
	ADD_UNKNOWN_LOW = 32, ADD_UNKNOWN_HIGH = 64, ADD_WRONG_SHIFT = 8,
};

/* What is wrong with the arguments of an ioctl. */
enum wrong {
	RIGHT, WRONG_OFFSET, WRONG_LENGTH, WRONG_EMPTY, WRONG_OVERFLOW, WRONG_COUNT, WRONG_RESULT,
	WRONG_RESERVED, WRONG_POINTER, WRONG_SRC, WRONG_SECINFO, WRONG_SECINFO_RESERVED, NR_WRONG,
	WRONG_ARRAY = WRONG_SRC,	/* of LIST, REFUSALS: where nothing can be written */
};

void step_print(FILE *out, const struct step *step);
/* NULL, or what is wrong with the line. */
const char *step_parse(const char *line, struct step *step);

#define SEQUENCE_MAX	400

struct sequence {
	unsigned int nr;
	struct step steps[SEQUENCE_MAX];
};

/* A file of steps; lines that begin with # are comments. 0, or -1 and says why on stderr. */
int sequence_read(const char *path, struct sequence *sequence);

#endif
