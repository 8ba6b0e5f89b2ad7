// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The same file is truncated while the copy waits for its page, which its server then gives
 * all the same. R5.2: the file ends before the page, so that there is none to be copied. The
 * hole is source_failed.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "borrowed.h"
#include "served.h"

static void adds(void *arg)
{
	u8 *src = served_map(1);
	struct scene s;

	(void)arg;
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_read(&s, "added code in the name of a file that has none");
}

/* Does not return before the page is given: the kernel waits for it, to take it away. */
static void *truncates(void *arg)
{
	REQUIRE(!truncate(SERVED_FILE, 0));
	return arg;
}

static void lets_truncate(void *arg)
{
	struct stat now;
	pthread_t thread;

	REQUIRE(!pthread_create(&thread, NULL, truncates, arg));
	do {
		usleep(1000);
		REQUIRE(!stat(SERVED_FILE, &now));
	} while (now.st_size);
}

void attack(void)
{
	struct served f;

	served_mount(&f, source_anon(1, PROT_READ), 1, 0);
	borrowed_trust(SERVED_FILE);
	served_attack(&f, adds, lets_truncate, NULL);
}
