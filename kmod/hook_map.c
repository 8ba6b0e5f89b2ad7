// SPDX-License-Identifier: GPL-2.0-only
/*
 * R14: the attach point security_enclave_map(). Alone in its file, as hook_load.c.
 *
 * file: the enclave's. start, end: a stretch of the mapping asked for over which
 * the history is the same. prot, history: AVOW_RWX bits; history has W and X only.
 * The caller holds mmap_lock for writing and has preemption disabled.
 * Returns 0, or a negative errno that refuses the mapping.
 */
#include "encl.h"

noinline int security_enclave_map(struct file *file, unsigned long start, unsigned long end,
				  u32 prot, u32 history)
{
	return 0;
}
