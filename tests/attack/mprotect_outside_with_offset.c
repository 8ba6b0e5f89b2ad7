// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Before INIT a mapping outside of the range is allowed, as in-tree. It is made with no right,
 * and raised after INIT. R11.2: mprotect() is asked where it is, too (outside_mapping); behind
 * that R11.4 (offset_kept, moved_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_image(&s, 1);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	at = elsewhere(1);
	REQUIRE_OK(map_file_at(&s, at, 1, PROT_NONE, MAP_SHARED, scene_at(&s, s.play)));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);

	ATTEMPT(&s, mprotect((void *)at, PAGE, PROT_READ | PROT_WRITE));
	attempt_write(&s, at + 16, 0x5a);
	if (probe_read(scene_at(&s, s.play) + 16).value != 0x5a)
		could_not_try("it is another page");
	got_through("wrote to a page at an address outside of the range");
}
