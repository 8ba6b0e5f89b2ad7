// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * remap_file_pages() puts another part of the file behind an address that is mapped already.
 * The kernel makes a new mapping of it, with the offset that it was given. R11.4: that means
 * nothing either (offset_kept, moved_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 one, other;

	scene_ready(&s, 2, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	one = scene_at(&s, s.play);
	other = scene_at(&s, s.play + PAGE);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);

	REQUIRE_OK(remap_file_pages((void *)one, PAGE, 0, other / PAGE, 0));
	attempt_write(&s, one + 16, 0x5a);
	if (probe_read(other + 16).value == 0x5a)
		got_through("wrote to a page at the address of another");
	stopped("it is the page of the address");
}
