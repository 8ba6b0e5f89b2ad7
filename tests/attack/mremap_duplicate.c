// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mremap() of no bytes of a shared mapping makes a second one of it elsewhere, without
 * another mmap(). R11.1. The kernel takes that for lengthening, and refuses it for any mapping
 * of page numbers (page_entries), and for one that must not be lengthened (mremap_grows); else
 * mremap() is refused (mremap_moves), and no page is there (moved_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 to = elsewhere(1);
	long ret;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);

	attempt_begin(&s);
	ret = mremap((void *)scene_at(&s, s.play), 0, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
		     (void *)to) == MAP_FAILED ? -errno : 0;
	if (ret != -EFAULT)
		attempt_end(&s, "mremap", ret);
	attempt_unrecorded("mremap", ret, EFAULT);
	attempt_write(&s, to + 16, 0x5a);
	got_through("wrote to a page at an address outside of the range");
}
