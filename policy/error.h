/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is wrong with a text, and where (R44.2). Everything that reads or compiles a text adds
 * to such a list and goes on where it can, so that one look finds all errors.
 */
#ifndef AVOW_POLICY_ERROR_H
#define AVOW_POLICY_ERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"

/* A word of a text. Strings live as long as the text, or the list of errors, that they are in. */
struct avow_policy_place {
	const char *file;
	const char *source;	/* the line; bytes that no terminal should see are '?' */
	uint32_t line;		/* from 1; 0: the file as a whole */
	uint32_t column;	/* from 1, in characters */
	uint32_t width;		/* of the word, in characters; 0: nothing is there */
};

struct avow_policy_error {
	struct avow_policy_place place;
	const char *word;	/* as it is in the source; "": the end of the line or file */
	const char *message;	/* what is wrong, or "expected ..." */
	bool warning;
};

#define AVOW_POLICY_ERRORS_KEPT	100

/* All zero is an empty one. Owned by the caller. */
struct avow_policy_errors {
	struct avow_policy_error list[AVOW_POLICY_ERRORS_KEPT];	/* in the order in which they were found */
	size_t nr;
	size_t nr_errors, nr_warnings;	/* with those that are not kept */
	bool no_memory;			/* then the list may lack some */
	struct avow_policy_arena arena;
};

/*
 * Copies everything. word: of the place, with length bytes; bytes that no terminal should see
 * become '?'. A list that is full only counts.
 */
__attribute__((format(printf, 6, 7)))
void avow_policy_error_add(struct avow_policy_errors *errors, bool warning,
			   const struct avow_policy_place *place, const char *word, size_t length,
			   const char *format, ...);

/* Nothing was wrong but for warnings? */
bool avow_policy_errors_none(const struct avow_policy_errors *errors);

void avow_policy_errors_free(struct avow_policy_errors *errors);

#endif
