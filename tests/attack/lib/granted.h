/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A page whose intent and mapping have W and whose EPCM does not, for attempts to have the
 * kernel write to it.
 */
#ifndef GRANTED_H
#define GRANTED_H

#include "attack.h"

#define GRANTED_BYTE	0x11	/* what the page is full of where kernels write: four bytes of it */

/* Mapped RW. The address of a word in it; the kernel would write another value there. */
u64 granted_word(struct scene *s);
/*
 * From begin to end: a thread of which clone() and its death write to this word, as these of
 * clone()'s flags say.
 */
void granted_thread(u64 word, int flags);

#endif
