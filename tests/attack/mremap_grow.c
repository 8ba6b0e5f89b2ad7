// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mapping of a writable page is made longer in place, over the read-only page behind it:
 * no mmap() is asked. R11.1. The kernel refuses to lengthen any mapping of page numbers, so
 * Avow is not asked.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 2);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	scene_add_intent(&s, s.play + PAGE, 1, AVOW_R | AVOW_W, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_unmap(&s, s.play + PAGE, 1);

	ATTEMPT_UNRECORDED(mremap((void *)scene_at(&s, s.play), PAGE, 2 * PAGE, 0) == MAP_FAILED ?
			   -1 : 0, EFAULT);
	attempt_write(&s, scene_at(&s, s.play + PAGE) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
