// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where intent is enforced on accesses: a fault asks core/bound.c, and decides and makes the
 * entry under one hold of encl->lock, which whoever changes intent or EPCM holds for writing
 * while dropping entries.
 */
#include <linux/mm.h>

#include "encl.h"
#include "holes.h"
#include "kernel_compat.h"

/* What the fault was for. Rights that the mapping lacks are the kernel's to refuse. */
static u32 fault_access(const struct vm_fault *vmf, u32 mapping)
{
	u32 access = vmf->flags & FAULT_FLAG_WRITE ? AVOW_W :
		     vmf->flags & FAULT_FLAG_INSTRUCTION ? AVOW_X : AVOW_R;

	if (access & mapping)
		return access;
	return mapping & -mapping;
}

/*
 * Where there is no entry the kernel asks for a fetch without a look at the mapping. What
 * the mapping does not allow the EPCM does not refuse: no rule, no record.
 */
static bool fetch_beyond(const struct vm_fault *vmf, u32 mapping)
{
	return (vmf->flags & FAULT_FLAG_INSTRUCTION) && !(mapping & AVOW_X);
}

static struct refused told_access(const struct vm_fault *vmf, avow_slot slot, u32 access)
{
	u64 start = vmf->address & PAGE_MASK;

	return (struct refused){
		.op = AVOW_OP_FAULT,
		.start = start,
		.end = start + PAGE_SIZE,
		.requested = access,
		.declared = slot_intent(slot),
		.slot = slot,
	};
}

static vm_fault_t refuse_access(struct avow_encl *encl, const struct vm_fault *vmf,
				avow_verdict v, struct refused what, int signo)
{
	/* The kernel's own access gets an errno. */
	what.signo = vmf->flags & FAULT_FLAG_USER ? signo : 0;
	refuse(encl, v, &what);
	return signo == SIGBUS ? VM_FAULT_SIGBUS : VM_FAULT_SIGSEGV;
}

/*
 * R14.2: a page that was not there when it was mapped. Whether it may be mapped like
 * this is asked before it counts as mapped.
 */
static avow_verdict ask_history(struct avow_encl *encl, struct file *file, u32 mapping,
				struct refused *what)
{
	lockdep_assert_held_write(&encl->lock);
	if (!(slot_history(mapping) & ~what->slot))
		return 0;
	return enforce_ask(encl, file, mapping, AVOW_RULE(14, 2), what);
}

bool access_counts(struct avow_encl *encl, struct file *file, u64 addr, u32 mapping)
{
	unsigned long index = (addr - encl->base) >> SGX_PAGE_SHIFT;
	avow_slot slot = stash_get(encl, index);
	struct refused what = {
		.op = AVOW_OP_FAULT,
		.start = addr & PAGE_MASK,
		.end = (addr & PAGE_MASK) + PAGE_SIZE,
		.requested = mapping,
		.declared = slot_intent(slot),
		.slot = slot,
	};
	avow_verdict v;

	if (AVOW_HOLE(leaf_history))
		return true;
	v = ask_history(encl, file, mapping, &what);
	if (v) {
		refuse(encl, v, &what);
		return false;
	}
	return !stash_mark(encl, index, index, slot_history(mapping));
}

/* Makes the entry. Caller holds encl->lock, for reading at least, since before it decided. */
static vm_fault_t map_page(struct avow_encl *encl, struct vm_fault *vmf, unsigned long index)
{
	struct vm_area_struct *vma = vmf->vma;
	u32 rights = avow_bound_pte(stash_get(encl, index), vm_rights(vma->vm_flags));
	struct page *page = xa_load(&encl->pages, index);

	if (WARN_ON_ONCE(!page))
		return VM_FAULT_SIGBUS;
	if (copied_on_write(vma)) {
		get_page(page);
		vmf->page = page;
		return 0;
	}
	/* A write to a read-only entry: the old entry goes, for it is not changed in place. */
	if (vmf->flags & FAULT_FLAG_WRITE)
		zap_vma_ptes(vma, vmf->address & PAGE_MASK, PAGE_SIZE);
	if (AVOW_HOLE(page_entries))
		return vmf_insert_page(vma, vmf->address & PAGE_MASK, page);
	if (AVOW_HOLE(fault_unlocked))
		hole_let_go(&encl->lock);
	return entries_make(encl, vmf, page, rights);
}

/* What core/bound.c is asked. */
static struct avow_access_ask ask_of(struct avow_encl *encl, const struct vm_fault *vmf,
				     avow_slot slot)
{
	u32 mapping = vm_rights(vmf->vma->vm_flags);

	return (struct avow_access_ask){
		.slot = slot,
		.mapping = mapping,
		.access = fault_access(vmf, mapping),
		.strict = encl->strict,
		.initialized = encl_initialized(encl),
	};
}

/*
 * Is there nothing to do but to make the entry? So it is for pages that were there when they
 * were mapped, and such faults need not wait for each other.
 */
static bool only_entry(struct avow_encl *encl, const struct vm_fault *vmf, unsigned long index)
{
	const struct avow_access_ask ask = ask_of(encl, vmf, stash_get(encl, index));
	avow_verdict v;

	return !(slot_history(ask.mapping) & ~ask.slot) &&
	       avow_bound_access(&ask, &v) == AVOW_ACCESS_MAP;
}

/* The access becomes one of the page's history, unless the policy says no. 0: it has. */
static vm_fault_t count_access(struct avow_encl *encl, const struct vm_fault *vmf,
			       unsigned long index, const struct avow_access_ask *ask)
{
	struct refused what = told_access(vmf, ask->slot, ask->mapping);
	avow_verdict v = ask_history(encl, vmf->vma->vm_file, ask->mapping, &what);

	if (v)
		return refuse_access(encl, vmf, v, what, SIGBUS);
	return stash_mark(encl, index, index, slot_history(ask->mapping)) ? VM_FAULT_OOM : 0;
}

/*
 * Does all that comes before the entry. 0: now it can be made; else the fault's answer.
 * Caller holds encl->lock.
 */
static vm_fault_t prepare(struct avow_encl *encl, const struct vm_fault *vmf, unsigned long index)
{
	struct avow_access_ask ask = ask_of(encl, vmf, SLOT_HOLE);
	avow_verdict v;

	lockdep_assert_held_write(&encl->lock);
	for (;;) {
		ask.slot = stash_get(encl, index);
		switch (avow_bound_access(&ask, &v)) {
		case AVOW_ACCESS_MAP:
			return count_access(encl, vmf, index, &ask);
		case AVOW_ACCESS_EAUG:
			if (epc_augment(encl, index))
				return VM_FAULT_SIGBUS;
			break;
		case AVOW_ACCESS_SIGBUS:
			return refuse_access(encl, vmf, v, told_access(vmf, ask.slot, ask.access),
					     SIGBUS);
		case AVOW_ACCESS_EPCM:
			if (abort_applies(vmf, ask.slot))
				return abort_map(encl, vmf, index);
			if (fetch_beyond(vmf, ask.mapping))
				return VM_FAULT_SIGSEGV;
			return refuse_access(encl, vmf, v, told_access(vmf, ask.slot, ask.access),
					     SIGSEGV);
		}
	}
}

/* The slot that is at the address, where one is. */
static bool fault_index(struct avow_encl *encl, const struct vm_fault *vmf, unsigned long *index)
{
	u64 addr = AVOW_HOLE(moved_access) ? (u64)vmf->pgoff << PAGE_SHIFT : vmf->address;

	if (vma_moved(vmf->vma) && !AVOW_HOLE(moved_access))
		return false;
	if (encl_index(encl, addr, index))
		return true;
	*index = (addr - encl->base) >> SGX_PAGE_SHIFT;
	return AVOW_HOLE(outside_access);
}

vm_fault_t enclave_fault(struct vm_fault *vmf)
{
	struct avow_encl *encl = vmf->vma->vm_private_data;
	unsigned long index;
	vm_fault_t ret = 0;

	/* Not the lock of one VMA, which newer kernels can take instead: mprotect relies on it. */
	compat_assert_mmap_locked(vmf->vma->vm_mm);
	if (!fault_index(encl, vmf, &index))
		return refuse_access(encl, vmf, AVOW_REFUSE(AVOW_RULE(11, 4), EFAULT),
				     told_access(vmf, SLOT_HOLE,
						 fault_access(vmf, vm_rights(vmf->vma->vm_flags))),
				     SIGBUS);
	down_read(&encl->lock);
	if (!only_entry(encl, vmf, index)) {
		up_read(&encl->lock);
		down_write(&encl->lock);
		ret = prepare(encl, vmf, index);
		/* Nobody else writes in between: what was decided is what is mapped. */
		downgrade_write(&encl->lock);
	}
	if (!ret)
		ret = map_page(encl, vmf, index);
	up_read(&encl->lock);
	return ret;
}
