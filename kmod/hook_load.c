// SPDX-License-Identifier: GPL-2.0-only
/*
 * R7: the attach point security_enclave_load(). Alone in its file, so that no
 * caller can be compiled together with it and skip what is attached.
 *
 * file: the enclave's. source: the mapping that the page's bytes were copied from;
 * the caller holds mmap_lock and has preemption disabled. intent: AVOW_RWX bits.
 * source_class: enum avow_source_class. measured: the bytes go into MRENCLAVE.
 * Returns an answer as core/policy.h has it: 0 is that nobody answered.
 */
#include <linux/btf.h>

#include "encl.h"
#include "kernel_compat.h"

noinline int security_enclave_load(struct file *file, struct vm_area_struct *source, u32 intent,
				   u32 source_class, bool measured)
{
	BTF_TYPE_EMIT_ENUM(AVOW_KERNEL_BACKING);
	hook_assert_asked();
	compat_assert_mmap_locked(current->mm);
	return 0;
}
