// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mremap() that shrinks and moves at once takes another way through the kernel: the tail is
 * unmapped first, and the rest is moved. R11.1: the rest is refused as any other
 * (mremap_moves), and its entries are gone before (mremap_entries).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 from, to;

	scene_image(&s, 3);
	scene_add(&s, s.play, 2, AVOW_R | AVOW_W);
	scene_add(&s, s.play + 2 * PAGE, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 2, PROT_READ | PROT_WRITE);
	scene_map(&s, s.play + 2 * PAGE, 1, PROT_READ);
	from = scene_at(&s, s.play);
	to = scene_at(&s, s.play + 2 * PAGE);
	REQUIRE(!probe_write(from + 16, 0x11).signo);

	ATTEMPT(&s, mremap((void *)from, 2 * PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   (void *)to) == MAP_FAILED ? -1 : 0);
	attempt_write(&s, to + 16, 0x5a);
	got_through("wrote at the address of a page that was declared R");
}
