// SPDX-License-Identifier: GPL-2.0-only
/*
 * How exceptions, signals and system calls of threads inside reach the module: by
 * ftrace, on three functions of the kernel. Two are replaced for the calls that
 * concern the module; one is only listened to.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/wait_bit.h>
#include <asm/ibt.h>

#include "hooks.h"
#include "inside.h"
#include "kernel_compat.h"

static atomic_t running;	/* tasks in a replacement, for unloading */
static bool draining;		/* hooks_remove() waits for them, who else would be told in vain */

static void leave(void)
{
	if (atomic_dec_and_test(&running) && READ_ONCE(draining))
		wake_up_var(&running);
}

static bool replaced_fixup(struct pt_regs *regs, int trapnr, unsigned long error_code,
			   unsigned long fault_addr)
{
	bool done;

	atomic_inc(&running);
	done = exception_fixup(regs, trapnr, error_code, fault_addr);
	leave();
	return done;
}

static bool replaced_syscall(struct pt_regs *regs)
{
	bool done;

	atomic_inc(&running);
	done = exception_syscall(regs);
	leave();
	return done;
}

/*
 * The three below run at the beginning of the function that they are for, which no other
 * code of theirs calls, so that they need no protection from recursion; and they look at
 * arguments only. A process that has nothing to do with enclaves goes its way at once.
 */
static __always_inline void on_fixup(struct ftrace_regs *fregs)
{
	int trapnr = ftrace_regs_get_argument(fregs, 1);

	if (!inside_possible() && trapnr != X86_TRAP_UD && !test_thread_flag(TIF_NOCPUID) &&
	    !exception_is_fetch(trapnr, ftrace_regs_get_argument(fregs, 2)))
		return;
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)replaced_fixup);
}

static __always_inline void on_syscall(struct ftrace_regs *fregs)
{
	if (inside_current())
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)replaced_syscall);
}

static __always_inline void on_signal(struct ftrace_regs *fregs)
{
	if (inside_possible())
		exception_signal((struct pt_regs *)ftrace_regs_get_argument(fregs, 0));
}

enum { FIXUP, SYSCALL, SIGNAL, NR_HOOKS };

static const char *const symbols[NR_HOOKS] = {
	[FIXUP] = "fixup_vdso_exception",
	[SYSCALL] = "syscall_user_dispatch",
	[SIGNAL] = "arch_do_signal_or_restart",
};
static unsigned long addresses[NR_HOOKS];

/* ftrace is called at the beginning of a function, or behind its ENDBR. */
static __always_inline bool is_at(unsigned long ip, int hook)
{
	return ip - addresses[hook] <= ENDBR_INSN_SIZE;
}

static void notrace on_call(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
	if (is_at(ip, FIXUP))
		on_fixup(fregs);
	else if (is_at(ip, SIGNAL))
		on_signal(fregs);
	else if (is_at(ip, SYSCALL))
		on_syscall(fregs);
}

/*
 * One for all: the kernel's code is then patched once for loading and once for unloading,
 * each of which interrupts all processors, and unloading waits once for it.
 */
static struct ftrace_ops ops = {
	.func = on_call,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

unsigned long avow_original_fixup_behind;

/*
 * kallsyms_lookup_name() is not exported; a probe knows the address. It is registered
 * disabled, so that nothing is patched: a processor that still sees the INT3 by which
 * the kernel patches must not find a probe that is not meant to be hit.
 */
static int find_symbol(const char *name, unsigned long *address)
{
	struct kprobe probe = { .symbol_name = name, .flags = KPROBE_FLAG_DISABLED };
	int ret = register_kprobe(&probe);

	if (ret)
		return ret;
	*address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

/* What ftrace changes at a function's beginning: a CALL, or a NOP of its size. */
static bool is_ftrace_site(unsigned long address)
{
	static const u8 nop[MCOUNT_INSN_SIZE] = { 0x0f, 0x1f, 0x44, 0x00, 0x00 };

	return *(const u8 *)address == 0xe8 || !memcmp((void *)address, nop, sizeof(nop));
}

static int find_symbols(void)
{
	int i, ret;

	for (i = 0; i < NR_HOOKS; i++) {
		ret = find_symbol(symbols[i], &addresses[i]);
		if (ret) {
			pr_err("this kernel has no %s (%d); it needs CONFIG_X86_SGX\n", symbols[i],
			       ret);
			return ret;
		}
	}
	if (!is_ftrace_site(addresses[FIXUP])) {
		pr_err("%s does not begin as ftrace left it\n", symbols[FIXUP]);
		return -EOPNOTSUPP;
	}
	avow_original_fixup_behind = addresses[FIXUP] + MCOUNT_INSN_SIZE;
	return 0;
}

int hooks_install(void)
{
	int ret = find_symbols();

	if (ret)
		return ret;
	ret = ftrace_set_filter_ips(&ops, addresses, NR_HOOKS, 0, 0);
	if (!ret)
		ret = register_ftrace_function(&ops);
	if (ret) {
		ftrace_free_filter(&ops);
		pr_err("cannot hook %s, %s, %s (%d); is ftrace disabled (kernel.ftrace_enabled), or a live patch on one of them?\n",
		       symbols[FIXUP], symbols[SYSCALL], symbols[SIGNAL], ret);
	}
	return ret;
}

/*
 * After this no task runs in a replacement any more. A task on its way in, from the
 * kernel's function by ftrace's trampoline and on_call() up to the counter, does not sleep,
 * though it may be preempted; so it arrives within a tasks-RCU period, and what the
 * trampoline was made of may go then, too. Those that are counted may sleep. Behind the
 * counter a task does not sleep either, so it is out within another period. Where the
 * kernel cannot be preempted a tasks-RCU period is a plain one, which is enough there.
 */
void hooks_remove(void)
{
	unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
	WRITE_ONCE(draining, true);
	smp_mb();	/* with the full barrier in leave(): one of the two sees the other */
	synchronize_rcu_tasks();
	wait_var_event(&running, !atomic_read(&running));
	synchronize_rcu_tasks();
}
