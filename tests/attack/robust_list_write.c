// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * When a thread dies, the kernel walks its list of robust locks and writes into each that
 * its owner is dead. No call fails where it cannot, and nobody is told. The lock is in a
 * page of the enclave that the EPCM lets nobody write. R10.2. The hole is entry_epcm.
 */
#include <linux/futex.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "granted.h"

static struct robust_list_head head;
static u64 lock;

static void *dies(void *arg)
{
	(void)arg;
	head.list.next = &head.list;
	head.list_op_pending = (struct robust_list *)lock;
	REQUIRE(!syscall(SYS_set_robust_list, &head, sizeof(head)));
	return NULL;
}

/* The lock's owner is the dying thread where its low bits are the thread's id. */
static void *takes_and_dies(void *arg)
{
	struct scene *s = arg;
	u32 tid = (u32)syscall(SYS_gettid), i;

	for (i = 0; i < 4; i++)
		REQUIRE(!probe_write(lock + i, (u8)(tid >> 8 * i)).signo);
	REQUIRE_OK(raw_restrict(s, s->play, 1, AVOW_R));
	return dies(NULL);
}

static int died(void)
{
	errno = EFAULT;
	return *(volatile u32 *)lock & FUTEX_OWNER_DIED ? 0 : -1;
}

void attack(void)
{
	struct scene s;
	pthread_t thread;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	lock = scene_at(&s, s.play) + 64;
	attempt_begin(&s);
	REQUIRE(!pthread_create(&thread, NULL, takes_and_dies, &s));
	REQUIRE(!pthread_join(thread, NULL));

	attempt_end(&s, "a thread's death", died());
	got_through("a dying thread's kernel wrote to a page that the EPCM lets nobody write");
}
