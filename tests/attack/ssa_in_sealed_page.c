// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page is mapped writable, and then sealed by LOWER_INTENT: no access writes to it any
 * more. But the SSA of a TCS is there, and an asynchronous exit is not an access of the
 * thread's: the kernel writes its registers. R30: a frame must be in pages that intent,
 * EPCM and mapping let be written. The hole is ssa_intent.
 */
#include <sys/mman.h>

#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u64 rip;
	u8 byte;

	forged_with_tcs(&f, 0, FORGED_EVIL, AVOW_SECINFO_TCS);
	forged_init(&f);
	rip = scene_at(&f.s, f.frame + PAGE) - sizeof(struct avow_ssa_gprs) +
	      offsetof(struct avow_ssa_gprs, rip) + 4;
	REQUIRE_OK(avow_lower_range(f.s.e.fd, f.frame, PAGE, AVOW_R));

	if (forged_enter(&f, &x) != MARK_EVIL)
		forged_verdict(0, &x, "");
	scene_unmap(&f.s, f.frame, 1);
	scene_map(&f.s, f.frame, 1, PROT_READ);
	byte = probe_read(rip).value;
	if (!byte)
		could_not_try("it ran, and the frame is as it was");
	got_through("the kernel wrote the thread's registers into a sealed page");
}
