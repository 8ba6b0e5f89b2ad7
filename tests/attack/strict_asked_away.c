// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A strict enclave asks for the other contract, under which code may come from memory that
 * nobody can execute. R28.3: strict is never left. The hole is strict_left.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_create(&s, 4);

	ATTEMPT(&s, avow_set_contract(s.e.fd, AVOW_COMPAT));
	ATTEMPT(&s, raw_add(&s, source_anon(1, PROT_READ), 0, PAGE,
			    avow_secinfo_reg(AVOW_R | AVOW_X), SGX_PAGE_MEASURE, NULL));
	scene_map(&s, 0, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, 0));
	got_through("ran code of a strict enclave from memory that was not executable");
}
