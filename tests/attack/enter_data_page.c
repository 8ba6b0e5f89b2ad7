// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page of data that looks like a TCS: the enclave's program would write one where the
 * loader could not, with an entry point of its own. R30: only a page that the EPCM calls a
 * TCS is entered. The hole is enter_type.
 */
#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_EVIL, avow_secinfo_reg(AVOW_R | AVOW_W));
	forged_init(&f);

	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "entered the enclave by a page of data");
}
