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

/* R10.2: is it the EPCM that denied the access, where the mapping allows it? */
static bool is_epcm_fault(struct avow_thread *thread, const struct trap *trap)
{
	u32 access = trap->error & X86_PF_WRITE ? AVOW_W :
		     trap->error & X86_PF_INSTR ? AVOW_X : AVOW_R;
	struct avow_encl *encl = thread->encl;
	unsigned long index;
	struct file *file;
	avow_slot slot;
	u32 rights = 0;

	if (!encl_index(encl, trap->addr, &index))
		return false;
	file = enclave_at(trap->addr, &rights);
	if (file)
		fput(file);
	if (file != thread->file || !(rights & access))
		return false;
	mutex_lock(&encl->lock);
	slot = stash_get(encl, index);
	mutex_unlock(&encl->lock);
	return slot_present(slot) && !(rights & ~slot_intent(slot)) &&
	       !(slot_granted(slot) & access);
}

/* As the processor reports a #PF from inside. */
static void adjust_page_fault(struct avow_thread *thread, struct trap *trap)
{
	if (trap->nr != X86_TRAP_PF)
		return;
	if (is_epcm_fault(thread, trap))
		trap->error |= X86_PF_SGX | X86_PF_PROT;
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
	if (thread) {
		adjust_page_fault(thread, &trap);
		asynchronous_exit(thread, regs, &trap);
	}
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

/* regs are those of the call: its second argument is the vector. */
static void notrace on_call(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
	struct pt_regs *regs = ftrace_get_regs(fregs);

	if (!regs || within_module(parent_ip, THIS_MODULE))
		return;
	if ((int)regs->si != X86_TRAP_UD && !inside_any())
		return;
	regs->ip = (unsigned long)avow_fixup;
}

static struct ftrace_ops redirection = {
	.func	= on_call,
	.flags	= FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_RECURSION |
		  FTRACE_OPS_FL_PERMANENT,
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

int redirect_install(void)
{
	static const char symbol[] = "fixup_vdso_exception";
	int ret;

	ret = find_symbol(symbol, &avow_original_address);
	if (ret) {
		pr_err("this kernel has no %s (%d); it needs CONFIG_X86_SGX\n", symbol, ret);
		return ret;
	}
	ret = ftrace_set_filter_ip(&redirection, avow_original_address, 0, 0);
	if (ret)
		goto err;
	ret = register_ftrace_function(&redirection);
	if (ret)
		goto err_filter;
	return 0;

err_filter:
	ftrace_set_filter_ip(&redirection, avow_original_address, 1, 0);
err:
	pr_err("cannot redirect %s (%d); is ftrace disabled (kernel.ftrace_enabled), or a live patch on it?\n",
	       symbol, ret);
	return ret;
}

/*
 * After this no task runs here any more: those on their way in arrive within a
 * tasks-RCU period, those that sleep are counted, those on their way out leave within
 * another period.
 */
void redirect_remove(void)
{
	unregister_ftrace_function(&redirection);
	ftrace_set_filter_ip(&redirection, avow_original_address, 1, 0);
	synchronize_rcu_tasks();
	wait_var_event(&running, !atomic_read(&running));
	synchronize_rcu_tasks();
}
