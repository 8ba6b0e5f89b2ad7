// SPDX-License-Identifier: GPL-2.0-only
/* ENCLU: which leaf, and the leaves that change the EPCM from inside (R34). */
#include <linux/file.h>
#include <linux/uaccess.h>

#include "inside.h"

/* A leaf on one page of the enclave; RBX has the SECINFO, RCX the page, RDX a source page. */
struct page_leaf {
	struct avow_encl *encl;
	struct file *file;
	u32 leaf;
	u64 secinfo_flags;
	u64 target, source;
	u32 target_rights, source_rights;	/* of their mappings */
	u64 code;
};

static bool address_ok(const struct avow_thread *thread, u64 addr, u64 align)
{
	return !(addr & (align - 1)) && thread_covers(thread, addr);
}

bool leaf_operand(const struct avow_thread *thread, u64 addr, u32 align, struct trap *trap)
{
	struct file *file;
	u32 rights;

	if (!address_ok(thread, addr, align))
		return raise_gp(trap);
	file = enclave_at(addr, &rights);
	if (file)
		fput(file);
	return file == thread->file ? true : raise_pf(trap, addr, PF_NO_PAGE);
}

static bool read_secinfo(const struct avow_thread *thread, struct page_leaf *pl, u64 addr,
			 struct trap *trap)
{
	struct avow_secinfo secinfo;

	if (!leaf_operand(thread, addr, sizeof(secinfo), trap))
		return false;
	if (copy_from_user(&secinfo, (void __user *)addr, sizeof(secinfo)))
		return raise_pf(trap, addr, PF_NO_PAGE);
	if (memchr_inv(secinfo.reserved, 0, sizeof(secinfo.reserved)))
		return raise_gp(trap);
	pl->secinfo_flags = secinfo.flags;
	return true;
}

/*
 * The page must be mapped here, as its translation is what the instruction starts
 * with; and a hole is augmented by that, as by any other access.
 */
static bool reach(struct page_leaf *pl, u64 addr, u32 rights, struct trap *trap)
{
	unsigned long index = (addr - pl->encl->base) >> SGX_PAGE_SHIFT;
	struct avow_access_ask ask = {
		.slot = stash_get(pl->encl, index),
		.mapping = rights,
		.strict = pl->encl->strict,
		.initialized = true,
	};
	avow_verdict v;

	switch (avow_bound_access(&ask, &v)) {
	case AVOW_ACCESS_EAUG:
		if (!epc_augment(pl->encl, index))
			return true;
		break;
	case AVOW_ACCESS_SIGBUS:
		break;
	default:
		return true;
	}
	return raise_pf(trap, addr, PF_NO_PAGE);
}

static enum avow_epcm_result decide(struct page_leaf *pl, avow_slot *slot, avow_slot source)
{
	switch (pl->leaf) {
	case ENCLU_EACCEPT:
		return avow_epcm_eaccept(slot, pl->secinfo_flags, &pl->code);
	case ENCLU_EMODPE:
		return avow_epcm_emodpe(slot, pl->secinfo_flags);
	default:
		return avow_epcm_eacceptcopy(slot, source, pl->secinfo_flags, &pl->code);
	}
}

static void *page_at(struct avow_encl *encl, u64 addr)
{
	return page_address(xa_load(&encl->pages, (addr - encl->base) >> SGX_PAGE_SHIFT));
}

/* RCX and RDX, as far as the leaf has them. */
static bool pages_ok(const struct avow_thread *thread, const struct page_leaf *pl)
{
	return address_ok(thread, pl->target, SGX_PAGE_SIZE) &&
	       (pl->leaf != ENCLU_EACCEPTCOPY || address_ok(thread, pl->source, SGX_PAGE_SIZE));
}

/* Is the SECINFO one that the leaf can take for any page? */
static bool secinfo_ok(struct page_leaf *pl)
{
	avow_slot none = SLOT_HOLE;

	return decide(pl, &none, SLOT_HOLE) != AVOW_EPCM_GP;
}

/*
 * What is checked before the page, in the order of the SDM: EACCEPT looks at its SECINFO
 * first, the two others at the addresses.
 */
static bool operands(const struct avow_thread *thread, struct page_leaf *pl, u64 secinfo,
		     struct trap *trap)
{
	bool accept = pl->leaf == ENCLU_EACCEPT;

	if (!accept && !pages_ok(thread, pl))
		return raise_gp(trap);
	if (!read_secinfo(thread, pl, secinfo, trap))
		return false;
	if (accept && (!secinfo_ok(pl) || !pages_ok(thread, pl)))
		return raise_gp(trap);
	return true;
}

/* R34: a TCS that is accepted must be one that EADD would have taken. */
static bool tcs_acceptable(struct page_leaf *pl, avow_slot slot)
{
	if (pl->leaf != ENCLU_EACCEPT || slot_type(slot) != PT_TCS)
		return true;
	return AVOW_HOLE(tcs_accepted) || !avow_args_tcs(page_at(pl->encl, pl->target));
}

/* Caller holds encl->lock. */
static bool apply(struct page_leaf *pl, struct trap *trap)
{
	unsigned long index = (pl->target - pl->encl->base) >> SGX_PAGE_SHIFT;
	unsigned long from = (pl->source - pl->encl->base) >> SGX_PAGE_SHIFT;
	bool copy = pl->leaf == ENCLU_EACCEPTCOPY;
	avow_slot slot = stash_get(pl->encl, index);

	lockdep_assert_held_write(&pl->encl->lock);
	switch (decide(pl, &slot, copy ? stash_get(pl->encl, from) : SLOT_HOLE)) {
	case AVOW_EPCM_GP:
		return raise_gp(trap);
	case AVOW_EPCM_PF:
		return raise_pf(trap, pl->target, PF_EPCM);
	case AVOW_EPCM_PF_SOURCE:
		return raise_pf(trap, pl->source, PF_EPCM);
	case AVOW_EPCM_CODE:
		return true;
	case AVOW_EPCM_OK:
		break;
	}
	if (!tcs_acceptable(pl, slot))
		return raise_gp(trap);
	/* The copy is written by way of the mapping: an access that the page's history has. */
	if (copy && !access_counts(pl->encl, pl->file, pl->target, pl->target_rights))
		return raise_pf(trap, pl->target, PF_NO_PAGE | X86_PF_WRITE);
	/* Its history is the slot's, whatever was decided of a copy before. */
	slot |= stash_get(pl->encl, index) & SLOT_HISTORY;
	if (stash_set(pl->encl, index, index, slot))
		return raise_pf(trap, pl->target, PF_NO_PAGE);
	if (copy)
		copy_page(page_at(pl->encl, pl->target), page_at(pl->encl, pl->source));
	if (!AVOW_HOLE(accept_entries))
		enforce_zap(pl->encl, index, index);
	return true;
}

/* The rights of this enclave's mapping at an address; false: none of those wanted. */
static bool mapped(struct page_leaf *pl, u64 addr, u32 wanted, u32 *rights, struct trap *trap)
{
	struct file *file = enclave_at(addr, rights);

	if (file)
		fput(file);
	if (file != pl->file || !(*rights & wanted))
		return raise_pf(trap, addr, PF_NO_PAGE | (wanted == AVOW_W ? X86_PF_WRITE : 0));
	return true;
}

static bool run_page_leaf(struct page_leaf *pl, struct trap *trap)
{
	bool copy = pl->leaf == ENCLU_EACCEPTCOPY;
	bool ok;

	/* A copy is written and read as any instruction would: x86 reads what it can write. */
	if (!mapped(pl, pl->target, copy ? AVOW_W : AVOW_RWX, &pl->target_rights, trap) ||
	    (copy && !mapped(pl, pl->source, AVOW_R | AVOW_W, &pl->source_rights, trap)))
		return false;
	down_write(&pl->encl->lock);
	ok = reach(pl, pl->target, pl->target_rights, trap) &&
	     (!copy || reach(pl, pl->source, pl->source_rights, trap)) &&
	     apply(pl, trap);
	up_write(&pl->encl->lock);
	return ok;
}

static bool page_leaf(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	struct page_leaf pl = {
		.encl = thread->encl,
		.file = thread->file,
		.leaf = regs->ax,
		.target = regs->cx,
		.source = regs->dx,
	};

	if (!operands(thread, &pl, regs->bx, trap) || !run_page_leaf(&pl, trap))
		return false;
	if (pl.leaf != ENCLU_EMODPE) {
		regs->flags &= ~FLAGS_STATUS;
		if (pl.code)
			regs->flags |= X86_EFLAGS_ZF;
		regs->ax = pl.code;
	}
	regs->ip += ENCLU_SIZE;
	return true;
}

/* The leaves that read and write the enclave: these accesses are the enclave's own (R10.4). */
static bool memory_leaf(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	bool ok;

	thread->leaf = true;
	switch ((u32)regs->ax) {
	case ENCLU_EREPORT:
		ok = enclave_report(thread, regs, trap);
		break;
	case ENCLU_EGETKEY:
		ok = enclave_getkey(thread, regs, trap);
		break;
	default:
		ok = page_leaf(thread, regs, trap);
	}
	thread->leaf = false;
	return ok;
}

bool enclu(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	switch ((u32)regs->ax) {
	case ENCLU_EENTER:
	case ENCLU_ERESUME:
		return thread ? raise_gp(trap) : enclave_enter(regs, trap);
	case ENCLU_EEXIT:
		return thread ? enclave_exit(thread, regs, trap) : raise_gp(trap);
	case ENCLU_EREPORT:
	case ENCLU_EGETKEY:
	case ENCLU_EACCEPT:
	case ENCLU_EMODPE:
	case ENCLU_EACCEPTCOPY:
		return thread ? memory_leaf(thread, regs, trap) : raise_gp(trap);
	default:
		return raise_gp(trap);
	}
}
