// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ADD_PAGES with an offset just below 2^64 and a length that takes the sum around to a small
 * number. R22.3: it is compared without a sum (range_sum); R11.4: no access outside of the
 * range finds a page (outside_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	const struct avow_params params = { .size = 4 * PAGE, .base = elsewhere(8) + 4 * PAGE };
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	REQUIRE_OK(map_file_at(&s, s.e.base - PAGE, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0));

	ATTEMPT(&s, raw_add(&s, source_code(2), -PAGE, 2 * PAGE, avow_secinfo_reg(AVOW_R | AVOW_W),
			    SGX_PAGE_MEASURE, NULL));
	attempt_write(&s, s.e.base - PAGE + 16, 0x5a);
	got_through("wrote to a page of the enclave before its range");
}
