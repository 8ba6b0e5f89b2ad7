// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug exceptions and enclaves (R35.1, R35.2; SDM volume 3D, "Enclave Code Debug and Profiling").
 * To a debugger that has not opted in by TCS.FLAGS, an enclave is one big instruction:
 * no single step and no breakpoint inside. To one that has, #DB is an exception as any.
 */
#include <linux/hw_breakpoint.h>
#include <linux/kdebug.h>
#include <linux/perf_event.h>
#include <asm/debugreg.h>
#include <asm/hw_breakpoint.h>

#include "inside.h"

static const struct trap debug_trap = { .nr = X86_TRAP_DB };

/* A breakpoint of the task's own that an entry without a debugger's consent suppresses. */
static bool suppressed(const struct avow_thread *thread, struct perf_event *bp)
{
	const struct arch_hw_breakpoint *at = counter_arch_bp(bp);

	return at->type == X86_BREAKPOINT_EXECUTE || thread_covers(thread, at->address);
}

/* Takes what the enclave does not raise out of *dr6 and of what the kernel keeps of it. */
static void suppress(const struct avow_thread *thread, struct pt_regs *regs, unsigned long *dr6)
{
	struct thread_struct *task = &current->thread;
	unsigned long gone = DR_STEP;
	int i;

	for (i = 0; i < HBP_NUM; i++)
		if (task->ptrace_bps[i] && suppressed(thread, task->ptrace_bps[i]))
			gone |= DR_TRAP0 << i;
	/* The enclave cannot set it; here it could, and it goes one instruction late. */
	regs->flags &= ~X86_EFLAGS_TF;
	*dr6 &= ~gone;
	task->virtual_dr6 &= ~gone;
}

static unsigned long causes(unsigned long dr6)
{
	return (dr6 | current->thread.virtual_dr6) & (DR_STEP | DR_TRAP_BITS);
}

/* Interrupts are off, which the kernel needs no longer: DR6 has been read. */
static void leave(struct avow_thread *thread, struct pt_regs *regs)
{
	static const struct trap interrupt = { .nr = -1 };

	local_irq_enable();
	asynchronous_exit(thread, regs, thread_covers(thread, regs->ip) ? &debug_trap : &interrupt);
	local_irq_disable();
}

/*
 * The kernel asks before it makes SIGTRAP of #DB. With nothing left to report it is told
 * to stop there; otherwise the thread is outside when it goes on.
 */
static int on_debug(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct die_args *args = data;
	unsigned long *dr6 = (unsigned long *)args->err;
	struct avow_thread *thread;
	unsigned long before;

	if (event != DIE_DEBUG || !user_mode(args->regs))
		return NOTIFY_DONE;
	thread = inside_current();
	if (!thread)
		return NOTIFY_DONE;
	before = causes(*dr6);
	if (!thread->optin)
		suppress(thread, args->regs, dr6);
	/* INT1 has no cause; any other bit of DR6 is not about this instruction. */
	if (causes(*dr6) || (!before && !*dr6))
		leave(thread, args->regs);
	else if (before && !*dr6)
		return NOTIFY_STOP;
	return NOTIFY_DONE;
}

void step_report(struct pt_regs *regs)
{
	struct avow_thread *thread = inside_current();

	if (!(regs->flags & X86_EFLAGS_TF))
		return;
	if (thread)
		asynchronous_exit(thread, regs, &debug_trap);
	signal_send(regs, &debug_trap);
}

static struct notifier_block debug_notifier = { .notifier_call = on_debug };

int step_init(void)
{
	return register_die_notifier(&debug_notifier);
}

void step_exit(void)
{
	unregister_die_notifier(&debug_notifier);
}
