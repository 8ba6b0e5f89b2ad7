/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads inside enclaves: who is in which TCS, and what must be put back when it leaves. */
#ifndef AVOW_INSIDE_H
#define AVOW_INSIDE_H

#include <linux/ptrace.h>
#include <linux/rculist_nulls.h>
#include <linux/thread_info.h>
#include <asm/trapnr.h>
#include <asm/trap_pf.h>

#include "encl.h"

/* One SSA frame in the kernel's address space. Its pages are referenced while it is held. */
struct ssa_frame {
	struct page *first;	/* begins with the XSAVE area, which fits a page */
	struct page *final;	/* ends with EXINFO and the GPRs; may be the same page */
	u32 first_intent, final_intent;	/* of their slots, when the frame was found */
};

/*
 * A TCS that was entered at least once. Lives as long as the enclave: a thread that
 * leaves finds it, whatever became of the page.
 */
struct avow_thread {
	struct hlist_nulls_node node;	/* in the table of inside.c while task is set; its lock */
	struct task_struct *task;	/* who is inside; NULL: free. inside.c's lock */
	struct avow_encl *encl;		/* constant */
	struct file *file;		/* the enclave's, referenced while inside */
	struct page *tcs;		/* referenced while inside */
	struct ssa_frame frame;		/* SSA[CSSA], for the next asynchronous exit */
	u64 address;			/* of the TCS */
	u64 known;			/* encl->changes when what follows was found; encl->lock */
	struct page *page;		/* the TCS, not referenced; encl->lock */
	u32 intent;			/* of the TCS; encl->lock */
	u64 kept_at;			/* address of the frame below; encl->lock */
	struct ssa_frame kept;		/* of the last entry, not referenced; first NULL: none. encl->lock */
	u64 aep;
	u64 fsbase, gsbase;		/* outside */
	unsigned long trap_flag;	/* RFLAGS.TF outside */
	bool optin;			/* entered with DBGOPTIN: a debugger's TF and breakpoints hold */
	bool dispatch;			/* syscall user dispatch was on outside */
	struct rseq __user *rseq;	/* what it has registered outside, or NULL; its own */
	bool leaf;			/* the kernel runs a leaf for it: its accesses are inside; its own */
	struct rcu_head rcu;		/* a lookup of another task may pass by when it is freed */
	void *xsave;			/* a page to bring an XSAVE image in order; only the owner's */
};

/* An exception, as the kernel hands it on. */
struct trap {
	int nr;
	unsigned long error;
	unsigned long addr;
};

/* inside.c */
int inside_init(void);
void inside_exit(void);
/*
 * Everybody else's way out: false, the current task is not inside. EENTER sets the bit
 * and every exit clears it (R39), but for a program that has set it by itself.
 */
static inline bool inside_possible(void)
{
	return test_syscall_work(SYSCALL_USER_DISPATCH);
}

/* The TCS that the current task is in, or NULL. Stays valid: only the task itself ends it. */
struct avow_thread *inside_current(void);
/* Takes a TCS for the current task; the references in *claim become its own. False: busy. */
bool inside_enter(struct avow_thread *thread, const struct avow_thread *claim);
void inside_leave(struct avow_thread *thread);
/* The thread of a TCS, made at the first use. Caller holds encl->lock. NULL: no memory. */
struct avow_thread *thread_of(struct avow_encl *encl, unsigned long index);
void thread_free(struct avow_thread *thread);

static inline bool thread_covers(const struct avow_thread *thread, unsigned long ip)
{
	return ip >= thread->encl->base && ip - thread->encl->base < thread->encl->size;
}

/*
 * ssa.c. The frame at an address, by the enclave's slots, which are as thread->known says,
 * and by this process' mappings, of which that of the TCS is known. Caller holds mmap_lock
 * for reading and encl->lock. False: *pf_addr is the page that is not as it must be.
 */
bool ssa_hold(struct avow_thread *thread, const struct vm_area_struct *tcs_vma, u64 addr,
	      struct ssa_frame *frame, u64 *pf_addr);
void ssa_put(struct ssa_frame *frame);
void ssa_save(struct avow_thread *thread, const struct pt_regs *regs, const struct trap *trap,
	      u64 fsbase, u64 gsbase);
/* Loads the extended state of a frame; false: it is not restorable, nothing was loaded. */
bool ssa_load_xsave(struct avow_encl *encl, const struct ssa_frame *frame, void *buffer);
struct avow_ssa_gprs *ssa_gprs(const struct ssa_frame *frame);

/* transition.c. True: done, regs are new. False: *trap is what the instruction raises. */
bool enclave_enter(struct pt_regs *regs, struct trap *trap);	/* EENTER and ERESUME */
bool enclave_exit(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap);
void asynchronous_exit(struct avow_thread *thread, struct pt_regs *regs, const struct trap *trap);

/* rseq.c: R35.3. The current task goes inside; comes out. */
#ifdef CONFIG_RSEQ
void rseq_hide(struct avow_thread *thread);
void rseq_show(const struct avow_thread *thread);
#else
static inline void rseq_hide(struct avow_thread *thread) {}
static inline void rseq_show(const struct avow_thread *thread) {}
#endif

/* step.c: R35.1, R35.2 */
int step_init(void);
void step_exit(void);
/* After an instruction that the module executed for the task: the trap that RFLAGS.TF asks for. */
void step_report(struct pt_regs *regs);

/* signal.c: the signal of an exception that nobody takes. Once the thread is outside. */
void signal_send(const struct pt_regs *regs, const struct trap *trap);
/* Of an exception inside: would the kernel's own signal tell of the enclave what it is not to? */
bool signal_differs(const struct trap *trap);
u32 trap_access(const struct trap *trap);

/* report.c. As above. */
bool enclave_report(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap);
bool enclave_getkey(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap);

/* enclu.c. As above; thread: NULL outside. */
bool enclu(struct avow_thread *thread, struct pt_regs *regs, struct trap *trap);
/* A structure in memory: aligned so that it lies in one page, which must be one of this enclave. */
bool leaf_operand(const struct avow_thread *thread, u64 addr, u32 align, struct trap *trap);

/* The enclave mapping at an address of the current process, or NULL. Caller holds mmap_lock. */
struct vm_area_struct *enclave_vma(unsigned long addr);
/* The same: its file, referenced, and its rights. */
struct file *enclave_at(unsigned long addr, u32 *rights);

#define ENCLU_SIZE	3

/* Error codes of a leaf's #PF: nothing is mapped there, or the EPCM denies it. */
#define PF_NO_PAGE	(X86_PF_USER)
#define PF_EPCM		(X86_PF_PROT | X86_PF_USER | X86_PF_SGX)

/* The flags that tell of a result. */
#define FLAGS_STATUS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			 X86_EFLAGS_SF | X86_EFLAGS_OF)

static inline bool raise_gp(struct trap *trap)
{
	*trap = (struct trap){ .nr = X86_TRAP_GP };
	return false;
}

/* What is reported of the address is its page. */
static inline bool raise_pf(struct trap *trap, u64 addr, unsigned long error)
{
	*trap = (struct trap){ .nr = X86_TRAP_PF, .error = error, .addr = addr & PAGE_MASK };
	return false;
}

#endif
