// SPDX-License-Identifier: GPL-2.0-only
/*
 * R14: the attach point security_enclave_map(). Alone in its file, as hook_load.c.
 *
 * file: the enclave's. start, end: a stretch of a mapping over which the history is the
 * same. prot: rights of the mapping that is asked for, or of the one through which a page
 * is accessed that it has not been mapped by before (R14.2). history: what the pages were
 * mapped as so far. Both AVOW_RWX bits; history has W and X only. The caller holds
 * encl->lock for writing, mmap_lock too but where EACCEPTCOPY fills a page, and has
 * preemption disabled.
 * Returns an answer as core/policy.h has it: 0 is that nobody answered.
 */
#include "encl.h"

noinline int security_enclave_map(struct file *file, unsigned long start, unsigned long end,
				  u32 prot, u32 history)
{
	hook_assert_asked();
	return 0;
}
