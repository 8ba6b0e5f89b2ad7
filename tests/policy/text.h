/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies in tests: texts from memory, errors and compiled rules as strings to be compared. */
#ifndef AVOW_TEST_POLICY_TEXT_H
#define AVOW_TEST_POLICY_TEXT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "language.h"

/* Files that there are. The end has no name. size 0: as long as the text. */
struct text_file {
	const char *name, *text;
	size_t size;
};

/* What came of a text. */
struct read_text {
	struct avow_policy_text *text;
	struct avow_policy policy;
	struct avow_policy_errors errors;
	bool good;			/* compiled */
};

/* The first file is the main one. */
void read_files(struct read_text *read, const struct text_file *files);
void read_one(struct read_text *read, const char *text);
void read_free(struct read_text *read);

/* "1:6 'lod' expected load, map or init", a line each; "warning " before, and the file where it is not "main". */
char *errors_text(const struct avow_policy_errors *errors);

/*
 * A rule as it was compiled: "deny +load +x -measured ?anonymous ?shmem in file{1,2} not user{7} svn 3":
 * bits that must be there, must not, of which one must; sets. To be freed.
 */
char *rule_text(const struct avow_policy *policy, uint32_t rule);

#endif
