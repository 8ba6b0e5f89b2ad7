// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * REMOVE_PAGES of an ordinary page in use, without any of the steps before. R26.3. The hole
 * is remove_accepted.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);

	ATTEMPT(&s, raw_remove(&s, s.play, 1));
	if (scene_run(&s, s.play).state & AVOW_RUN_PRESENT)
		could_not_try("it is still there");
	got_through("removed a page that was in use");
}
