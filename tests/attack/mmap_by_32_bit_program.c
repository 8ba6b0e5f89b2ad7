// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A 32-bit program maps a read-only page writable by mmap2(), whose offset counts pages, at
 * its address below 4 GiB. R8.1 (mmap_intent); behind that R10.1 and R10.3 (access_intent,
 * entry_intent).
 */
#include <sys/mman.h>

#include "program32.h"

void attack(void)
{
	struct scene s;

	program32_scene(&s, AVOW_R | AVOW_W, AVOW_R);

	ATTEMPT(&s, program32(&s, "map", scene_at(&s, s.play), PROT_READ | PROT_WRITE, 0x5a));
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(probe_read(scene_at(&s, s.play)).value == 0x5a);
	got_through("wrote to a page that was declared R");
}
