// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * When a thread dies, the kernel writes a zero to the address that set_tid_address() named,
 * if it can. It is in a page that the EPCM lets nobody write. R10.2. The hole is entry_epcm.
 */
#include <sched.h>

#include "granted.h"

static int cleared(u64 at)
{
	errno = EFAULT;
	return *(volatile u32 *)at ? -1 : 0;
}

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s);

	attempt_begin(&s);
	granted_thread(at, CLONE_CHILD_CLEARTID);

	attempt_end(&s, "a thread's death", cleared(at));
	got_through("a dying thread's kernel wrote to a page that the EPCM lets nobody write");
}
