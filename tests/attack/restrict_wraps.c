// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * RESTRICT_PERMISSIONS with a length that takes the sum with the offset around to 0. R24.2: the
 * whole is refused before a page is changed. The hole is range_sum: then the pages are changed one
 * by one, up to the first that is none.
 */
#include "tricks.h"

void attack(void)
{
	struct scene s;
	int ret;

	scene_page_and_hole(&s);

	attempt_begin(&s);
	ret = errno_of(raw_restrict(&s, s.play, -s.play / PAGE, AVOW_R));
	if (scene_run(&s, s.play).epcm == AVOW_R)
		got_through("took W from a page by a range that wraps");
	attempt_end(&s, "RESTRICT_PERMISSIONS", ret);
}
