// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A mapping that nobody has used yet is moved away: there is no page-table entry that could
 * move along, so the page would come at the new address, by a fault. R11.1: the mapping's
 * operations refuse (mremap_moves); R11.4: the fault sees that the mapping was moved
 * (moved_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 to;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	to = elsewhere(1);

	ATTEMPT(&s, mremap((void *)scene_at(&s, s.play), PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   (void *)to) == MAP_FAILED ? -1 : 0);
	attempt_write(&s, to + 16, 0x5a);
	scene_map(&s, s.play, 1, PROT_READ);
	if (probe_read(scene_at(&s, s.play) + 16).value != 0x5a)
		could_not_try("it is another page");
	got_through("wrote to a page at an address outside of the range");
}
