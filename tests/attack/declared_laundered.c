// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The laundering of `compat`, of a slot that was declared for reading: the page that was
 * augmented there is trimmed and removed, and another comes. R2.6: a declared slot keeps its
 * intent in `compat`, too, and R8.2 holds the mapping to it. The hole is removed_intent.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play, PAGE, AVOW_R));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_LEAF(inside_eaccept(&s, s.play, AUGMENTED), 0);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(&s, s.play, TRIMMED), 0);
	REQUIRE_OK(raw_remove(&s, s.play, 1));
	REQUIRE(!test_failed());

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC));
	attempt_fresh_code(&s, s.play);
	got_through("wrote and ran code in a slot that was declared R");
}
