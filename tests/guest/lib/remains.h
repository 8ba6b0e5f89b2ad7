/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a module that is not loaded can still be noticed by (R40.3). */
#ifndef REMAINS_H
#define REMAINS_H

#include "test.h"

/* Nothing of the module can be found by a name; it must not be loaded. */
void remains_none(void);

/* Of the system; comparable where the same processes run. */
struct remains {
	unsigned int hooked;		/* functions that anything hooks */
	unsigned int trampolines;	/* of ftrace, which are the kernel's to free */
	unsigned int probes;
	u64 free;			/* pages that nobody uses, caches emptied */
};

struct remains remains_take(void);
/*
 * As before, but for `pages` of memory that may have gone for the kernel's own reasons: and more
 * where kmemleak is, for what else such a kernel keeps.
 */
void remains_expect(const struct remains *before, u64 pages);

#endif
