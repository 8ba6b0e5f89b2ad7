// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sixty-four refusals are kept. After as many there is no room, and one more is asked for:
 * whoever makes a verdict depend on its record would let it pass. R8.2 with R18.5. The hole
 * is refusal_room.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	int i;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(!probe_read(scene_at(&s, s.play)).signo);
	for (i = 0; i < AVOW_REFUSALS_KEPT; i++)
		EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R, as nobody could be told");
}
