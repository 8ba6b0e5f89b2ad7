// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy: what was ever mapped writable must not become executable. The process writes
 * its code, and becomes another program by execve(), with the descriptor kept: no mapping is
 * left, nor anything else that would know. R14.1 with R16.2: history is the page's. The hole
 * is history_told.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	if (!attack_goes_on(&s)) {
		attack_policy(NO_CODE_THAT_WAS_WRITTEN);
		scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
		scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
		REQUIRE(!probe_write(scene_at(&s, s.play) + CODE_AT, 0xc3).signo);
		attack_by_execve(&s);
	}
	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play) + CODE_AT);
	got_through("ran what another program had written");
}
