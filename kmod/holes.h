/* SPDX-License-Identifier: GPL-2.0-only */
/* The test build whose checks can be turned off: core/hole.h. */
#ifndef AVOW_HOLES_H
#define AVOW_HOLES_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/types.h>

/* private_mapping: the kernel copies the page, which it must know for that. */
static inline bool copied_on_write(const struct vm_area_struct *vma)
{
	return AVOW_HOLE(private_mapping) && !(vma->vm_flags & VM_MAYSHARE);
}

/* What is done in the place of a check that is turned off: in the test build alone. */
/* source_hold, source_each: the bytes that are at src a moment later, without any lock held. */
void hole_copy_again(u64 src, struct page *to);
/* measured_again: the same bytes of the process, read once more. Valid until the next call. */
const u8 *hole_read_again(u64 src);
/* secinfo_twice: SECINFO.FLAGS as they are a moment later. */
u64 hole_secinfo_again(u64 secinfo);
/* fault_unlocked: gives a lock, held for reading, up for a moment, so that what was decided under it is out of date. */
void hole_let_go(struct rw_semaphore *lock);
/* close_ends: what the kernel calls when a descriptor is closed; NULL: nothing. */
#ifdef AVOW_HOLES
int hole_flush(struct file *file, fl_owner_t id);
#else
#define hole_flush	NULL
#endif

#ifdef AVOW_HOLES
/* Says in the kernel's log that this build protects nothing, and taints the kernel. */
void holes_announce(void);
#else
static inline void holes_announce(void) {}
#endif

#endif
