// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Laundering: a read-only page is trimmed, removed, and added again by EAUG, which gives a
 * page in a hole every right. In `compat` that works, as in-tree (R2.4). R2.3: in `strict` the
 * slot keeps the intent, so that the new page is bound by it (R8.2). Should it forget the
 * intent (removed_intent), the slot is a hole, which is not augmented (augment_undeclared).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE_OK(raw_modify(&s, s.play, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(&s, s.play, TRIMMED), 0);
	REQUIRE_OK(raw_remove(&s, s.play, 1));

	ATTEMPT_LEAF(inside_eaccept(&s, s.play, AUGMENTED));
	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("wrote to a page whose slot was declared R");
}
