// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * RESTRICT_PERMISSIONS is the host's to call. It names more rights than the page has: the
 * enclave has taken W from itself, and the host gives it back. R13.2: it only takes away; the
 * call succeeds and the page stays as it is. The hole is restrict_widens.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R | AVOW_W));

	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("gave the page a right that the enclave had not");
}
