// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A slot is declared for reading; then ADD_PAGES brings a page for it with an intent of its
 * own. R3.4: there is no page to be added in a declared slot. The hole is add_over_declared.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_create(&s, 4);
	REQUIRE_OK(avow_declare_range(s.e.fd, 0, PAGE, AVOW_R));

	ATTEMPT(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R | AVOW_W),
			    SGX_PAGE_MEASURE, NULL));
	ATTEMPT(&s, avow_enclave_map(&s.e, 0, PAGE, PROT_READ | PROT_WRITE));
	attempt_write(&s, scene_at(&s, 0) + 16, 0x5a);
	got_through("wrote to a slot that was declared R");
}
