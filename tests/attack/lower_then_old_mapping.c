// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mapping is older than LOWER_INTENT, and was never used: there is no entry that could be
 * dropped, and no mmap() that could be refused. R2.2 with R10.1: the access is held to the
 * intent of now (access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));

	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("wrote to a page whose intent was lowered to R");
}
