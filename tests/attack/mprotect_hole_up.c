// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A hole is mapped with PROT_NONE, which always passes, and then made everything at once:
 * there is no page that could object. R9.2: in `strict` a hole allows nothing (hole_mapping),
 * and nothing is augmented in it (augment_undeclared).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_NONE);

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC));
	attempt_fresh_code(&s, s.play);
	got_through("wrote and ran code in a slot that was never declared");
}
