// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mremap() asks the mapping's operations only after it has moved the page-table entries, and
 * moves them back when they refuse. Meanwhile another thread could use them at the new
 * address. R11.1: there are none left to move. The hole is mremap_entries.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include "tricks.h"

static u64 to;
static volatile bool begun;

static void *touch(void *arg)
{
	(void)arg;
	for (;;) {
		if (!probe_read(to).signo)
			got_through("read a page at an address outside of the range");
		begun = true;
	}
	return NULL;
}

void attack(void)
{
	unsigned long rounds = 0;
	pthread_t thread;
	struct scene s;
	u64 from;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	from = scene_at(&s, s.play);
	to = elsewhere(1);
	REQUIRE(!pthread_create(&thread, NULL, touch, NULL));
	while (!begun)
		sched_yield();
	for (; time_left(); rounds++) {
		REQUIRE(!probe_read(from).signo);	/* so that there is an entry */
		REQUIRE(mremap((void *)from, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			       (void *)to) == MAP_FAILED);
	}
	stopped_throughout(&s, rounds);
}
