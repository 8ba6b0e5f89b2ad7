// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * clone() has the kernel write the new thread's id to where CLONE_PARENT_SETTID and
 * CLONE_CHILD_SETTID say: in a page that the EPCM lets nobody write. R10.2. The hole is
 * entry_epcm.
 */
#include <sched.h>

#include "granted.h"

static int written(u64 at)
{
	errno = EFAULT;
	return *(volatile u32 *)at == 0x01010101 * GRANTED_BYTE ? -1 : 0;
}

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s);

	attempt_begin(&s);
	granted_thread(at, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID);

	attempt_end(&s, "clone()", written(at));
	got_through("the kernel wrote a thread's id to a page that the EPCM lets nobody write");
}
