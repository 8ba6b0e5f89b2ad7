/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes that fall into the fault of a first access; what goes wrong is "could not try". */
#ifndef OVERLAP_H
#define OVERLAP_H

#include <stdatomic.h>

#include "attack.h"

/*
 * Until the time is up a thread accesses pages, mapped RW, for the first time, one after the other;
 * access() says whether that succeeded. At a moment that nobody chose, on one processor as on two,
 * meanwhile() changes the page that the thread is at. When both are over, check() looks for what
 * came of it. Returns how often the change fell into a fault that was answered: never is a failure.
 * The scene is made for it.
 */
unsigned long during_faults(struct scene *s, bool (*access)(u64 at),
			    void (*meanwhile)(struct scene *s, u64 offset),
			    void (*check)(struct scene *s, u64 offset));

/* For an access that goes on until then. */
extern _Atomic bool change_over;

/* Such an access; and whether the page can be written to after it. */
bool writes(u64 at);
bool still_written(struct scene *s, u64 offset);

#endif
