// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy: what was ever mapped writable must not become executable. A dynamic page is
 * mapped writable before it is there, and no access ever touches it: EACCEPTCOPY fills it.
 * R16.2 with R14.1: what the leaf writes is an access through that mapping. The hole is
 * leaf_history.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 from;

	attack_policy(NO_CODE_THAT_WAS_WRITTEN);
	scene_image(&s, 2);
	from = s.play + PAGE;
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_RWX));
	scene_add(&s, from, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_map(&s, from, 1, PROT_READ);
	EXPECT_LEAF(inside_eacceptcopy(&s, s.play, from, AVOW_RWX), 0);
	scene_unmap(&s, s.play, 1);

	ATTEMPT(&s, raw_map(&s, s.play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran what was written through a writable mapping");
}
