// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The same with EMODPR: the kernel takes W from the page's EPCM entry while a fault on it is
 * decided. R10.3, so that R10.2 refuses the next write. The hole is fault_unlocked.
 */
#include "overlap.h"

static void restrict_to_r(struct scene *s, u64 offset)
{
	REQUIRE_OK(raw_restrict(s, offset, 1, AVOW_R));
}

static void check(struct scene *s, u64 offset)
{
	if (still_written(s, offset))
		got_through("wrote to a page whose EPCM says R");
}

void attack(void)
{
	struct scene s;
	unsigned long rounds = during_faults(&s, writes, restrict_to_r, check);

	stopped_throughout(&s, rounds);
}
