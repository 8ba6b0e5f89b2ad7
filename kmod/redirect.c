// SPDX-License-Identifier: GPL-2.0-only
/*
 * How ENCLU and the exceptions of enclaves reach the module: the kernel calls
 * fixup_vdso_exception() for each exception of a program before it makes a signal
 * of it. ftrace sends that call here; interrupts are on and sleeping is allowed.
 */
#include <linux/file.h>
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/wait_bit.h>

#include "inside.h"
#include "redirect.h"

extern unsigned long avow_original_address;
unsigned long avow_original_address;
bool avow_original(struct pt_regs *regs, int trapnr, unsigned long error_code,
		   unsigned long fault_addr);

static atomic_t running;	/* tasks in avow_fixup(), for unloading */

static bool is_enclu(const struct pt_regs *regs)
{
	static const u8 opcode[ENCLU_SIZE] = { 0x0f, 0x01, 0xd7 };
	u8 bytes[ENCLU_SIZE];

	return user_64bit_mode((struct pt_regs *)regs) &&
	       !copy_from_user(bytes, (void __user *)regs->ip, sizeof(bytes)) &&
	       !memcmp(bytes, opcode, sizeof(opcode));
}

static u32 fault_access(const struct trap *trap)
{
	return trap->error & X86_PF_WRITE ? AVOW_W : trap->error & X86_PF_INSTR ? AVOW_X : AVOW_R;
}

/*
 * R10.2: was it the EPCM that denied this access, where the mapping allows it? Then
 * the enclave's file, referenced, and the slot. The fault handler need not have been
 * asked: an entry may be there that allows less.
 */
static struct file *epcm_denied(const struct trap *trap, avow_slot *slot)
{
	u32 access = fault_access(trap), rights = 0;
	struct avow_encl *encl;
	unsigned long index;
	struct file *file;
	bool denied;

	file = enclave_at(trap->addr, &rights);
	if (!file)
		return NULL;
	encl = file->private_data;
	denied = (rights & access) && encl_index(encl, trap->addr, &index);
	if (denied) {
		mutex_lock(&encl->lock);
		*slot = stash_get(encl, index);
		mutex_unlock(&encl->lock);
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
static bool fetched_through_entry(int trapnr, unsigned long error)
{
	return trapnr == X86_TRAP_PF && (error & X86_PF_INSTR) && (error & X86_PF_PROT);
}

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
		if (fetched_through_entry(trap->nr, trap->error))
			record_fetch(file, trap, slot);
		trap->error |= X86_PF_SGX | X86_PF_PROT;
		fput(file);
	}
	if (thread)
		trap->addr &= PAGE_MASK;
}

/* The signal of an exception other than the one that the kernel is about to report. */
static void send_signal(const struct trap *trap)
{
	current->thread.trap_nr = trap->nr;
	current->thread.error_code = trap->error;
	if (trap->nr == X86_TRAP_PF)
		current->thread.cr2 = trap->addr;
	force_sig(SIGSEGV);
}

static bool fixup(struct pt_regs *regs, int trapnr, unsigned long error_code,
		  unsigned long fault_addr)
{
	struct trap trap = { .nr = trapnr, .error = error_code, .addr = fault_addr };
	struct avow_thread *thread = inside_current();

	if (thread && !thread_covers(thread, regs->ip))
		thread = NULL;
	if (trapnr == X86_TRAP_UD && is_enclu(regs) && enclu(thread, regs, &trap))
		return true;
	if (trapnr == X86_TRAP_PF)
		adjust_page_fault(thread, &trap);
	if (thread)
		asynchronous_exit(thread, regs, &trap);
	if (avow_original(regs, trap.nr, trap.error, trap.addr))
		return true;
	if (trap.nr == trapnr)
		return false;
	send_signal(&trap);
	return true;
}

static bool avow_fixup(struct pt_regs *regs, int trapnr, unsigned long error_code,
		       unsigned long fault_addr)
{
	bool done;

	atomic_inc(&running);
	done = fixup(regs, trapnr, error_code, fault_addr);
	if (atomic_dec_and_test(&running))
		wake_up_var(&running);
	return done;
}

/*
 * regs are those of the call: its second argument is the vector, its third the error
 * code. A process that has nothing to do with enclaves goes its way at once.
 */
static void notrace on_call(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (!regs || within_module(parent_ip, THIS_MODULE))
		return;
	if (!inside_any() && (int)regs->si != X86_TRAP_UD &&
	    !fetched_through_entry(regs->si, regs->dx))
		return;
	regs->ip = (unsigned long)avow_fixup;
}

static struct ftrace_ops redirection = {
	.func	= on_call,
	.flags	= FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION |
		  FTRACE_OPS_FL_PERMANENT,
};

/*
 * Before the kernel builds the frame of a signal, or stops the task for a debugger,
 * the thread leaves its enclave as by an interrupt: handler and debugger see the
 * state outside (R35). Nothing in an asynchronous exit sleeps.
 */
static void notrace on_signal(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	static const struct trap interrupt = { .nr = -1 };
	struct avow_thread *thread = inside_current();
	struct pt_regs *call = ftrace_get_regs(fregs), *regs;

	if (!thread || !call)
		return;
	regs = (struct pt_regs *)call->di;
	if (thread_covers(thread, regs->ip))
		asynchronous_exit(thread, regs, &interrupt);
}

static struct ftrace_ops interception = {
	.func	= on_signal,
	.flags	= FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION | FTRACE_OPS_FL_PERMANENT,
};

/* kallsyms_lookup_name() is not exported; a probe that is set for a moment knows the address. */
static int find_symbol(const char *name, unsigned long *address)
{
	struct kprobe probe = { .symbol_name = name };
	int ret = register_kprobe(&probe);

	if (ret)
		return ret;
	*address = (unsigned long)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static void unhook(struct ftrace_ops *ops, unsigned long address)
{
	unregister_ftrace_function(ops);
	ftrace_set_filter_ip(ops, address, 1, 0);
}

static int hook(struct ftrace_ops *ops, const char *symbol, unsigned long *address)
{
	int ret;

	ret = find_symbol(symbol, address);
	if (ret) {
		pr_err("this kernel has no %s (%d); it needs CONFIG_X86_SGX\n", symbol, ret);
		return ret;
	}
	ret = ftrace_set_filter_ip(ops, *address, 0, 0);
	if (ret)
		goto err;
	ret = register_ftrace_function(ops);
	if (ret)
		goto err_filter;
	return 0;

err_filter:
	ftrace_set_filter_ip(ops, *address, 1, 0);
err:
	pr_err("cannot hook %s (%d); is ftrace disabled (kernel.ftrace_enabled), or a live patch on it?\n",
	       symbol, ret);
	return ret;
}

static unsigned long signal_address;

/*
 * After this no task runs here any more: those on their way in arrive within a
 * tasks-RCU period, those that sleep are counted, those on their way out leave within
 * another period.
 */
static void drain(void)
{
	synchronize_rcu_tasks();
	wait_var_event(&running, !atomic_read(&running));
	synchronize_rcu_tasks();
}

int redirect_install(void)
{
	int ret;

	ret = hook(&redirection, "fixup_vdso_exception", &avow_original_address);
	if (ret)
		return ret;
	ret = hook(&interception, "arch_do_signal_or_restart", &signal_address);
	if (ret) {
		unhook(&redirection, avow_original_address);
		drain();
	}
	return ret;
}

void redirect_remove(void)
{
	unhook(&interception, signal_address);
	unhook(&redirection, avow_original_address);
	drain();
}
