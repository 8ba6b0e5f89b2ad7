/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Restartable sequences, rseq(): one section of one thread. Where the kernel finds the thread in
 * it, after a preemption or with a signal, it sets RIP to another place.
 */
#ifndef SECTION_H
#define SECTION_H

#include "test.h"

/*
 * Of the calling thread, from now on, in place of what the library has registered. There must be
 * four readable bytes before the other place.
 */
void section_register(u64 start, u64 end, u64 elsewhere);
/* It counts until the kernel looks at it next. By any thread. */
void section_arm(void);

#endif
