// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One mprotect() for two pages: the first may be executable, the second may not. A check of
 * the range's first page, or of the VMA, would miss the second. R8.2: every slot of the
 * range is asked. The hole is mprotect_intent. mprotect() widens entries that are there, so
 * the page is read first, and its EPCM grants X.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 second;

	scene_image(&s, 2);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_X);
	scene_add_intent(&s, s.play + PAGE, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 2, PROT_READ);
	second = scene_at(&s, s.play + PAGE);
	REQUIRE(!probe_read(second).signo);

	ATTEMPT(&s, raw_protect(&s, s.play, 2, PROT_READ | PROT_EXEC));
	attempt_exec(&s, second);
	got_through("ran code of a page that was declared R");
}
