// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * An old version of an enclave, with known holes, claims a new ISVSVN in its SIGSTRUCT: it
 * would get the keys of the new version. R23.7: the version is signed. The hole is
 * init_signature.
 */
#include "operands.h"
#include "victim.h"

void attack(void)
{
	const struct avow_keyrequest request = {
		.keyname = KEY_SEAL, .keypolicy = KEYPOLICY_MRSIGNER, .isvsvn = 9,
	};
	struct scene s;
	u8 key[16];

	operands_signed(&s, 0);
	s.e.sig.isvsvn = 9;

	VICTIM_INIT(&s);
	operands_map(&s);
	EXPECT_LEAF(egetkey(&s, &request, key), 0);
	got_through("an old enclave has the key of a version that it is not");
}
