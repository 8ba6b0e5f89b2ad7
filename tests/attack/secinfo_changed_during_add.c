// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Another thread changes SECINFO all the time, between R and RX, while pages of data are added
 * by it: judged as the one and declared as the other. R6.2: SECINFO is copied once (R1.1). The
 * hole is secinfo_twice.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "attack.h"

static struct avow_secinfo secinfo;
static _Atomic bool over;

static void *flips(void *arg)
{
	(void)arg;
	while (!over) {
		*(volatile u64 *)&secinfo.flags ^= AVOW_X;
		usleep(1500);
	}
	return NULL;
}

void attack(void)
{
	struct sgx_enclave_add_pages arg = { .length = PAGE, .secinfo = (u64)&secinfo };
	unsigned long rounds = 0;
	pthread_t thread;
	struct scene s;

	arg.src = (u64)source_anon(1, PROT_READ | PROT_WRITE);
	secinfo.flags = avow_secinfo_reg(AVOW_R);
	scene_image(&s, 4000);
	attempt_begin(&s);
	REQUIRE(!pthread_create(&thread, NULL, flips, NULL));
	for (; rounds < 4000 && time_left(); rounds++) {
		arg.offset = s.play + rounds * PAGE;
		if (ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg))
			continue;
		if (avow_enclave_map(&s.e, arg.offset, PAGE, PROT_READ | PROT_EXEC))
			continue;
		/* A page of a mapping of code, of bytes that were no code. */
		REQUIRE(probe_read(scene_at(&s, arg.offset)).value == source_byte(0, 0));
		got_through("data is mapped as code, in round %lu", rounds);
	}
	over = true;
	REQUIRE(!pthread_join(thread, NULL));
	stopped_throughout(&s, rounds);
}
