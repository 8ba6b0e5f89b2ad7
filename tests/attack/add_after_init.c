// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ADD_PAGES to an enclave that is initialised: code that was neither measured nor signed.
 * R22.1: not after INIT. The hole is add_after_init.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);

	ATTEMPT(&s, raw_add(&s, source_code(1), s.play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0,
			    NULL));
	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code that came after INIT");
}
