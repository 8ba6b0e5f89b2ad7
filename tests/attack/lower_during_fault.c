// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread faults on a writable page, and meanwhile its intent is lowered: what the fault has
 * decided is out of date when it makes its entry, after the others were dropped. R10.3: both
 * happen under one lock, so that R10.1 refuses the next write. The hole is fault_unlocked,
 * which lets the lock go in between.
 */
#include "overlap.h"

static void lower(struct scene *s, u64 offset)
{
	REQUIRE_OK(avow_lower_range(s->e.fd, offset, PAGE, AVOW_R));
}

static void check(struct scene *s, u64 offset)
{
	if (still_written(s, offset))
		got_through("wrote to a page whose intent was lowered to R");
}

void attack(void)
{
	struct scene s;
	unsigned long rounds = during_faults(&s, writes, lower, check);

	stopped_throughout(&s, rounds);
}
