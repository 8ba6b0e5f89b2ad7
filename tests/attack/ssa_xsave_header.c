// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The host claims in the XSAVE header of a saved frame that it has the state of a feature
 * that the enclave does not have, in bytes that nobody saved. R33: such a frame is not resumed. The
 * hole is resume_xsave.
 */
#include "forged.h"

#define XSTATE_BV	512
#define AVX		4

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_EVIL, AVOW_SECINFO_TCS);
	forged_init(&f);
	REQUIRE(forged_enter(&f, &x) == MARK_EVIL);
	*(u8 *)(scene_at(&f.s, f.frame) + XSTATE_BV) |= AVX;
	*(u64 *)(scene_at(&f.s, f.frame + PAGE) - sizeof(struct avow_ssa_gprs) +
		 offsetof(struct avow_ssa_gprs, rip)) = scene_at(&f.s, f.code) + FORGED_EVIL;

	mark = forged_resume(&f, &x);
	forged_verdict(mark, &x, "resumed a frame with state beyond XFRM");
}
