// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * MREMAP_DONTUNMAP moves the entries and leaves the mapping where it was: two addresses for
 * one page. R11.1. The kernel refuses it for any mapping of page numbers (page_entries), and for
 * one that must not be lengthened (mremap_grows); else mremap() is refused (mremap_moves), and no
 * entries move along (mremap_entries).
 */
#include <sys/mman.h>

#include "tricks.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

void attack(void)
{
	struct scene s;
	u64 from, to = elsewhere(1);

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	from = scene_at(&s, s.play);
	REQUIRE(!probe_write(from, 0x11).signo);

	ATTEMPT_UNRECORDED(mremap((void *)from, PAGE, PAGE,
				  MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
				  (void *)to) == MAP_FAILED ? -1 : 0, EINVAL);
	attempt_write(&s, to + 16, 0x5a);
	got_through("wrote to a page at an address outside of the range");
}
