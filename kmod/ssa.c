// SPDX-License-Identifier: GPL-2.0-only
/*
 * SSA frames. The pages are found and referenced when the enclave is entered, so
 * that an asynchronous exit always has where to save. The enclave's other threads
 * can write to them at any time: what is loaded is copied first, then checked.
 */
#include <asm/asm.h>
#include <asm/fpu/api.h>
#include <linux/thread_info.h>

#include "inside.h"
#include "kernel_compat.h"

#define SSA_RIGHTS	(AVOW_R | AVOW_W)

/* Does this process map the page readable and writable? Where the TCS is it often does. */
static bool is_mapped(const struct vm_area_struct *tcs_vma, u64 addr, u32 *rights)
{
	const struct vm_area_struct *vma = tcs_vma;

	if (addr < vma->vm_start || addr >= vma->vm_end)
		vma = enclave_vma(addr);
	if (!vma || vma->vm_private_data != tcs_vma->vm_private_data)
		return false;
	*rights = vm_rights(vma->vm_flags);
	return (*rights & SSA_RIGHTS) == SSA_RIGHTS;
}

/* Does the EPCM let it be read and written? Tells its intent, too. */
static struct page *granted_page(struct avow_encl *encl, u64 addr, u32 *intent)
{
	unsigned long index;
	avow_slot slot;

	if (!encl_index(encl, addr, &index))
		return NULL;
	slot = stash_get(encl, index);
	*intent = slot_intent(slot);
	return (slot_granted(slot) & SSA_RIGHTS) == SSA_RIGHTS ? xa_load(&encl->pages, index) : NULL;
}

/* One page of a frame: kept, where an earlier entry found it and nothing has changed. */
static struct page *frame_page(struct avow_thread *thread, const struct vm_area_struct *tcs_vma,
			       u64 addr, struct page *kept, u32 *intent)
{
	struct page *page = kept ?: granted_page(thread->encl, addr, intent);
	u32 rights;

	if (!page || !is_mapped(tcs_vma, addr, &rights))
		return NULL;
	/* The mapping may be older than the page, or than the lowering of its intent (R10.1). */
	if ((rights & ~*intent) && !AVOW_HOLE(ssa_intent))
		return NULL;
	/* The earlier one may have been through a mapping that was not executable. */
	if (kept && !(rights & AVOW_X))
		return kept;
	return access_counts(thread->encl, tcs_vma->vm_file, addr, rights) ? page : NULL;
}

bool ssa_hold(struct avow_thread *thread, const struct vm_area_struct *tcs_vma, u64 addr,
	      struct ssa_frame *frame, u64 *pf_addr)
{
	u64 final = addr + ((u64)(thread->encl->secs->ssa_frame_size - 1) << PAGE_SHIFT);
	bool kept = thread->kept.first && thread->kept_at == addr;

	lockdep_assert_held_write(&thread->encl->lock);
	*frame = thread->kept;
	*pf_addr = addr;
	frame->first = frame_page(thread, tcs_vma, addr, kept ? frame->first : NULL,
				  &frame->first_intent);
	if (!frame->first)
		return false;
	*pf_addr = final;
	frame->final = final == addr ? frame->first :
		       frame_page(thread, tcs_vma, final, kept ? frame->final : NULL,
				  &frame->final_intent);
	if (!frame->final)
		return false;
	thread->kept = *frame;
	thread->kept_at = addr;
	get_page(frame->first);
	get_page(frame->final);
	return true;
}

void ssa_put(struct ssa_frame *frame)
{
	put_page(frame->first);
	put_page(frame->final);
}

struct avow_ssa_gprs *ssa_gprs(const struct ssa_frame *frame)
{
	return page_address(frame->final) + PAGE_SIZE - sizeof(struct avow_ssa_gprs);
}

/* XSAVE and XRSTOR of the standard format; false when the instruction faulted. */
static bool xsave_to(void *image, u64 mask)
{
	int err = 1;

	asm volatile("1: xsave64 %[image]\n"
		     "   xorl %[err], %[err]\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+r" (err), [image] "+m" (*(u8 (*)[PAGE_SIZE])image)
		     : "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
	return !err;
}

static bool xrstor_from(const void *image, u64 mask)
{
	int err = 1;

	asm volatile("1: xrstor64 %[image]\n"
		     "   xorl %[err], %[err]\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [err] "+r" (err)
		     : [image] "m" (*(const u8 (*)[PAGE_SIZE])image),
		       "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
	return !err;
}

#define XSAVE_HEADER	512
#define XSAVE_MXCSR	24
#define MXCSR_INIT	0x1f80

/* All features of the mask in their initial state. */
static void initial_image(void *image)
{
	memset(image, 0, XSAVE_HEADER + 64);
	*(u32 *)(image + XSAVE_MXCSR) = MXCSR_INIT;
}

/* The task's extended state into the registers, where it stays until fpregs_unlock(). */
static void fpregs_hold(void)
{
	fpregs_lock();
	if (test_thread_flag(TIF_NEED_FPU_LOAD))
		switch_fpu_return();
}

static void save_xsave(struct avow_thread *thread)
{
	u64 mask = thread->encl->secs->xfrm;
	void *area = page_address(thread->frame.first);

	memset(area + XSAVE_HEADER, 0, 64);
	initial_image(thread->xsave);
	fpregs_hold();
	WARN_ON_ONCE(!xsave_to(area, mask));
	WARN_ON_ONCE(!xrstor_from(thread->xsave, mask));
	fpregs_unlock();
}

/*
 * What ERESUME demands of an image beyond XRSTOR, which would take features outside of
 * XFRM as far as the CPU has them, and the compacted form; and what XRSTOR is to refuse,
 * but not every emulated one does.
 */
static bool image_ok(const void *image, u64 xfrm)
{
	const u64 *header = image + XSAVE_HEADER;

	return !(header[0] & ~xfrm) && !header[1] && !header[2] &&
	       !(*(const u32 *)(image + XSAVE_MXCSR) & ~mxcsr_feature_mask);
}

bool ssa_load_xsave(struct avow_encl *encl, const struct ssa_frame *frame, void *buffer)
{
	bool ok;

	memcpy(buffer, page_address(frame->first), PAGE_SIZE);
	if (!image_ok(buffer, encl->secs->xfrm) && !AVOW_HOLE(resume_xsave))
		return false;
	fpregs_hold();
	ok = xrstor_from(buffer, encl->secs->xfrm);
	fpregs_unlock();
	return ok;
}

/* SDM volume 3D, EXITINFO: the vectors that are reported, #PF and #GP only with EXINFO. */
static u32 exitinfo(const struct trap *trap, bool exinfo)
{
	switch (trap->nr) {
	case X86_TRAP_DE:
	case X86_TRAP_DB:
	case X86_TRAP_BR:
	case X86_TRAP_UD:
	case X86_TRAP_MF:
	case X86_TRAP_AC:
	case X86_TRAP_XF:
		return EXITINFO_VALID | EXITINFO_TYPE_HW | trap->nr;
	case X86_TRAP_BP:
		return EXITINFO_VALID | EXITINFO_TYPE_SW | trap->nr;
	case X86_TRAP_GP:
	case X86_TRAP_PF:
		return exinfo ? EXITINFO_VALID | EXITINFO_TYPE_HW | trap->nr : 0;
	default:
		return 0;
	}
}

static void save_exinfo(struct avow_thread *thread, const struct trap *trap)
{
	struct avow_ssa_exinfo *to = (void *)ssa_gprs(&thread->frame) - sizeof(*to);

	if (trap->nr != X86_TRAP_GP && trap->nr != X86_TRAP_PF)
		return;
	*to = (struct avow_ssa_exinfo){
		.maddr = trap->nr == X86_TRAP_PF ? trap->addr : 0,
		.errcd = trap->error,
	};
}

static void save_gprs(struct avow_ssa_gprs *to, const struct pt_regs *regs)
{
	to->rax = regs->ax;
	to->rcx = regs->cx;
	to->rdx = regs->dx;
	to->rbx = regs->bx;
	to->rsp = regs->sp;
	to->rbp = regs->bp;
	to->rsi = regs->si;
	to->rdi = regs->di;
	to->r8 = regs->r8;
	to->r9 = regs->r9;
	to->r10 = regs->r10;
	to->r11 = regs->r11;
	to->r12 = regs->r12;
	to->r13 = regs->r13;
	to->r14 = regs->r14;
	to->r15 = regs->r15;
	to->rflags = regs->flags & ~X86_EFLAGS_TF;
	to->rip = regs->ip;
}

void ssa_save(struct avow_thread *thread, const struct pt_regs *regs, const struct trap *trap,
	      u64 fsbase, u64 gsbase)
{
	struct avow_ssa_gprs *gprs = ssa_gprs(&thread->frame);
	bool exinfo = thread->encl->secs->miscselect & MISC_EXINFO;

	save_gprs(gprs, regs);
	gprs->exitinfo = exitinfo(trap, exinfo);
	gprs->reserved = 0;
	gprs->fsbase = fsbase;
	gprs->gsbase = gsbase;
	if (exinfo)
		save_exinfo(thread, trap);
	save_xsave(thread);
}
