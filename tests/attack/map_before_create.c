// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Before CREATE the file has no range, and nothing to ask: it is mapped with every right at
 * the place where the enclave will be. Then the page comes, declared R. R10.1: a mapping that
 * is wider than the intent reaches nothing (access_intent), and the entry would be narrower
 * than the mapping (entry_intent).
 */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	const struct avow_params params = { .size = 4 * PAGE };
	struct sgx_enclave_create create;
	struct scene s;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	scene_map(&s, 0, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	create.src = (u64)&s.e.secs;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	scene_add_intent(&s, 0, 1, AVOW_RWX, AVOW_R);
	scene_init(&s);

	attempt_write(&s, scene_at(&s, 0) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
