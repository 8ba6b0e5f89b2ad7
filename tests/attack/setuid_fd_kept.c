// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The enclave is built by root, and the descriptor outlives setuid(): who has it now has
 * fewer rights, and a check of who opened it would let root's through. R8.1 looks at nobody
 * (mmap_intent); behind that R10.1 and R10.3 (access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "attack.h"

#define NOBODY	65534

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_R);
	REQUIRE(!setgid(NOBODY));
	REQUIRE(!setuid(NOBODY));

	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R");
}
