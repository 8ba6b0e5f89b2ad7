// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * EAUG makes pages that the enclave may give every right. In a slot that was declared for
 * reading it would be a way to more. R3.4: the page has the declared intent, and R8.2 holds
 * the mapping to it. The hole is augment_intent.
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
	REQUIRE(!test_failed());

	ATTEMPT(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("wrote to a page whose slot was declared R");
}
