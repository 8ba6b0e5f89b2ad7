// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One mprotect() for two mappings: the kernel goes from mapping to mapping, and the first may
 * be executable. A check made once a call would miss the second. R8.2: each is asked for
 * itself. The hole is mprotect_intent.
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
	scene_map(&s, s.play, 1, PROT_READ);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);
	second = scene_at(&s, s.play + PAGE);
	REQUIRE(!probe_read(second).signo);

	ATTEMPT(&s, raw_protect(&s, s.play, 2, PROT_READ | PROT_EXEC));
	attempt_exec(&s, second);
	got_through("ran code of a page that was declared R");
}
