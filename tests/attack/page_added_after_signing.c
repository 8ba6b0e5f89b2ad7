// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The enclave is as its signer made it, but for one page of code more, which is not
 * measured, so that no byte of it counts. R23.8: that there is a page counts. The hole is
 * init_measurement.
 */
#include <sys/mman.h>

#include "victim.h"

void attack(void)
{
	struct scene s;
	u64 more;

	victim_signed(&s, 0);
	more = s.play + PAGE;
	REQUIRE_OK(raw_add(&s, source_code(1), more, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0,
			   NULL));

	VICTIM_INIT(&s);
	scene_map(&s, more, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, more));
	got_through("ran a page that the signer has never seen, in the signer's name");
}
