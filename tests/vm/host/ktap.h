/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A parser of KTAP version 1 (and of TAP, which test programs of the kernel
 * and cmocka print). A stream counts as crashed until all that it promised
 * has been seen.
 */
#ifndef AVOW_VM_KTAP_H
#define AVOW_VM_KTAP_H

#include <stdbool.h>
#include <stddef.h>

enum ktap_outcome { KTAP_PASS, KTAP_FAIL, KTAP_SKIP };

struct ktap_result {
	char *name;		/* may be "" */
	char *reason;		/* what follows the '#', without SKIP; may be "" */
	enum ktap_outcome outcome;
	struct ktap_stream *inner;	/* what was nested below it, or NULL */
};

struct ktap_stream {
	struct ktap_result *results;
	size_t count;
	long plan;		/* -1 until there is one */
	char *skip_all;		/* reason of a plan "1..0 # SKIP", or NULL */
	char *error;		/* the first breach of the format, or NULL */
	char *announced;	/* name in the last "# RUN" line of a kselftest */
	struct ktap_stream *pending;	/* nested lines whose result is still to come */
};

struct ktap_stream *ktap_new(void);
void ktap_free(struct ktap_stream *stream);

/* Takes one line; the result that it completed on this level, or NULL. */
struct ktap_result *ktap_line(struct ktap_stream *stream, const char *line);

/*
 * The whole stream, once it has ended: KTAP_PASS only where every promised
 * result is there and none failed; KTAP_SKIP where all was skipped. The cause
 * of another outcome is put into why.
 */
enum ktap_outcome ktap_verdict(const struct ktap_stream *stream, char *why, size_t size);
/* One result together with what is nested below it. */
enum ktap_outcome ktap_result_verdict(const struct ktap_result *result, char *why, size_t size);

const char *ktap_word(enum ktap_outcome outcome);

#endif
