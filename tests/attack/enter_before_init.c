// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An enclave is measured and its signature checked at INIT, but its pages are there and
 * mapped before. R30: a thread does not get in until then, or unsigned code would run
 * with the enclave's rights. The hole is enter_before_init.
 */
#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_EVIL, AVOW_SECINFO_TCS);
	forged_map(&f);

	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "ran code of an enclave that was never initialised");
}
