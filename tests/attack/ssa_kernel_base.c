// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The host writes an address of the kernel's into the FS base of a saved frame, and resumes
 * it. R33: what is not an address of user space is not loaded. The hole is resume_bases.
 */
#include "forged.h"

#define KERNEL_ADDRESS	0xffff888000000000ULL

static u64 *field(struct forged *f, size_t offset)
{
	return (u64 *)(scene_at(&f->s, f->frame + PAGE) - sizeof(struct avow_ssa_gprs) + offset);
}

void attack(void)
{
	struct forged f;
	struct exit x;

	forged_with_tcs(&f, 0, FORGED_EVIL, AVOW_SECINFO_TCS);
	forged_init(&f);
	REQUIRE(forged_enter(&f, &x) == MARK_EVIL);
	*field(&f, offsetof(struct avow_ssa_gprs, fsbase)) = KERNEL_ADDRESS;
	/* The code runs once more, and is left once more: what is saved then it had. */
	*field(&f, offsetof(struct avow_ssa_gprs, rip)) = scene_at(&f.s, f.code) + FORGED_EVIL;
	*field(&f, offsetof(struct avow_ssa_gprs, exitinfo)) = 0;

	if (forged_resume(&f, &x) != MARK_EVIL)
		forged_verdict(0, &x, "");
	if (*(u32 *)field(&f, offsetof(struct avow_ssa_gprs, exitinfo)) == 0 ||
	    *field(&f, offsetof(struct avow_ssa_gprs, fsbase)) != KERNEL_ADDRESS)
		could_not_try("it ran, and not with that base");
	got_through("ran with an FS base in the kernel's half");
}
