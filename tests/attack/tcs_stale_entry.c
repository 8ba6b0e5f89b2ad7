// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page of data is written to, so that its page-table entry is there and writable; then it
 * becomes a TCS. The old entry would still write to it. R10.3: entries are dropped when the
 * page's type changes (change_entries), and when it is accepted (accept_entries).
 */
#include "forged.h"

#define BECOMES_TCS	((u64)PT_TCS << SECINFO_PT_SHIFT | SECINFO_MODIFIED)

void attack(void)
{
	struct forged f;
	struct exit x;
	u64 at;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_INNOCENT, avow_secinfo_reg(AVOW_R | AVOW_W));
	forged_init(&f);
	at = scene_at(&f.s, f.tcs) + offsetof(struct avow_tcs, oentry);
	REQUIRE(!probe_write(at, FORGED_INNOCENT).signo);
	REQUIRE_OK(raw_modify(&f.s, f.tcs, 1, PT_TCS));
	EXPECT_LEAF(inside_eaccept(&f.s, f.tcs, BECOMES_TCS), 0);

	probe_write(at, FORGED_EVIL);
	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "wrote to a TCS by an entry of the time before it was one");
}
