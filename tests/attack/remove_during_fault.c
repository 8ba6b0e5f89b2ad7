// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread faults on a page, and meanwhile the page is trimmed, given up and removed, so that its
 * memory is the kernel's again: what the fault has decided would make an entry for it. R10.3: both
 * happen under one lock. The hole is fault_unlocked, which lets the lock go in between.
 */
#include "overlap.h"
#include "tricks.h"

/* Again and again, so that there is a fault during each step. */
static bool reads(u64 at)
{
	bool succeeded = false;

	do
		succeeded |= !probe_read(at).signo;
	while (!change_over);
	return succeeded;
}

/* In `strict` nothing comes in its place unasked; in `compat` a read would augment the hole. */
static void remove_page(struct scene *s, u64 offset)
{
	REQUIRE_OK(raw_modify(s, offset, 1, PT_TRIM));
	EXPECT_LEAF(inside_eaccept(s, offset, TRIMMED), 0);
	REQUIRE_OK(raw_remove(s, offset, 1));
	REQUIRE(!test_failed());
}

static bool is_there(struct scene *s, u64 offset)
{
	return scene_run(s, offset).state & AVOW_RUN_PENDING;
}

/* A read without an entry has EAUG add a page. */
static void check(struct scene *s, u64 offset)
{
	if (!probe_read(scene_at(s, offset)).signo && !is_there(s, offset))
		got_through("reads memory that is no page of the enclave's any more");
}

void attack(void)
{
	struct scene s;

	during_faults(&s, reads, remove_page, check);
	stopped("each page was gone when it had been removed");
}
