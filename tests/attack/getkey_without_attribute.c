// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An enclave without the attribute PROVISIONKEY asks EGETKEY for the key all the same. R37.3:
 * RAX is 2. The hole is key_attribute.
 */
#include <string.h>

#include "operands.h"

void attack(void)
{
	const struct avow_keyrequest request = { .keyname = KEY_PROVISION };
	static const u8 none[16];
	struct scene s;
	u8 key[16];

	operands_signed(&s, 0);
	REQUIRE_OK(avow_enclave_init(&s.e));
	operands_map(&s);

	ATTEMPT_LEAF(egetkey(&s, &request, key));
	if (!memcmp(key, none, 16))
		could_not_try("no key was written");
	got_through("has the machine's provisioning key without the attribute");
}
