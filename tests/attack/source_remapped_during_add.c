// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * While a page is added, another thread puts a mapping of other bytes in the place of the
 * file's that the policy trusts, and back. R4.1: what is judged is what is copied, under
 * one hold of mmap_lock. The hole is source_hold.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>

#include "borrowed.h"

static int trusted;
static u8 *src;
static _Atomic bool over;

static void *flips(void *arg)
{
	bool evil = false;

	while (!over) {
		evil = !evil;
		REQUIRE(mmap(src, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED,
			     evil ? *(int *)arg : trusted, 0) == src);
		usleep(1000);
	}
	return NULL;
}

static int evil_file(void)
{
	int fd = memfd_create("evil", MFD_CLOEXEC);
	u8 *evil = borrowed_evil(PROT_READ);

	REQUIRE(fd >= 0 && write(fd, evil, PAGE) == (ssize_t)PAGE);
	return fd;
}

/* What the enclave has there; 0: nothing was added. */
static u8 added(struct scene *s, u64 page)
{
	u64 at = s->play + page * PAGE;
	u8 byte;

	if (raw_add(s, src, at, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL))
		return 0;
	scene_map(s, at, 1, PROT_READ);
	byte = probe_read(scene_at(s, at) + 1).value;
	scene_unmap(s, at, 1);
	return byte;
}

void attack(void)
{
	unsigned long rounds = 0;
	pthread_t thread;
	struct scene s;
	int evil;
	u8 byte;

	trusted = borrowed_policy();
	evil = evil_file();
	src = source_anon(1, PROT_READ);
	scene_image(&s, 4000);
	attempt_begin(&s);
	REQUIRE(!pthread_create(&thread, NULL, flips, &evil));
	while (rounds < 4000 && time_left()) {
		byte = added(&s, rounds++);
		if (byte == BORROWED_BYTE)
			got_through("added bytes that the policy denies, in round %lu", rounds);
		if (byte && byte != source_byte(0, 1))
			could_not_try("added %#x", byte);
	}
	over = true;
	REQUIRE(!pthread_join(thread, NULL));
	stopped_throughout(&s, rounds);
}
