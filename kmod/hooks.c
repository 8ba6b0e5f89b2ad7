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

#include "hooks.h"
#include "inside.h"

static atomic_t running;	/* tasks in a replacement, for unloading */

static void leave(void)
{
	if (atomic_dec_and_test(&running))
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
 * In the three below regs are those of the call, with its arguments in DI, SI, DX. A
 * process that has nothing to do with enclaves goes its way at once.
 */
static void notrace on_fixup(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (!regs || within_module(parent_ip, THIS_MODULE))
		return;
	if (!inside_any() && (int)regs->si != X86_TRAP_UD && !test_thread_flag(TIF_NOCPUID) &&
	    !exception_is_fetch(regs->si, regs->dx))
		return;
	regs->ip = (unsigned long)replaced_fixup;
}

static void notrace on_syscall(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			       struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (regs && inside_current())
		regs->ip = (unsigned long)replaced_syscall;
}

static void notrace on_signal(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (regs && inside_any())
		exception_signal((struct pt_regs *)regs->di);
}

#define LISTEN	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_PERMANENT)
#define REPLACE	(LISTEN | FTRACE_OPS_FL_IPMODIFY)

extern unsigned long avow_original_fixup_address;	/* read by original.S */
unsigned long avow_original_fixup_address;

static struct hook {
	const char *symbol;
	struct ftrace_ops ops;
	unsigned long address;
} hooks[] = {
	{ "fixup_vdso_exception", { .func = on_fixup, .flags = REPLACE } },
	{ "syscall_user_dispatch", { .func = on_syscall, .flags = REPLACE } },
	{ "arch_do_signal_or_restart", { .func = on_signal, .flags = LISTEN } },
};

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

static int hook_install(struct hook *hook)
{
	int ret;

	ret = ftrace_set_filter_ip(&hook->ops, hook->address, 0, 0);
	if (ret)
		goto err;
	ret = register_ftrace_function(&hook->ops);
	if (ret)
		goto err_filter;
	return 0;

err_filter:
	ftrace_set_filter_ip(&hook->ops, hook->address, 1, 0);
err:
	pr_err("cannot hook %s (%d); is ftrace disabled (kernel.ftrace_enabled), or a live patch on it?\n",
	       hook->symbol, ret);
	return ret;
}

static void hook_remove(struct hook *hook)
{
	unregister_ftrace_function(&hook->ops);
	ftrace_set_filter_ip(&hook->ops, hook->address, 1, 0);
}

/*
 * After this no task runs in a replacement any more: those on their way in arrive
 * within a tasks-RCU period, those that sleep are counted, those on their way out leave
 * within another period.
 */
static void drain(void)
{
	synchronize_rcu_tasks();
	wait_var_event(&running, !atomic_read(&running));
	synchronize_rcu_tasks();
}

static void remove_first(int n)
{
	while (n-- > 0)
		hook_remove(&hooks[n]);
	drain();
}

int hooks_install(void)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		ret = find_symbol(hooks[i].symbol, &hooks[i].address);
		if (ret) {
			pr_err("this kernel has no %s (%d); it needs CONFIG_X86_SGX\n",
			       hooks[i].symbol, ret);
			return ret;
		}
	}
	avow_original_fixup_address = hooks[0].address;
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		ret = hook_install(&hooks[i]);
		if (ret) {
			remove_first(i);
			return ret;
		}
	}
	return 0;
}

void hooks_remove(void)
{
	remove_first(ARRAY_SIZE(hooks));
}
