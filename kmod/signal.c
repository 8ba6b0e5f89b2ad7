// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals for exceptions that the kernel did not see, or saw otherwise: where the CPU
 * would have raised another one, where an address must not tell more than a page of the
 * enclave, and where the kernel has noted the instruction inside before the thread left.
 */
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <asm/debugreg.h>

#include "inside.h"

/* What a #PF was for, as a right of a mapping. */
u32 trap_access(const struct trap *trap)
{
	return trap->error & X86_PF_WRITE ? AVOW_W : trap->error & X86_PF_INSTR ? AVOW_X : AVOW_R;
}

/* The si_code of a #PF; 0: the mapping is not to blame. */
static int fault_code(const struct trap *trap)
{
	struct vm_area_struct *vma;
	int code = SEGV_MAPERR;

	if (trap->error & X86_PF_SGX)
		return SEGV_ACCERR;
	if (trap->error & X86_PF_PK)
		return 0;
	mmap_read_lock(current->mm);
	vma = vma_lookup(current->mm, trap->addr);
	if (vma)
		code = vm_rights(vma->vm_flags) & trap_access(trap) ? 0 : SEGV_ACCERR;
	mmap_read_unlock(current->mm);
	return code;
}

bool signal_differs(const struct trap *trap)
{
	switch (trap->nr) {
	case X86_TRAP_DE:
	case X86_TRAP_UD:
		return true;
	case X86_TRAP_PF:
		return fault_code(trap);
	default:
		return false;
	}
}

/* As force_sig_fault() does, which is not exported: the signal is not to wait, nor to be ignored. */
static void force_info(int signo, int code, u64 addr)
{
	/* A task's own stays as long as it runs. */
	const struct sighand_struct *hand = rcu_dereference_protected(current->sighand, true);
	struct kernel_siginfo info;

	if (sigismember(&current->blocked, signo) ||
	    hand->action[signo - 1].sa.sa_handler == SIG_IGN) {
		force_sig(signo);
		return;
	}
	clear_siginfo(&info);
	info.si_signo = signo;
	info.si_code = code;
	info.si_addr = (void __user *)addr;
	send_sig_info(signo, &info, current);
}

void signal_send(const struct pt_regs *regs, const struct trap *trap)
{
	current->thread.trap_nr = trap->nr;
	current->thread.error_code = trap->error;
	switch (trap->nr) {
	case X86_TRAP_DE:
		force_info(SIGFPE, FPE_INTDIV, regs->ip);
		break;
	case X86_TRAP_DB:
		current->thread.virtual_dr6 |= DR_STEP;
		force_info(SIGTRAP, TRAP_TRACE, regs->ip);
		break;
	case X86_TRAP_UD:
		force_info(SIGILL, ILL_ILLOPN, regs->ip);
		break;
	case X86_TRAP_PF:
		current->thread.cr2 = trap->addr;
		force_info(SIGSEGV, fault_code(trap) ?: SEGV_MAPERR, trap->addr);
		break;
	default:
		force_sig(SIGSEGV);
	}
}
