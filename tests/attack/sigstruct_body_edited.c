// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A SIGSTRUCT of a trusted signer is taken, and its ENCLAVEHASH replaced by that of another
 * enclave. The signature is genuine, but of other words. R23.7. The hole is
 * init_signature.
 */
#include <string.h>

#include "victim.h"

void attack(void)
{
	struct scene trusted, s;
	u8 mine[32];

	victim_signed(&trusted, 0);
	scene_image(&s, 2);
	REQUIRE_OK(avow_measure_digest(s.e.measure, mine));
	s.e.sig = trusted.e.sig;
	REQUIRE(memcmp(s.e.sig.enclavehash, mine, sizeof(mine)));
	memcpy(s.e.sig.enclavehash, mine, sizeof(mine));

	VICTIM_INIT(&s);
	got_through("an enclave of the attacker's has the trusted MRSIGNER");
}
