// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where intent is enforced: mmap, mprotect, mremap and the fault. All of them ask
 * core/bound.c; an entry is made under encl->lock, which whoever changes intent or
 * EPCM holds while dropping entries. An entry is never widened in place beyond what
 * the EPCM grants: it is dropped and derived anew.
 */
#include <linux/delay.h>
#include <linux/mm.h>
#include <linux/personality.h>

#include "encl.h"
#include "holes.h"
#include "kernel_compat.h"

/* A mapping that is asked for. */
struct mapping {
	struct file *file;
	unsigned long start, end;
	u32 prot;
	u32 op;
};

/* The part of a mapping that lies in the enclave range, in slots. */
struct span {
	unsigned long first, last;
};

static bool span_of(struct avow_encl *encl, const struct mapping *m, struct span *span)
{
	u64 start, end;

	if (!encl_created(encl))
		return false;
	start = max_t(u64, m->start, encl->base);
	end = min_t(u64, m->end, encl->base + encl->size);
	if (start >= end)
		return false;
	span->first = (start - encl->base) >> SGX_PAGE_SHIFT;
	span->last = ((end - encl->base) >> SGX_PAGE_SHIFT) - 1;
	return true;
}

static struct refused told(const struct mapping *m, u64 start, u64 end, avow_slot slot)
{
	return (struct refused){
		.op = m->op,
		.start = start,
		.end = end,
		.requested = m->prot,
		.declared = slot_intent(slot),
		.slot = slot,
	};
}

static int refuse_mapping(struct avow_encl *encl, const struct mapping *m, avow_verdict v,
			  u64 start, u64 end, avow_slot slot)
{
	const struct refused what = told(m, start, end, slot);

	return refuse(encl, v, &what);
}

static int check_range(struct avow_encl *encl, const struct mapping *m)
{
	struct avow_encl_facts facts = encl_facts(encl);
	const struct avow_bound_range range = {
		.base = facts.base,
		.size = facts.size,
		.start = m->start,
		.end = m->end,
		.initialized = facts.initialized,
		.read_implies_exec = current->personality & READ_IMPLIES_EXEC,
	};
	avow_verdict v = avow_bound_range(&range);

	return v ? refuse_mapping(encl, m, v, m->start, m->end, SLOT_HOLE) : 0;
}

/* R14 for slots of one history, by rule; what becomes part of the record, if there is one. */
static avow_verdict ask_hook(struct avow_encl *encl, struct file *file, u32 prot, u32 rule,
			     struct refused *what)
{
	avow_slot past = AVOW_HOLE(history_told) ? SLOT_HOLE : what->slot;
	u32 history = (past & SLOT_EVER_W ? AVOW_W : 0) | (past & SLOT_EVER_X ? AVOW_X : 0);
	int answer = hook_ask(security_enclave_map(file, what->start, what->end, prot, history));
	avow_verdict v = hook_verdict(answer, rule, &what->policy);

	if (!v && what->policy)
		audit(encl, rule, what);
	return v;
}

/* R8, R9: of the slots that do not pass, each run. */
static int check_bound(struct avow_encl *encl, const struct mapping *m, const struct span *span)
{
	unsigned long index = span->first, last;
	struct slot_test test;
	struct refused what;
	avow_slot slot;
	avow_verdict v;

	avow_bound_map_test(m->prot, encl->strict, &test);
	while ((index = stash_find(encl, index, span->last, &test)) <= span->last) {
		slot = stash_run(encl, index, span->last, &last);
		what = told(m, encl_addr(encl, index), encl_addr(encl, last + 1), slot);
		v = avow_bound_map(slot, m->prot, encl->strict, m->op);
		if (v)
			return refuse(encl, v, &what);
		index = last + 1;
		cond_resched();
	}
	return 0;
}

/* R14.1 for every stretch of one history. */
static int check_hook(struct avow_encl *encl, const struct mapping *m, const struct span *span)
{
	unsigned long index, next;
	struct slot_test test;
	struct refused what;
	avow_slot slot;
	avow_verdict v;

	for (index = span->first; index <= span->last; index = next) {
		slot = stash_get(encl, index);
		test = slot_same_history(slot);
		next = stash_find(encl, index, span->last, &test);
		what = told(m, encl_addr(encl, index), encl_addr(encl, next), slot);
		v = ask_hook(encl, m->file, m->prot, AVOW_RULE(14, 1), &what);
		if (v)
			return refuse(encl, v, &what);
		cond_resched();
	}
	return 0;
}

/* The same where one word is that of all slots. */
static int check_word(struct avow_encl *encl, const struct mapping *m, const struct span *span,
		      avow_slot slot)
{
	struct refused what = told(m, encl_addr(encl, span->first), encl_addr(encl, span->last + 1),
				   slot);
	avow_verdict v = avow_bound_map(slot, m->prot, encl->strict, m->op);

	if (!v)
		v = ask_hook(encl, m->file, m->prot, AVOW_RULE(14, 1), &what);
	return v ? refuse(encl, v, &what) : 0;
}

/* Caller holds encl->lock. *granted: does the EPCM grant these rights on every page? */
static int check_span(struct avow_encl *encl, const struct mapping *m, const struct span *span,
		      bool *granted)
{
	struct slot_test test;
	avow_slot history = slot_history(m->prot);
	unsigned long last;
	avow_slot slot = stash_stretch(encl, span->first, &last);
	int ret;

	avow_bound_granted_test(m->prot, &test);
	if (last >= span->last) {
		*granted = slot_passes(slot, &test);
		ret = check_word(encl, m, span, slot);
	} else {
		*granted = stash_find(encl, span->first, span->last, &test) > span->last;
		ret = check_bound(encl, m, span) ?: check_hook(encl, m, span);
	}
	if (ret || !history)
		return ret;
	return stash_mark(encl, span->first, span->last, history);
}

/* *granted as of check_span(). */
static int check_mapping(struct avow_encl *encl, const struct mapping *m, bool *granted)
{
	struct span span;
	int ret;

	*granted = true;
	ret = check_range(encl, m);
	if (ret || !span_of(encl, m, &span))
		return ret;
	mutex_lock(&encl->lock);
	ret = check_span(encl, m, &span, granted);
	mutex_unlock(&encl->lock);
	return ret;
}

/* Of a test build: the kernel copies the page, which it must know for that. */
static bool copied_on_write(const struct vm_area_struct *vma)
{
	return AVOW_HOLE(private_mapping) && !(vma->vm_flags & VM_MAYSHARE);
}

int enforce_mmap(struct avow_encl *encl, struct vm_area_struct *vma)
{
	const struct mapping m = {
		.file = vma->vm_file,
		.start = vma->vm_start,
		.end = vma->vm_end,
		.prot = vm_rights(vma->vm_flags),
		.op = AVOW_OP_MMAP,
	};
	bool granted;
	int ret;

	compat_assert_mmap_write_locked(vma->vm_mm);
	if (!(vma->vm_flags & VM_MAYSHARE) && !AVOW_HOLE(private_mapping))
		return refuse_mapping(encl, &m, AVOW_REFUSE(AVOW_RULE(11, 3), EINVAL), m.start,
				      m.end, SLOT_HOLE);
	ret = check_mapping(encl, &m, &granted);
	if (ret)
		return ret;
	if (!copied_on_write(vma))
		vm_flags_set(vma, (AVOW_HOLE(page_entries) ? VM_MIXEDMAP : VM_PFNMAP | VM_IO) |
			     VM_DONTEXPAND | VM_DONTDUMP);
	if (!AVOW_HOLE(offset_kept) || !vma->vm_pgoff)
		vma->vm_pgoff = vma->vm_start >> PAGE_SHIFT;
	vma->vm_ops = &avow_vm_ops;
	vma->vm_private_data = encl;
	return 0;
}

/*
 * mprotect() rewrites present entries with the rights of the mapping alone. Where
 * that is beyond the EPCM's none may be present. mmap_lock is held for writing: none
 * comes back before the rights of the mapping have changed; and should the EPCM lose
 * a right meanwhile, whoever takes it drops the entries.
 */
static int enclave_mprotect(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			    unsigned long newflags)
{
	struct avow_encl *encl = vma->vm_private_data;
	const struct mapping m = {
		.file = vma->vm_file,
		.start = start,
		.end = end,
		.prot = vm_rights(newflags),
		.op = AVOW_OP_MPROTECT,
	};
	bool granted;
	int ret;

	compat_assert_mmap_write_locked(vma->vm_mm);
	ret = check_mapping(encl, &m, &granted);
	if (!ret && !granted)
		zap_vma_ptes(vma, start, end - start);
	return ret;
}

static bool vma_moved(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff != vma->vm_start >> PAGE_SHIFT;
}

/*
 * A mapping that is a copy: of fork, of a split, or of mremap() on its way to another
 * address. The last is told by its offset, which is still the old address. mremap()
 * asks only after it has moved the entries, when other threads could already use
 * them; so there are none left to move (R11.1).
 */
static void enclave_vma_open(struct vm_area_struct *vma)
{
	compat_assert_mmap_write_locked(vma->vm_mm);
	if (vma_moved(vma) && !AVOW_HOLE(mremap_entries))
		unmap_mapping_range(vma->vm_file->f_mapping, (loff_t)vma->vm_pgoff << PAGE_SHIFT,
				    vma->vm_end - vma->vm_start, 1);
}

static int enclave_mremap(struct vm_area_struct *vma)
{
	const struct refused what = {
		.op = AVOW_OP_MREMAP,
		.start = vma->vm_start,
		.end = vma->vm_end,
		.requested = vm_rights(vma->vm_flags),
	};

	compat_assert_mmap_write_locked(vma->vm_mm);
	/* Long enough for who waits for the moved entries. */
	if (AVOW_HOLE(mremap_entries))
		msleep(20);
	if (AVOW_HOLE(mremap_moves))
		return 0;
	return refuse(vma->vm_private_data, AVOW_REFUSE(AVOW_RULE(11, 1), EINVAL), &what);
}

void enforce_zap(struct avow_encl *encl, unsigned long first, unsigned long last)
{
	lockdep_assert_held(&encl->lock);
	unmap_mapping_range(encl->anchor->f_mapping, encl_addr(encl, first),
			    (loff_t)(last - first + 1) << SGX_PAGE_SHIFT, 1);
}

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
	lockdep_assert_held(&encl->lock);
	if (!(slot_history(mapping) & ~what->slot))
		return 0;
	return ask_hook(encl, file, mapping, AVOW_RULE(14, 2), what);
}

bool enforce_counts(struct avow_encl *encl, struct file *file, u64 addr, u32 mapping)
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

static vm_fault_t map_page(struct avow_encl *encl, struct vm_fault *vmf,
			   unsigned long index, u32 mapping)
{
	struct page *page = xa_load(&encl->pages, index);
	avow_slot slot = stash_get(encl, index);
	struct refused what = told_access(vmf, slot, mapping);
	u32 rights = avow_bound_pte(slot, mapping);
	struct vm_area_struct *vma = vmf->vma;
	avow_verdict v;

	if (WARN_ON_ONCE(!page))
		return VM_FAULT_SIGBUS;
	v = ask_history(encl, vma->vm_file, mapping, &what);
	if (v)
		return refuse_access(encl, vmf, v, what, SIGBUS);
	if (stash_mark(encl, index, index, slot_history(mapping)))
		return VM_FAULT_OOM;
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

/* Caller holds encl->lock, so that what is decided is what is mapped. */
static vm_fault_t fault_locked(struct avow_encl *encl, struct vm_fault *vmf,
			       unsigned long index)
{
	struct avow_access_ask ask = {
		.mapping = vm_rights(vmf->vma->vm_flags),
		.strict = encl->strict,
		.initialized = encl_initialized(encl),
	};
	avow_verdict v;

	lockdep_assert_held(&encl->lock);
	ask.access = fault_access(vmf, ask.mapping);
	for (;;) {
		ask.slot = stash_get(encl, index);
		switch (avow_bound_access(&ask, &v)) {
		case AVOW_ACCESS_MAP:
			return map_page(encl, vmf, index, ask.mapping);
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

static vm_fault_t enclave_fault(struct vm_fault *vmf)
{
	struct avow_encl *encl = vmf->vma->vm_private_data;
	unsigned long index;
	vm_fault_t ret;

	/* Not the lock of one VMA, which newer kernels can take instead: mprotect relies on it. */
	compat_assert_mmap_locked(vmf->vma->vm_mm);
	if (!fault_index(encl, vmf, &index))
		return refuse_access(encl, vmf, AVOW_REFUSE(AVOW_RULE(11, 4), EFAULT),
				     told_access(vmf, SLOT_HOLE,
						 fault_access(vmf, vm_rights(vmf->vma->vm_flags))),
				     SIGBUS);
	mutex_lock(&encl->lock);
	ret = fault_locked(encl, vmf, index);
	mutex_unlock(&encl->lock);
	return ret;
}

const struct vm_operations_struct avow_vm_ops = {
	.open		= enclave_vma_open,
	.mprotect	= enclave_mprotect,
	.mremap		= enclave_mremap,
	.fault		= enclave_fault,
	/* Without it a write to a read-only entry would make it writable, unasked. */
	.pfn_mkwrite	= enclave_fault,
	.access		= debug_access,
};
