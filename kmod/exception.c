// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions of programs, which hooks.c brings here before the kernel makes signals
 * of them: ENCLU, and everything that happens inside. Sleeping is allowed.
 */
#include <linux/file.h>
#include <linux/uaccess.h>

#include "cpuid.h"
#include "hooks.h"
#include "inside.h"

#define OPCODE_ENCLU	0x010f	/* 0f 01 d7 */
#define OPCODE_ENCLU_3	0xd7

static bool is_enclu(const struct pt_regs *regs)
{
	u16 opcode;
	u8 third;

	return user_64bit_mode((struct pt_regs *)regs) &&
	       !get_user(opcode, (u16 __user *)regs->ip) && opcode == OPCODE_ENCLU &&
	       !get_user(third, (u8 __user *)(regs->ip + 2)) && third == OPCODE_ENCLU_3;
}

/*
 * R10.2: was it the EPCM that denied this access, where the mapping allows it? Then
 * the enclave's file, referenced, and the slot. The fault handler need not have been
 * asked: an entry may be there that allows less.
 */
static struct file *epcm_denied(const struct trap *trap, avow_slot *slot)
{
	u32 access = trap_access(trap), rights = 0;
	struct avow_encl *encl;
	unsigned long index;
	struct file *file;
	bool denied;

	file = enclave_at(trap->addr, &rights);
	if (!file)
		return NULL;
	/* x86 reads what it can write, as the fault handler sees it. */
	if (access == AVOW_R && !(rights & AVOW_R))
		access = rights & AVOW_W;
	encl = file->private_data;
	denied = (rights & access) && encl_index(encl, trap->addr, &index);
	if (denied) {
		down_write(&encl->lock);
		*slot = stash_get(encl, index);
		up_write(&encl->lock);
		denied = slot_present(*slot) && !(rights & ~slot_intent(*slot)) &&
			 !(slot_granted(*slot) & access);
	}
	if (denied)
		return file;
	fput(file);
	return NULL;
}

/*
 * A fetch through an entry that exists is refused by the kernel without the fault
 * handler; every other access that the EPCM denies is recorded there.
 */
static void record_fetch(struct file *file, const struct trap *trap, avow_slot slot)
{
	const struct refused what = {
		.op = AVOW_OP_FAULT,
		.start = trap->addr & PAGE_MASK,
		.end = (trap->addr & PAGE_MASK) + PAGE_SIZE,
		.requested = AVOW_X,
		.declared = slot_intent(slot),
		.slot = slot,
		.signo = SIGSEGV,
	};

	refuse(file->private_data, AVOW_REFUSE(AVOW_RULE(10, 2), EFAULT), &what);
}

/* A #PF as SGX reports it; inside, the low bits of the address stay inside. */
static void adjust_page_fault(struct avow_thread *thread, struct trap *trap)
{
	avow_slot slot;
	struct file *file = epcm_denied(trap, &slot);

	if (file) {
		if (exception_is_fetch(trap->nr, trap->error))
			record_fetch(file, trap, slot);
		trap->error |= X86_PF_SGX | X86_PF_PROT;
		fput(file);
	}
	if (thread)
		trap->addr &= PAGE_MASK;
}

/* What the vDSO does not take becomes a signal. */
static void report(struct pt_regs *regs, const struct trap *trap)
{
	if (!avow_original_fixup(regs, trap->nr, trap->error, trap->addr))
		signal_send(regs, trap);
}

/* RDPMC; POP to and loads of FS, GS and SS. */
static bool is_forbidden_0f(u8 opcode)
{
	return opcode == 0x33 || opcode == 0xa1 || opcode == 0xa9 || opcode == 0xb2 ||
	       opcode == 0xb4 || opcode == 0xb5;
}

/* Far calls and jumps: ModRM.reg of FF. */
static bool is_far(u8 modrm)
{
	return (modrm >> 3 & 7) == 3 || (modrm >> 3 & 7) == 5;
}

/*
 * What is #UD inside (SDM volume 3D, 34.6), but #GP, #NP or #SS to a CPU that does not
 * know that it is inside: IN, OUT, INS, OUTS, INT n, RDPMC, and where they fault far
 * transfers, IRET and loads of segment registers.
 */
static bool is_forbidden(const struct pt_regs *regs)
{
	u8 bytes[15];
	int i;

	if (copy_from_user(bytes, (void __user *)regs->ip, sizeof(bytes)))
		return false;
	for (i = 0; i < sizeof(bytes) - 1; i++) {
		switch (bytes[i]) {
		case 0x66: case 0x67: case 0xf2: case 0xf3:
		case 0x40 ... 0x4f:
			continue;
		case 0x6c ... 0x6f:
		case 0x8e:
		case 0xca: case 0xcb: case 0xcd: case 0xcf:
		case 0xe4 ... 0xe7:
		case 0xec ... 0xef:
			return true;
		case 0x0f:
			return is_forbidden_0f(bytes[i + 1]);
		case 0xff:
			return is_far(bytes[i + 1]);
		default:
			return false;
		}
	}
	return false;
}

/*
 * INT3 inside is a fault, at the instruction: #BP after an entry with DBGOPTIN, and #UD
 * after another; INT 3, of two bytes, is #UD (SDM volume 3D, 43.4).
 */
static void adjust_breakpoint(const struct avow_thread *thread, struct pt_regs *regs,
			      struct trap *trap)
{
	u8 opcode = 0;

	if (copy_from_user(&opcode, (void __user *)regs->ip - 1, sizeof(opcode)))
		return;
	regs->ip -= opcode == 0xcc ? 1 : 2;
	if (opcode != 0xcc || !thread->optin)
		*trap = (struct trap){ .nr = X86_TRAP_UD };
}

static bool is_segment_fault(int nr)
{
	return nr == X86_TRAP_GP || nr == X86_TRAP_NP || nr == X86_TRAP_SS;
}

/*
 * What a thread inside gets for an exception that the CPU took to be outside. If it has
 * left the range without EEXIT, then that was #GP, whatever it ran into since (R39.3).
 */
static void adjust_inside(const struct avow_thread *thread, struct pt_regs *regs,
			  struct trap *trap)
{
	if (!thread_covers(thread, regs->ip))
		raise_gp(trap);
	else if (is_segment_fault(trap->nr) && is_forbidden(regs))
		*trap = (struct trap){ .nr = X86_TRAP_UD };
	else if (trap->nr == X86_TRAP_BP)
		adjust_breakpoint(thread, regs, trap);
}

/* An exception that came to nothing: the module did what the instruction is for. */
static bool emulated(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap)
{
	u32 leaf = regs->ax;

	if (trap->nr == X86_TRAP_UD && is_enclu(regs)) {
		if ((thread && !thread_covers(thread, regs->ip)) || !enclu(thread, regs, trap))
			return false;
		/* After ERESUME it is the enclave's next instruction that is stepped over. */
		if (leaf != ENCLU_ERESUME)
			step_report(regs);
		return true;
	}
	if (thread || !cpuid_answer(regs, trap->nr))
		return false;
	step_report(regs);
	return true;
}

/* An entry whose first fetch is outside of the range ends there (R39.3). */
static void first_fetch(struct pt_regs *regs)
{
	static const struct trap general_protection = { .nr = X86_TRAP_GP };
	struct avow_thread *thread = inside_current();

	if (!thread || thread_covers(thread, regs->ip))
		return;
	asynchronous_exit(thread, regs, &general_protection);
	report(regs, &general_protection);
}

bool exception_fixup(struct pt_regs *regs, int trapnr, unsigned long error_code,
		     unsigned long fault_addr)
{
	struct trap trap = { .nr = trapnr, .error = error_code, .addr = fault_addr };
	struct avow_thread *thread = inside_current();

	if (emulated(thread, regs, &trap)) {
		first_fetch(regs);
		return true;
	}
	if (trapnr == X86_TRAP_PF)
		adjust_page_fault(thread, &trap);
	if (thread) {
		adjust_inside(thread, regs, &trap);
		asynchronous_exit(thread, regs, &trap);
	}
	if (trap.nr == trapnr && !(thread && signal_differs(&trap)))
		return avow_original_fixup(regs, trap.nr, trap.error, trap.addr);
	report(regs, &trap);
	return true;
}

#define SYSCALL_SIZE	2	/* of SYSCALL, and of INT 0x80 */

/*
 * A system call inside is #UD (SDM volume 3D, 34.6), and outside of the range, where the
 * thread was not to be, #GP. By now SYSCALL has overwritten RCX and R11; the frame has
 * what it left there.
 */
bool exception_syscall(struct pt_regs *regs)
{
	struct trap trap = { .nr = X86_TRAP_UD };
	struct avow_thread *thread = inside_current();

	regs->ip -= SYSCALL_SIZE;
	regs->ax = regs->orig_ax;
	if (!thread_covers(thread, regs->ip))
		raise_gp(&trap);
	asynchronous_exit(thread, regs, &trap);
	report(regs, &trap);
	return true;
}

/*
 * Before the kernel builds the frame of a signal, or stops the task for a debugger,
 * the thread leaves its enclave as by an interrupt: handler and debugger see the
 * state outside (R35). Nothing in an asynchronous exit sleeps.
 */
void exception_signal(struct pt_regs *regs)
{
	static const struct trap interrupt = { .nr = -1 };
	struct avow_thread *thread = inside_current();

	if (thread)
		asynchronous_exit(thread, regs, &interrupt);
}
