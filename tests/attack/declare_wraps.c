// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * DECLARE_DYNAMIC of the slot in front of the enclave, by an offset just below 2^64, whose sum with
 * the length is 0. R29.2: it is compared without a sum. The hole is range_sum.
 */
#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_create(&s, 4);

	ATTEMPT(&s, avow_declare_range(s.e.fd, -PAGE, PAGE, AVOW_R | AVOW_W));
	if (scene_run(&s, -PAGE).intent != (AVOW_R | AVOW_W))
		could_not_try("the slot has no intent");
	got_through("declared a slot in front of the enclave");
}
