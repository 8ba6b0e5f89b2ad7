// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread inside writes another entry point into another thread's TCS. R10.2: nothing but
 * the processor writes to a TCS. The hole is entry_epcm.
 */
#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u8 mark;

	forged_with_tcs(&f, 0, FORGED_INNOCENT, AVOW_SECINFO_TCS);
	forged_init(&f);

	x = inside_write(&f.s, scene_at(&f.s, f.tcs) + offsetof(struct avow_tcs, oentry),
			 FORGED_EVIL);
	if (x.ret)
		stopped("write inside: exception %d, error code %#llx", x.vector,
			(unsigned long long)x.error);
	mark = forged_enter(&f, &x);
	forged_verdict(mark, &x, "entered where a thread inside wrote into the TCS");
}
