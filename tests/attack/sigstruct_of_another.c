// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An enclave is started with the SIGSTRUCT of another one, whose signer is trusted. R23.8:
 * the measurement is the enclave's own. The hole is init_measurement.
 */
#include "victim.h"

void attack(void)
{
	struct scene trusted, s;
	const u8 *code = source_code(2);

	victim_signed(&trusted, 0);
	scene_image(&s, 2);
	REQUIRE_OK(raw_add(&s, code + PAGE, s.play, PAGE, avow_secinfo_reg(AVOW_R),
			   SGX_PAGE_MEASURE, NULL));
	s.e.sig = trusted.e.sig;

	VICTIM_INIT(&s);
	got_through("an enclave runs that its signer has never seen");
}
