// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The same code, signed by somebody else, asks for the sealing key by MRSIGNER: it would
 * unseal what the first signer's enclaves have sealed. R37.1: another signer, another key. The
 * hole is key_signer.
 */
#include <string.h>

#include "attack.h"
#include "who.h"

static const struct avow_keyrequest request = {
	.keyname = KEY_SEAL, .keypolicy = KEYPOLICY_MRSIGNER,
};

void attack(void)
{
	const struct who victim = { 0 }, attacker = { .other_signer = true };
	u8 wanted[16], key[16];
	struct scene s;

	scene_who(&s, &victim);
	EXPECT_LEAF(egetkey(&s, &request, wanted), 0);
	scene_close(&s);
	scene_who(&s, &attacker);
	EXPECT_LEAF(egetkey(&s, &request, key), 0);

	if (memcmp(key, wanted, 16))
		stopped("EGETKEY: the key is another one");
	got_through("another signer's enclave has the sealing key");
}
