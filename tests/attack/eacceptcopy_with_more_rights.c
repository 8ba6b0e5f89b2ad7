// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * EACCEPTCOPY gives a page whatever rights its SECINFO names, here X to one that was
 * declared RW; the copied bytes are then to be run. R8.2 (R13.1): the EPCM moves, the intent does
 * not, and the mapping goes by the intent. The hole is mprotect_intent.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 from, at;

	scene_image(&s, 2);
	from = s.play + PAGE;
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_W));
	scene_add(&s, from, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_map(&s, from, 1, PROT_READ);
	EXPECT_LEAF(inside_eacceptcopy(&s, s.play, from, AVOW_R | AVOW_X), 0);
	at = scene_at(&s, s.play);
	REQUIRE(probe_read(at).value == 0xc3);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(&s, at);
	got_through("ran code that EACCEPTCOPY had put into a page declared RW");
}
