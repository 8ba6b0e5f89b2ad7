// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * REMOVE_PAGES with a length that takes the sum with the offset around to 0, where the first page
 * may be removed. R26.1: the whole is refused before a page is removed. The hole is range_sum.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	int ret;

	scene_page_and_hole(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(&s, s.play, TRIMMED), 0);
	REQUIRE(!test_failed());

	attempt_begin(&s);
	ret = errno_of(raw_remove(&s, s.play, -s.play / PAGE));
	if (!(scene_run(&s, s.play).state & AVOW_RUN_PRESENT))
		got_through("removed a page by a range that wraps");
	attempt_end(&s, "REMOVE_PAGES", ret);
}
