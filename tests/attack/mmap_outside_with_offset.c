// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mapping outside of the range, with the file offset of a page: were pages found by offset,
 * as in other files, this would be a second address for the page. R11.2: after INIT nothing is
 * mapped outside of the range (outside_mapping); R11.4: the offset is not kept (offset_kept),
 * and a page is given at its own address only (moved_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ);
	at = elsewhere(1);

	ATTEMPT(&s, map_file_at(&s, at, 1, PROT_READ | PROT_WRITE, MAP_SHARED,
				scene_at(&s, s.play)));
	attempt_write(&s, at + 16, 0x5a);
	if (probe_read(scene_at(&s, s.play) + 16).value != 0x5a)
		could_not_try("it is another page");
	got_through("wrote to a page at an address outside of the range");
}
