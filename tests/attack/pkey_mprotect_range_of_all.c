// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The same by pkey_mprotect(), with a key of its own, or where the CPU has none with key -1, which
 * is the same call without one. R8.2. The hole is mprotect_intent.
 */
#include <sys/mman.h>

#include "mixed.h"

static int protect(void *at, size_t length, int prot)
{
	return pkey_mprotect(at, length, prot, pkey_alloc(0, 0));
}

void attack(void)
{
	attempt_mixed(protect);
}
