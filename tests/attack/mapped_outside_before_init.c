// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mapping outside of the range that was made before INIT, with the file offset of a page.
 * R11.4: it never gets one, since the offset is not kept (offset_kept), and a mapping that is
 * not where its offset says is given nothing (moved_access).
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
	REQUIRE_OK(map_file_at(&s, at, 1, PROT_READ | PROT_WRITE, MAP_SHARED,
			       scene_at(&s, s.play)));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);

	attempt_write(&s, at + 16, 0x5a);
	if (probe_read(scene_at(&s, s.play) + 16).value != 0x5a)
		could_not_try("it is another page");
	got_through("wrote to a page at an address outside of the range");
}
