// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A TCS is added with CSSA 1: as if the enclave had been left by an exception already. Its
 * frame is one that nobody saved, and ERESUME goes on wherever it says, in the middle of
 * the code. R22.9: EADD takes no such TCS. The hole is tcs_contents.
 */
#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_begin(&f, NULL);
	forged_add_frame(&f);
	ATTEMPT(&f.s, forged_add(&f, f.tcs, forged_tcs(&f, 1, FORGED_INNOCENT),
				 AVOW_SECINFO_TCS, 0));
	forged_init(&f);

	mark = forged_resume(&f, &x);
	forged_verdict(mark, &x, "resumed a frame that nobody had saved");
}
