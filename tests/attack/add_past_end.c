// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ADD_PAGES of the page right behind the enclave, under a mapping of the file that reaches
 * further than the range, as is allowed before INIT. R22.3: the offset is past the end
 * (range_end); R11.4: no access outside of the range finds a page (outside_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	const struct avow_params params = { .size = 4 * PAGE, .base = elsewhere(8) };
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_create(&s.e, &params));
	REQUIRE_OK(map_file_at(&s, s.e.base, 5, PROT_READ | PROT_WRITE, MAP_SHARED, 0));

	ATTEMPT(&s, raw_add(&s, source_code(1), s.e.size, PAGE, avow_secinfo_reg(AVOW_R | AVOW_W),
			    SGX_PAGE_MEASURE, NULL));
	attempt_write(&s, scene_at(&s, s.e.size) + 16, 0x5a);
	got_through("wrote to a page of the enclave behind its range");
}
