// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * MAP_SHARED_VALIDATE is a third type of mapping beside MAP_SHARED and MAP_PRIVATE: a check
 * that looks for MAP_SHARED would not know it. R8.1 (mmap_intent); behind that R10.1 and R10.3
 * (access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);
	at = scene_at(&s, s.play);

	ATTEMPT(&s, map_file_at(&s, at, 1, PROT_READ | PROT_WRITE,
				MAP_SHARED_VALIDATE | MAP_POPULATE, 0));
	attempt_write(&s, at + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
