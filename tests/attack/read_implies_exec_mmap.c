// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The personality is set before anything is mapped: mmap() of a readable mapping then asks
 * for X without anybody having written it. R12: such a task maps nothing (implied_exec);
 * behind that R8.1, R10.1 and R10.3 (mmap_intent, access_intent, entry_intent).
 */
#include <sys/mman.h>
#include <sys/personality.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_X, AVOW_R);
	REQUIRE(personality(READ_IMPLIES_EXEC) != -1);

	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R");
}
