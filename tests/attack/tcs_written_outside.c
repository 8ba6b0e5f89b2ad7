// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The TCS is mapped writable, as EENTER wants it. The host writes another entry point into
 * it. R10.4 with R10.3: the EPCM of a TCS grants nothing, so that the write goes nowhere. The hole is
 * entry_epcm.
 */
#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_INNOCENT, AVOW_SECINFO_TCS);
	forged_init(&f);

	/* The offsets differ in the lowest byte. */
	probe_write(scene_at(&f.s, f.tcs) + offsetof(struct avow_tcs, oentry), FORGED_EVIL);
	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "entered where the host wrote into the TCS");
}
