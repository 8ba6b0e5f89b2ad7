// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a later version of the enclave has sealed is not for the earlier one, whose holes
 * the later one has mended. It asks for the key of ISVSVN 1, and is 0. R37.3: RAX is 64. The hole is
 * key_svn.
 */
#include <string.h>

#include "attack.h"
#include "who.h"

static const struct avow_keyrequest request = {
	.keyname = KEY_SEAL, .keypolicy = KEYPOLICY_MRSIGNER, .isvsvn = 1,
};

void attack(void)
{
	const struct who earlier = { .svn = 0 }, later = { .svn = 1 };
	u8 wanted[16], key[16];
	struct scene s;

	scene_who(&s, &later);
	EXPECT_LEAF(egetkey(&s, &request, wanted), 0);
	scene_close(&s);
	scene_who(&s, &earlier);

	ATTEMPT_LEAF(egetkey(&s, &request, key));
	if (memcmp(key, wanted, 16))
		could_not_try("the keys differ");
	got_through("the earlier version has the later one's sealing key");
}
