/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the kernel's handling of exceptions, signals and system calls comes by. */
#ifndef AVOW_HOOKS_H
#define AVOW_HOOKS_H

#include <linux/ptrace.h>
#include <asm/trap_pf.h>
#include <asm/trapnr.h>

int hooks_install(void);
void hooks_remove(void);

/* original.S: the kernel's own fixup_vdso_exception(). */
bool avow_original_fixup(struct pt_regs *regs, int trapnr, unsigned long error_code,
			 unsigned long fault_addr);
/* Where it goes on in it: behind the call of ftrace. */
extern unsigned long avow_original_fixup_behind;

/* exception.c. In place of fixup_vdso_exception(), and with its meaning. */
bool exception_fixup(struct pt_regs *regs, int trapnr, unsigned long error_code,
		     unsigned long fault_addr);
/* In place of syscall_user_dispatch(), for a thread inside: true, the call is not made. */
bool exception_syscall(struct pt_regs *regs);
/* Before arch_do_signal_or_restart(); must not sleep. */
void exception_signal(struct pt_regs *regs);

/* A fetch through an entry that exists and is not executable. */
static inline bool exception_is_fetch(int trapnr, unsigned long error)
{
	return trapnr == X86_TRAP_PF && (error & X86_PF_INSTR) && (error & X86_PF_PROT);
}

#endif
