// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The same for a page that comes later: the hole is mapped with every right, and then the
 * slot is declared for reading. R10.1: the mapping is older than the intent, and reaches
 * nothing all the same (access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R));
	scene_init(&s);

	attempt_read(&s, scene_at(&s, s.play));
	attempt_fresh_code(&s, s.play);
	got_through("wrote and ran code in a slot that was declared R");
}
