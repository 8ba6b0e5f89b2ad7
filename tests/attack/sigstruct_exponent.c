// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The exponent of the key is a field of SIGSTRUCT, and not signed. With 1 every number is
 * a signature. R23.6: it is 3. The hole is init_layout.
 */
#include "victim.h"

void attack(void)
{
	struct scene s;

	victim_signed(&s, 0);
	s.e.sig.exponent = 1;

	VICTIM_INIT(&s);
	got_through("INIT took a SIGSTRUCT whose key has the exponent 1");
}
