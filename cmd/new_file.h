/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file that takes its name when it is whole: nobody sees a half of it, and nothing is lost by a failure. */
#ifndef AVOW_CMD_NEW_FILE_H
#define AVOW_CMD_NEW_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct new_file {
	FILE *to;
	char *name, *temporary;
};

/* Opens one beside the name. 0, or a negative errno: EEXIST: there is something that is no file. */
int new_file_begin(struct new_file *file, const char *name);
/* whole: it takes the name's place, unless it could not be written; otherwise it is gone. 0, or a negative errno. */
int new_file_end(struct new_file *file, bool whole);

/* All at once. 0, or a negative errno. */
int new_file_write(const char *name, const void *bytes, size_t size);

/* What an errno of these says. */
const char *new_file_why(int err);

#endif
