/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Code on a file system that is mounted noexec, for this process and its children. */
#ifndef NOEXEC_H
#define NOEXEC_H

#include "attack.h"

#define NOEXEC_DIRECTORY	32	/* bytes that its name takes, with the 0 */

/* A file with a page of source bytes there; opened for reading and writing. */
int noexec_file(char dir[NOEXEC_DIRECTORY], char path[64]);
/* Adds the page at src with intent RX, and runs it. */
_Noreturn void noexec_run(struct scene *s, const u8 *src);

#endif
