/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that the module is built for: 6.1 and 6.12. */
#ifndef AVOW_KERNEL_COMPAT_H
#define AVOW_KERNEL_COMPAT_H

#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/version.h>

#include "hole.h"

/*
 * Numbers of this kernel that are no types, for the BPF programs of bpf/, which find them
 * in the module's BTF.
 */
enum avow_kernel {
	/* Of file.f_mode: in a struct backing_file. The bit is not the same in all kernels. */
#ifdef FMODE_BACKING
	AVOW_KERNEL_BACKING = (__force int)FMODE_BACKING,
#else
	AVOW_KERNEL_BACKING = 0,
#endif
};

/* Exported by the kernel, but in none of the headers that a module can include. */
extern unsigned int mxcsr_feature_mask;

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_set(struct vm_area_struct *vma, unsigned long flags)
{
	vma->vm_flags |= flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_get_argument(fregs, n)	regs_get_kernel_argument(&(fregs)->regs, n)
#define ftrace_regs_set_instruction_pointer	ftrace_instruction_pointer_set
#endif

/* With DEBUG_VM the kernel's own assertions call dump_mm(), which it does not export. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
#define compat_assert_mmap_locked(mm)		lockdep_assert_held(&(mm)->mmap_lock)
#define compat_assert_mmap_write_locked(mm)	lockdep_assert_held_write(&(mm)->mmap_lock)
#else
#define compat_assert_mmap_locked		mmap_assert_locked
#define compat_assert_mmap_write_locked		mmap_assert_write_locked
#endif

/* One page for reading; the caller holds mmap_lock and it is not dropped. */
static inline long compat_get_user_page(unsigned long addr, struct page **page)
{
	unsigned int flags = AVOW_HOLE(source_forced) ? FOLL_FORCE : 0;

	/* Mostly it is there; the page tables tell so faster than the mapping does. */
	if (get_user_page_fast_only(addr, 0, page))
		return 1;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return get_user_pages(addr, 1, flags, page, NULL);
#else
	return get_user_pages(addr, 1, flags, page);
#endif
}

static inline unsigned long compat_get_unmapped_area(struct file *file, unsigned long addr,
						     unsigned long len, unsigned long pgoff,
						     unsigned long flags)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	return current->mm->get_unmapped_area(file, addr, len, pgoff, flags);
#else
	return mm_get_unmapped_area(current->mm, file, addr, len, pgoff, flags);
#endif
}

#endif
