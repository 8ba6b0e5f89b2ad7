// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * PROT_NONE always passes, whatever the pages are for. So the range is mapped with nothing,
 * and raised when nobody looks at mmap() any more. R8.2: mprotect() is asked as mmap() is
 * (mprotect_intent); the access is, too (access_intent, entry_intent).
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
	scene_map(&s, s.play, 2, PROT_NONE);

	ATTEMPT(&s, raw_protect(&s, s.play, 2, PROT_READ | PROT_WRITE));
	attempt_write(&s, scene_at(&s, s.play + PAGE) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
