// SPDX-License-Identifier: GPL-2.0-only
/* EENTER, ERESUME, EEXIT and the asynchronous exit (R30 to R33). */
#include <asm/msr.h>
#include <linux/file.h>
#include <linux/mm.h>

#include "inside.h"
#include "kernel_compat.h"

/* Flags of an enclave's frame that ERESUME takes. */
#define FLAGS_RESTORED	(FLAGS_STATUS | X86_EFLAGS_DF | X86_EFLAGS_AC | X86_EFLAGS_ID | \
			 X86_EFLAGS_RF)
/* Flags that an asynchronous exit clears. */
#define FLAGS_CLEARED	(FLAGS_STATUS | X86_EFLAGS_RF)

static bool user_address(u64 addr)
{
	return addr < TASK_SIZE_MAX;
}

/* While the kernel runs, the user's GS base is in the MSR that SWAPGS exchanges. */
static void read_bases(u64 *fsbase, u64 *gsbase)
{
	preempt_disable();
	rdmsrl(MSR_FS_BASE, *fsbase);
	rdmsrl(MSR_KERNEL_GS_BASE, *gsbase);
	preempt_enable();
}

static void write_bases(u64 fsbase, u64 gsbase)
{
	preempt_disable();
	current->thread.fsbase = fsbase;
	current->thread.gsbase = gsbase;
	wrmsrl(MSR_FS_BASE, fsbase);
	wrmsrl(MSR_KERNEL_GS_BASE, gsbase);
	preempt_enable();
}

struct vm_area_struct *enclave_vma(unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(current->mm, addr);

	compat_assert_mmap_locked(current->mm);
	if (!vma || vma->vm_ops != &avow_vm_ops || vma->vm_pgoff != vma->vm_start >> PAGE_SHIFT)
		return NULL;
	return vma;
}

struct file *enclave_at(unsigned long addr, u32 *rights)
{
	struct file *file = NULL;
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	vma = enclave_vma(addr);
	if (vma) {
		*rights = vm_rights(vma->vm_flags);
		file = get_file(vma->vm_file);
	}
	mmap_read_unlock(current->mm);
	return file;
}

/* An entry under way: what is claimed, and the state that it begins with. */
struct entry {
	struct avow_encl *encl;
	struct avow_thread *thread;
	struct avow_thread claim;
	struct avow_tcs *tcs;
	const struct vm_area_struct *vma;	/* of the TCS */
	struct avow_ssa_gprs *gprs;	/* ERESUME: a copy of the frame */
	bool resume;
	bool busy;			/* somebody was inside when the TCS was looked at */
	u64 rip, fsbase, gsbase;
};

static bool look_up_tcs(struct entry *e, unsigned long index, struct trap *trap)
{
	avow_slot slot = stash_get(e->encl, index);
	struct avow_thread *thread;

	if (!slot_present(slot))
		return raise_pf(trap, e->claim.address, PF_NO_PAGE);
	if ((slot_type(slot) != PT_TCS && !AVOW_HOLE(enter_type)) ||
	    ((slot & (SLOT_PENDING | SLOT_MODIFIED)) && !AVOW_HOLE(enter_state)))
		return raise_pf(trap, e->claim.address, PF_EPCM);
	thread = thread_of(e->encl, index);
	if (!thread)
		return raise_pf(trap, e->claim.address, PF_NO_PAGE);
	thread->page = xa_load(&e->encl->pages, index);
	thread->intent = slot_intent(slot);
	thread->kept.first = NULL;
	thread->known = e->encl->changes;
	e->thread = thread;
	return true;
}

/*
 * The TCS page: as an earlier entry found it, if no slot of the enclave has changed since.
 * Caller holds encl->lock.
 */
static bool find_tcs(struct entry *e, struct trap *trap)
{
	unsigned long index;

	lockdep_assert_held_write(&e->encl->lock);
	if (!encl_index(e->encl, e->claim.address, &index))
		return raise_pf(trap, e->claim.address, PF_NO_PAGE);
	e->thread = xa_load(&e->encl->threads, index);
	if (!(e->thread && e->thread->known == e->encl->changes) && !look_up_tcs(e, index, trap))
		return false;
	/* A mapping that is wider than the intent is as none (R10.1). */
	if (vm_rights(e->vma->vm_flags) & ~e->thread->intent)
		return raise_pf(trap, e->claim.address, PF_NO_PAGE);
	/* If nobody, then nobody until encl->lock is free again: CSSA stays as it is. */
	e->busy = READ_ONCE(e->thread->task);
	e->claim.tcs = e->thread->page;
	e->tcs = page_address(e->claim.tcs);
	return true;
}

/* All of it #GP, before the SSA is looked at. */
static bool tcs_wellformed(const struct entry *e)
{
	u32 cssa = e->tcs->cssa;

	if ((e->tcs->ossa | e->tcs->ofsbase | e->tcs->ogsbase) & ~PAGE_MASK)
		return false;
	if ((e->tcs->flags & ~(u64)TCS_DBGOPTIN) ||
	    (!encl_initialized(e->encl) && !AVOW_HOLE(enter_before_init)))
		return false;
	return e->resume ? cssa > 0 && cssa <= e->tcs->nssa : cssa < e->tcs->nssa;
}

/* The frame of the next asynchronous exit, or the one to resume from. */
static u64 frame_address(const struct entry *e)
{
	u64 size = (u64)e->encl->secs->ssa_frame_size << PAGE_SHIFT;

	return e->encl->base + e->tcs->ossa + (e->tcs->cssa - e->resume) * size;
}

/* Where it goes on, with which bases: from the TCS, or from a copy of the frame. */
static bool find_start(struct entry *e, struct trap *trap)
{
	if (e->resume) {
		*e->gprs = *ssa_gprs(&e->claim.frame);
		e->rip = e->gprs->rip;
		e->fsbase = e->gprs->fsbase;
		e->gsbase = e->gprs->gsbase;
	} else {
		e->rip = e->encl->base + e->tcs->oentry;
		e->fsbase = e->encl->base + e->tcs->ofsbase;
		e->gsbase = e->encl->base + e->tcs->ogsbase;
	}
	if (AVOW_HOLE(resume_bases))
		return true;
	if (!user_address(e->rip) || !user_address(e->fsbase) || !user_address(e->gsbase))
		return raise_gp(trap);
	return true;
}

static void load_gprs(struct pt_regs *regs, const struct avow_ssa_gprs *from)
{
	regs->ax = from->rax;
	regs->cx = from->rcx;
	regs->dx = from->rdx;
	regs->bx = from->rbx;
	regs->sp = from->rsp;
	regs->bp = from->rbp;
	regs->si = from->rsi;
	regs->di = from->rdi;
	regs->r8 = from->r8;
	regs->r9 = from->r9;
	regs->r10 = from->r10;
	regs->r11 = from->r11;
	regs->r12 = from->r12;
	regs->r13 = from->r13;
	regs->r14 = from->r14;
	regs->r15 = from->r15;
	regs->flags = (regs->flags & ~FLAGS_RESTORED) | (from->rflags & FLAGS_RESTORED);
}

static void start(struct entry *e, struct pt_regs *regs)
{
	struct avow_ssa_gprs *gprs = ssa_gprs(&e->claim.frame);

	gprs->ursp = regs->sp;
	gprs->urbp = regs->bp;
	if (e->resume) {
		e->tcs->cssa--;
		load_gprs(regs, e->gprs);
	} else {
		regs->ax = e->tcs->cssa;
		regs->cx = regs->ip + ENCLU_SIZE;
	}
	regs->ip = e->rip;
	if (!e->claim.optin)
		regs->flags &= ~X86_EFLAGS_TF;
	write_bases(e->fsbase, e->gsbase);
	rseq_hide(e->thread);
	/* System calls come by hooks.c while inside. */
	set_syscall_work(SYSCALL_USER_DISPATCH);
}

/* Caller holds mmap_lock and encl->lock. What is claimed on success is the thread's until it leaves. */
static bool enter_locked(struct entry *e, struct pt_regs *regs, struct trap *trap)
{
	u64 pf_addr;

	abort_end(e->encl);
	if (!find_tcs(e, trap))
		return false;
	if (!tcs_wellformed(e))
		return raise_gp(trap);
	if (!ssa_hold(e->thread, e->vma, frame_address(e), &e->claim.frame, &pf_addr))
		return raise_pf(trap, pf_addr, PF_EPCM);
	if (!find_start(e, trap))
		goto err_frame;
	if (e->busy) {
		raise_gp(trap);
		goto err_frame;
	}
	read_bases(&e->claim.fsbase, &e->claim.gsbase);
	e->claim.trap_flag = regs->flags & X86_EFLAGS_TF;
	e->claim.optin = e->tcs->flags & TCS_DBGOPTIN;
	e->claim.dispatch = test_syscall_work(SYSCALL_USER_DISPATCH);
	get_page(e->claim.tcs);
	if (!inside_enter(e->thread, &e->claim)) {
		put_page(e->claim.tcs);
		raise_gp(trap);
		goto err_frame;
	}
	if (e->resume && !ssa_load_xsave(e->encl, &e->claim.frame, e->thread->xsave)) {
		/* Leaving puts what was claimed, the caller's file too: it keeps one. */
		get_file(e->claim.file);
		inside_leave(e->thread);
		return raise_gp(trap);
	}
	start(e, regs);
	return true;

err_frame:
	ssa_put(&e->claim.frame);
	return false;
}

/* mmap_lock is held from the look at the mappings until the thread is inside. */
static bool enter_mapped(struct entry *e, struct pt_regs *regs, struct trap *trap)
{
	const u32 needed = AVOW_R | AVOW_W;
	const struct vm_area_struct *vma = enclave_vma(regs->bx);
	bool ok;

	if (!vma || (vm_rights(vma->vm_flags) & needed) != needed)
		return raise_pf(trap, regs->bx, PF_NO_PAGE);
	if (!user_address(regs->cx))
		return raise_gp(trap);
	e->vma = vma;
	e->claim.file = get_file(vma->vm_file);
	e->encl = e->claim.file->private_data;
	down_write(&e->encl->lock);
	ok = enter_locked(e, regs, trap);
	up_write(&e->encl->lock);
	if (!ok)
		fput(e->claim.file);
	return ok;
}

bool enclave_enter(struct pt_regs *regs, struct trap *trap)
{
	struct avow_ssa_gprs gprs;
	struct entry e = {
		.gprs = &gprs,
		.resume = (u32)regs->ax == ENCLU_ERESUME,
		.claim = { .address = regs->bx, .aep = regs->cx },
	};
	bool ok;

	if (inside_current() || (regs->bx & ~PAGE_MASK))
		return raise_gp(trap);
	mmap_read_lock(current->mm);
	ok = enter_mapped(&e, regs, trap);
	mmap_read_unlock(current->mm);
	return ok;
}

/* The thread outside again: bases, TF, restartable sequences and system calls as they were. */
static void leave(struct avow_thread *thread, struct pt_regs *regs)
{
	write_bases(thread->fsbase, thread->gsbase);
	if (!thread->optin)
		regs->flags = (regs->flags & ~X86_EFLAGS_TF) | thread->trap_flag;
	rseq_show(thread);
	if (!thread->dispatch)
		clear_syscall_work(SYSCALL_USER_DISPATCH);
	inside_leave(thread);
}

bool enclave_exit(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	if (!user_address(regs->bx))
		return raise_gp(trap);
	regs->ip = regs->bx;
	regs->cx = thread->aep;
	leave(thread, regs);
	return true;
}

void asynchronous_exit(struct avow_thread *thread, struct pt_regs *regs, const struct trap *trap)
{
	struct avow_tcs *tcs = page_address(thread->tcs);
	const struct avow_ssa_gprs *gprs = ssa_gprs(&thread->frame);
	u64 fsbase, gsbase;

	non_block_start();	/* signals and #DB do not let it sleep */
	read_bases(&fsbase, &gsbase);
	ssa_save(thread, regs, trap, fsbase, gsbase);
	tcs->cssa++;

	regs->sp = gprs->ursp;
	regs->bp = gprs->urbp;
	regs->ip = thread->aep;
	regs->ax = ENCLU_ERESUME;
	regs->bx = thread->address;
	regs->cx = thread->aep;
	regs->dx = regs->si = regs->di = 0;
	regs->r8 = regs->r9 = regs->r10 = regs->r11 = 0;
	regs->r12 = regs->r13 = regs->r14 = regs->r15 = 0;
	regs->flags &= ~FLAGS_CLEARED;
	regs->orig_ax = -1;	/* not in a system call, whatever was interrupted */
	leave(thread, regs);
	non_block_end();
}
