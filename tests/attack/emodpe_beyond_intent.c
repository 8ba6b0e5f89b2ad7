// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The enclave gives a page of its own X, by EMODPE, which asks nobody; the page was declared
 * RW. R8.2 (R13.1): the mapping goes by the intent. The hole is mprotect_intent.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_RWX).exit);
	REQUIRE(!probe_write(at, 0xc3).signo);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(&s, at);
	got_through("ran what was written to a page declared RW");
}
