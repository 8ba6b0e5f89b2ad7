// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pkey_mprotect() is another system call, and a protection key another kind of right: a
 * check of mprotect() alone would not see it. R8.2: the kernel asks the mapping's own
 * operations for both. The hole is mprotect_intent. Without keys in the CPU, key -1 is the
 * same call without one.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	int key;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(!probe_read(scene_at(&s, s.play)).signo);
	key = pkey_alloc(0, 0);

	ATTEMPT(&s, pkey_mprotect((void *)scene_at(&s, s.play), PAGE, PROT_READ | PROT_EXEC, key));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R");
}
