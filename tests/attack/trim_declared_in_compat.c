// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * In `compat` a removed page leaves a hole, which EAUG fills with every right. A slot that
 * was declared dynamic is not to be laundered so. R2.6: it keeps its intent there, too, so that R8.2
 * holds. The hole is removed_intent.
 */
#include <sys/mman.h>

#include "attack.h"

#define TRIMMED		((u64)PT_TRIM << SECINFO_PT_SHIFT | SECINFO_MODIFIED)
#define AUGMENTED	(avow_secinfo_reg(AVOW_R | AVOW_W) | SECINFO_PENDING)

void attack(void)
{
	struct scene s;
	u64 at;

	scene_image(&s, 1);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_W));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(&s, s.play, TRIMMED), 0);
	REQUIRE_OK(raw_remove(&s, s.play, 1));
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	EXPECT_INSIDE_OK(inside_emodpe(&s, s.play, AVOW_RWX).exit);
	REQUIRE(!probe_write(at, 0xc3).signo);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(&s, at);
	got_through("ran what was written to a slot declared RW");
}
