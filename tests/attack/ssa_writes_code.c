// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy: what was ever mapped writable must not become executable. A page is added
 * under a writable mapping, and no access ever touches it; but it is the SSA, and what an
 * asynchronous exit saves there are registers full of code. R16.2 with R14.1: the kernel's
 * write counts as the thread's. The hole is leaf_history.
 */
#include <sys/mman.h>

#include "forged.h"
#include "tricks.h"

void attack(void)
{
	struct forged f;
	struct exit x;
	u64 saved;
	u8 *filler = source_anon(1, PROT_READ | PROT_EXEC);

	attack_policy(NO_CODE_THAT_WAS_WRITTEN);
	forged_begin(&f, NULL);
	scene_map(&f.s, f.frame, 1, PROT_READ | PROT_WRITE);
	REQUIRE_OK(forged_add(&f, f.frame, filler, avow_secinfo_reg(AVOW_RWX), 0));
	REQUIRE_OK(forged_add(&f, f.tcs, forged_tcs(&f, 0, FORGED_STORES), AVOW_SECINFO_TCS, 0));
	scene_init(&f.s);
	scene_map(&f.s, f.code, 1, PROT_READ | PROT_EXEC);
	scene_map(&f.s, f.tcs, 1, PROT_READ | PROT_WRITE);
	REQUIRE(forged_enter(&f, &x) == MARK_EVIL);
	scene_unmap(&f.s, f.frame, 1);

	ATTEMPT(&f.s, raw_map(&f.s, f.frame, 1, PROT_READ | PROT_EXEC));
	saved = scene_at(&f.s, f.frame + PAGE) - sizeof(struct avow_ssa_gprs) +
		offsetof(struct avow_ssa_gprs, r8);
	if (probe_read(saved).value != 0xc3)
		could_not_try("R8 is not in the frame");
	attempt_exec(&f.s, saved);
	got_through("ran what an asynchronous exit had written");
}
