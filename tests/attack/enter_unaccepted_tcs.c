// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The host turns a page of the enclave's data into a TCS and enters by it at once. R30:
 * not before the enclave has accepted it, which it would do for none that it did not want.
 * The hole is enter_state.
 */
#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_EVIL, avow_secinfo_reg(AVOW_R | AVOW_W));
	forged_init(&f);
	REQUIRE_OK(raw_modify(&f.s, f.tcs, 1, PT_TCS));

	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "entered the enclave by a TCS that it never accepted");
}
