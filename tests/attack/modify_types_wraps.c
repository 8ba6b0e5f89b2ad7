// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * MODIFY_TYPES with a length that takes the sum with the offset around to 0. R25.2: the whole is
 * refused before a page is changed. The hole is range_sum.
 */
#include "tricks.h"

void attack(void)
{
	struct scene s;
	int ret;

	scene_page_and_hole(&s);

	attempt_begin(&s);
	ret = errno_of(raw_modify(&s, s.play, -s.play / PAGE, PT_TRIM));
	if (scene_run(&s, s.play).type == PT_TRIM)
		got_through("trimmed a page by a range that wraps");
	attempt_end(&s, "MODIFY_TYPES", ret);
}
