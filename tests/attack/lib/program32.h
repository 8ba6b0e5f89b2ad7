/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The 32-bit program of narrow/narrow.c, which each attack has in itself. */
#ifndef PROGRAM32_H
#define PROGRAM32_H

#include "attack.h"

#define PROGRAM32_BASE	0x40000000ULL	/* where its enclaves lie: it reaches them, and is elsewhere */

/*
 * Runs it with the scene's descriptor and these arguments, numbers as "%llx": verb, FD and
 * the rest. 0 or a negative errno; EFAULT, too, where a signal ended it.
 */
int program32(struct scene *s, const char *verb, u64 where, u32 rights, u8 byte);
/*
 * The same without PT_GNU_STACK, as old programs are: Linux gives it READ_IMPLIES_EXEC.
 */
int program32_implied_exec(struct scene *s, const char *verb, u64 where, u32 rights, u8 byte);

/* The test enclave below 4 GiB, with a page at s->play of these rights and intent; INIT. */
void program32_scene(struct scene *s, u32 rwx, u32 intent);

#endif
