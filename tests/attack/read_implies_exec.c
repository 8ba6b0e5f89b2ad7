// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * With the personality READ_IMPLIES_EXEC the kernel adds X to every readable mapping, behind
 * the back of who asks for it: a check of what was asked for would see R. R12: such a task
 * maps nothing. Should it (implied_exec), R8.2 sees what the kernel made of it
 * (mprotect_intent).
 */
#include <sys/mman.h>
#include <sys/personality.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(!probe_read(scene_at(&s, s.play)).signo);
	REQUIRE(personality(READ_IMPLIES_EXEC) != -1);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R");
}
