// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * In `compat` a hole can be mapped writable, and then a page be added there that is declared
 * R: the mapping is wider than the intent, and no access through it succeeds. But an
 * asynchronous exit saves registers into the SSA, and the SSA is this page; SECINFO
 * says RW. R30: the page's intent must let it be written, too. The hole is ssa_intent.
 */
#include <sys/mman.h>

#include "forged.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u64 rip;
	u8 *filler = source_anon(1, PROT_READ | PROT_EXEC);

	forged_begin(&f, NULL);
	scene_map(&f.s, f.frame, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(forged_add(&f, f.frame, filler, avow_secinfo_reg(AVOW_R | AVOW_W),
			      avow_page_intent(AVOW_R)));
	REQUIRE_OK(forged_add(&f, f.tcs, forged_tcs(&f, 0, FORGED_EVIL), AVOW_SECINFO_TCS, 0));
	scene_init(&f.s);
	scene_map(&f.s, f.code, 1, PROT_READ | PROT_EXEC);
	scene_map(&f.s, f.tcs, 1, PROT_READ | PROT_WRITE);
	rip = scene_at(&f.s, f.frame + PAGE) - sizeof(struct avow_ssa_gprs) +
	      offsetof(struct avow_ssa_gprs, rip);

	if (forged_enter(&f, &x) != MARK_EVIL)
		forged_verdict(0, &x, "");
	scene_unmap(&f.s, f.frame, 1);
	scene_map(&f.s, f.frame, 1, PROT_READ);
	if (probe_read(rip + 1).value == source_byte(0, (rip + 1) % PAGE))
		could_not_try("it ran, and the frame is as it was");
	got_through("the kernel wrote the thread's registers into a page that was declared R");
}
