// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where page-table entries are made: that of the page which was accessed, and along with
 * it those of neighbours which may have one that is as whole (R10.5). The kernel's own
 * vmf_insert_pfn_prot() would find out for each page anew what kind of memory it is.
 */
#include <linux/mm.h>

#include "encl.h"
#include "holes.h"

#define AROUND		(16 * PAGE_SIZE)	/* aligned, so that all are in one page table */

struct entries {
	struct avow_encl *encl;
	struct mm_struct *mm;
	unsigned long addr;	/* of the page that was accessed */
	struct page *page;
	pgprot_t prot, along;	/* of its entry, and of the neighbours' */
	u32 mapping;
};

/* With the mapping's protection key, which is none of the three rights. */
static pgprot_t entry_prot(const struct vm_area_struct *vma, u32 rights)
{
	unsigned long other = vma->vm_flags & ~(VM_READ | VM_WRITE | VM_EXEC);

	return vm_get_page_prot(other | VM_SHARED | (rights & AVOW_R ? VM_READ : 0) |
				(rights & AVOW_W ? VM_WRITE : 0) | (rights & AVOW_X ? VM_EXEC : 0));
}

/* The kernel holds the lock of the page table. What has an entry keeps it. */
static int make_entry(pte_t *pte, unsigned long addr, void *data)
{
	const struct entries *e = data;
	struct page *page = e->page;
	pgprot_t prot = e->prot;
	unsigned long index;

	if (!pte_none(*pte))
		return 0;
	if (addr != e->addr) {
		index = (addr - e->encl->base) >> SGX_PAGE_SHIFT;
		if (!avow_bound_along(stash_get(e->encl, index), e->mapping))
			return 0;
		page = xa_load(&e->encl->pages, index);
		prot = e->along;
		if (WARN_ON_ONCE(!page))
			return 0;
	}
	set_pte_at(e->mm, addr, pte, pte_mkspecial(mk_pte(page, prot)));
	return 0;
}

static vm_fault_t make(const struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       struct entries *e)
{
	if (apply_to_page_range(vma->vm_mm, start, end - start, make_entry, e))
		return VM_FAULT_OOM;
	return VM_FAULT_NOPAGE;
}

vm_fault_t entry_make(const struct vm_fault *vmf, struct page *page, u32 rights)
{
	struct entries e = {
		.mm = vmf->vma->vm_mm,
		.addr = vmf->address & PAGE_MASK,
		.page = page,
		.prot = entry_prot(vmf->vma, rights),
	};

	return make(vmf->vma, e.addr, e.addr + PAGE_SIZE, &e);
}

vm_fault_t entries_make(struct avow_encl *encl, const struct vm_fault *vmf, struct page *page,
			u32 rights)
{
	const struct vm_area_struct *vma = vmf->vma;
	const u32 mapping = vm_rights(vma->vm_flags);
	const unsigned long around = vmf->address & ~(AROUND - 1);
	struct entries e = {
		.encl = encl,
		.mm = vma->vm_mm,
		.addr = vmf->address & PAGE_MASK,
		.page = page,
		.prot = entry_prot(vma, rights),
		.along = entry_prot(vma, mapping),
		.mapping = mapping,
	};

	lockdep_assert_held(&encl->lock);
	if (AVOW_HOLE(outside_access) || AVOW_HOLE(moved_access))
		return entry_make(vmf, page, rights);
	return make(vma, max3(around, vma->vm_start, (unsigned long)encl->base),
		    min3(around + AROUND, vma->vm_end, (unsigned long)(encl->base + encl->size)), &e);
}
