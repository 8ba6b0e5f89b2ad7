// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The contract is changed when the first page is there, so that one part of the enclave is
 * judged by one and the rest by the other. R28.1: it is fixed before the first page
 * (contract_late), and strict is never left (strict_left).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_create(&s, 4);
	scene_add(&s, 0, 1, AVOW_R);

	ATTEMPT(&s, avow_set_contract(s.e.fd, AVOW_COMPAT));
	ATTEMPT(&s, raw_add(&s, source_anon(1, PROT_READ), PAGE, PAGE,
			    avow_secinfo_reg(AVOW_R | AVOW_X), SGX_PAGE_MEASURE, NULL));
	scene_map(&s, PAGE, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, PAGE));
	got_through("ran code of a strict enclave from memory that was not executable");
}
