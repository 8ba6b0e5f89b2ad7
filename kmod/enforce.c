// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where intent is enforced on mappings: mmap, mprotect and mremap ask core/bound.c. An
 * entry is never widened in place beyond what the EPCM grants: it is dropped, and fault.c
 * derives it anew.
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

avow_verdict enforce_ask(struct avow_encl *encl, struct file *file, u32 prot, u32 rule,
			 struct refused *what)
{
	avow_slot past = AVOW_HOLE(history_told) ? SLOT_HOLE : what->slot;
	u32 history = (past & SLOT_EVER_W ? AVOW_W : 0) | (past & SLOT_EVER_X ? AVOW_X : 0);
	avow_verdict v;
	int answer;

	lockdep_assert_held_write(&encl->lock);
	answer = hook_ask(security_enclave_map(file, what->start, what->end, prot, history));
	v = hook_verdict(answer, rule, &what->policy);
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
		v = enforce_ask(encl, m->file, m->prot, AVOW_RULE(14, 1), &what);
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
		v = enforce_ask(encl, m->file, m->prot, AVOW_RULE(14, 1), &what);
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
	down_write(&encl->lock);
	ret = check_span(encl, m, &span, granted);
	up_write(&encl->lock);
	return ret;
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
			     (AVOW_HOLE(mremap_grows) ? 0 : VM_DONTEXPAND) | VM_DONTDUMP);
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
	lockdep_assert_held_write(&encl->lock);
	unmap_mapping_range(encl->anchor->f_mapping, encl_addr(encl, first),
			    (loff_t)(last - first + 1) << SGX_PAGE_SHIFT, 1);
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
