// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * LOWER_INTENT of the page in front of the enclave, by an offset just below 2^64, whose sum with
 * the length is 0. R29.2: it is compared without a sum. The hole is range_sum, without which there
 * is no such page, either.
 */
#include "tricks.h"

void attack(void)
{
	struct scene s;

	scene_create(&s, 4);
	raw_add(&s, source_code(1), -PAGE, PAGE, avow_secinfo_reg(AVOW_R | AVOW_W), 0, NULL);

	ATTEMPT(&s, avow_lower_range(s.e.fd, -PAGE, PAGE, AVOW_R));
	if (scene_run(&s, -PAGE).intent != AVOW_R)
		could_not_try("its intent is as it was");
	got_through("lowered the intent of a page in front of the enclave");
}
