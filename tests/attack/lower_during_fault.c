// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread faults on a writable page, and meanwhile its intent is lowered: what the fault has
 * decided is out of date when it makes its entry, after the others were dropped. R10.3: both
 * happen under one lock, so that R10.1 refuses the next write. The hole is fault_unlocked,
 * which lets the lock go in between.
 */
#include <pthread.h>
#include <sys/mman.h>

#include "attack.h"

#define PAGES	8

static void *fault(void *arg)
{
	probe_write((u64)arg, 0x11);
	return NULL;
}

void attack(void)
{
	unsigned long page;
	pthread_t thread;
	struct scene s;

	scene_ready(&s, PAGES, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, PAGES, PROT_READ | PROT_WRITE);
	for (page = 0; page < PAGES; page++) {
		u64 offset = s.play + page * PAGE, at = scene_at(&s, offset) + 16;

		REQUIRE(!pthread_create(&thread, NULL, fault, (void *)at));
		usleep(10000);
		REQUIRE_OK(avow_lower_intent(s.e.fd, offset, PAGE, AVOW_R));
		pthread_join(thread, NULL);
		if (!probe_write(at, 0x5a).signo && probe_read(at).value == 0x5a)
			got_through("wrote to a page whose intent was lowered to R");
	}
	stopped_throughout(&s, page);
}
