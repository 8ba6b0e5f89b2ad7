// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Two threads in ioctls of one enclave. ADD_PAGES has seen that the enclave is not initialised
 * and stops at its argument, which userfaultfd holds back; meanwhile the other thread calls
 * INIT; then the page is added. R20.1: one at a time. The hole is ioctls_at_once.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct avow_secinfo secinfo = { .flags = avow_secinfo_reg(AVOW_R | AVOW_X) };
	struct sgx_enclave_add_pages pages = {
		.src = (u64)source_code(1),
		.length = PAGE,
		.secinfo = (u64)&secinfo,
	};
	struct stalled_call call;
	struct scene s;

	scene_image(&s, 1);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	pages.offset = s.play;
	stalled_begin(&call, s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES);

	ATTEMPT_UNRECORDED(avow_enclave_init(&s.e), EBUSY);
	stalled_end(&call, &pages, sizeof(pages));
	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code that came after INIT");
}
