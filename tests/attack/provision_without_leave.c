// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An enclave with the attribute PROVISIONKEY gets a key that tells this machine from others. Only who
 * may open /dev/sgx_provision may start one. R23.4. The hole is init_allowed.
 */
#include "operands.h"
#include "victim.h"

void attack(void)
{
	const struct avow_keyrequest request = { .keyname = KEY_PROVISION };
	struct scene s;
	u8 key[16];

	operands_signed(&s, ATTR_MODE64BIT | ATTR_PROVISIONKEY);

	VICTIM_INIT(&s);
	operands_map(&s);
	EXPECT_LEAF(egetkey(&s, &request, key), 0);
	got_through("has the machine's provisioning key");
}
