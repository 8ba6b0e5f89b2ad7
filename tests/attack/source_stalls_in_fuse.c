// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file that the policy trusts lies on a file system that the attacker serves. Its page is
 * not at hand when it is to be copied, and the server takes its time: meanwhile another
 * thread puts other bytes in the place of the mapping that was judged. R4.1: the mapping is
 * judged and copied under one hold of mmap_lock, so that the exchange waits until the
 * file's own bytes are in. The hole is source_hold.
 */
#include <pthread.h>
#include <sys/mman.h>

#include "borrowed.h"
#include "served.h"

#define WAIT_MS	300	/* for an exchange that nothing stops */

struct exchange {
	struct turn now;
	volatile bool done;
	u8 *src, *evil;
};

static void *exchanges(void *arg)
{
	struct exchange *x = arg;

	turn_wait(&x->now);
	REQUIRE(mremap(x->evil, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, x->src) == x->src);
	x->done = true;
	return NULL;
}

static void adds(void *arg)
{
	struct exchange *x = arg;
	pthread_t thread;
	struct scene s;

	x->evil = borrowed_evil(PROT_READ | PROT_EXEC);
	x->src = served_map(1);
	scene_image(&s, 1);
	REQUIRE(!pthread_create(&thread, NULL, exchanges, x));

	ATTEMPT(&s, borrowed_add(&s, x->src));
	REQUIRE(!pthread_join(thread, NULL));
	scene_map(&s, s.play, 1, PROT_READ);
	if (probe_read(scene_at(&s, s.play) + 1).value == source_byte(0, 1))
		stopped("exchange of the mapping: it waits for the copy");
	scene_unmap(&s, s.play, 1);
	borrowed_run(&s, "ran bytes that were put there while the copy waited");
}

static void lets_exchange(void *arg)
{
	struct exchange *x = arg;
	int ms;

	turn_give(&x->now);
	for (ms = 0; !x->done && ms < WAIT_MS; ms++)
		usleep(1000);
}

void attack(void)
{
	struct exchange *x = mmap(NULL, sizeof(*x), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct served f;

	REQUIRE(x != MAP_FAILED);
	turn_init(&x->now);
	served_mount(&f, source_anon(1, PROT_READ), 1, 0);
	borrowed_trust(SERVED_FILE);
	served_attack(&f, adds, lets_exchange, x);
}
