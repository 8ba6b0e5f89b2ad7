// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread faults on a page, and meanwhile the page is trimmed, given up and removed, so that its
 * memory is the kernel's again: what the fault has decided would make an entry for it. R10.3: both
 * happen under one lock. The hole is fault_unlocked, which lets the lock go in between.
 */
#include <pthread.h>
#include <sys/mman.h>

#include "tricks.h"

#define FAULTS	8
#define APART	16	/* pages: a fault brings no entry for the next (R10.5) */

static void *faults(void *arg)
{
	probe_read((u64)arg);
	return NULL;
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

void attack(void)
{
	unsigned long page;
	pthread_t thread;
	struct scene s;

	scene_ready(&s, FAULTS * APART, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, FAULTS * APART, PROT_READ | PROT_WRITE);
	for (page = 0; page < FAULTS; page++) {
		u64 offset = s.play + page * APART * PAGE;

		REQUIRE(!pthread_create(&thread, NULL, faults, (void *)scene_at(&s, offset)));
		usleep(10000);
		remove_page(&s, offset);
		pthread_join(thread, NULL);
		/* A read without an entry has EAUG add a page. */
		if (!probe_read(scene_at(&s, offset)).signo && !is_there(&s, offset))
			got_through("reads memory that is no page of the enclave's any more");
	}
	stopped("%lu pages: each was gone when it had been removed", page);
}
