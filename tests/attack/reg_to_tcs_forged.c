// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page of data is filled as a TCS with CSSA 1 and a frame that nobody saved, and then
 * made a TCS by MODIFY_TYPES, which does not look at its bytes. R34: EACCEPT takes no TCS
 * that EADD would not. The hole is tcs_accepted.
 */
#include "forged.h"

#define BECOMES_TCS	((u64)PT_TCS << SECINFO_PT_SHIFT | SECINFO_MODIFIED)

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 1, FORGED_INNOCENT, avow_secinfo_reg(AVOW_R | AVOW_W));
	forged_init(&f);
	REQUIRE_OK(raw_modify(&f.s, f.tcs, 1, PT_TCS));

	ATTEMPT_LEAF(inside_eaccept(&f.s, f.tcs, BECOMES_TCS));
	mark = forged_resume(&f, &x);
	forged_verdict(mark, &x, "resumed a frame that nobody had saved");
}
