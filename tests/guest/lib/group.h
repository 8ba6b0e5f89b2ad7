/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One control group of the tests' own. */
#ifndef GROUP_H
#define GROUP_H

#include "test.h"

/* With the memory controller. A case that fails may leave it: it is taken as it is. */
void group_make(void);
/* Once nobody is in it. */
void group_remove(void);
/*
 * This process. Stack pages that a fork shares are made its own before: once the group is full
 * it must not need one.
 */
void group_enter(void);
void group_write(const char *file, const char *text);
u64 group_read(const char *file);
/* Until the file has this line. */
void group_wait(const char *file, const char *line);

#endif
