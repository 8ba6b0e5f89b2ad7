// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One mprotect() for a range in which intents, mappings, a hole and a gap are mixed: it fails
 * whatever Avow says, but mappings that come before the failure are changed. R8.2: the page that
 * must not be executable is none of them. The hole is mprotect_intent.
 */
#include <sys/mman.h>

#include "mixed.h"

static int protect(void *at, size_t length, int prot)
{
	return mprotect(at, length, prot);
}

void attack(void)
{
	attempt_mixed(protect);
}
