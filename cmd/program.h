/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that avow exec can run. */
#ifndef AVOW_CMD_PROGRAM_H
#define AVOW_CMD_PROGRAM_H

/* Like the shell: a path, or a name in PATH; the caller frees. NULL after a message. */
char *program_find(const char *name);

/*
 * Will the dynamic loader of glibc load an audit library into it? For a script the
 * question is about its interpreter. 0, or -1 after a message that says why not.
 */
int program_check(const char *path);

#endif
