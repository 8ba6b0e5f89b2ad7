// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R35.1, R35.2: single steps and breakpoints inside. Without TCS.FLAGS.DBGOPTIN an enclave
 * is one instruction, with it #DB is an exception as any.
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "regs.h"
#include "tracee.h"

#define VECTOR_DB	1
#define TF		0x100
#define DEBUG_INFO	(EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_DB)

/* DR7 for DR0: enabled, and what it looks at. */
#define DR7_EXECUTE	0x1UL
#define DR7_WRITE_4	(0x1UL | 0x1UL << 16 | 0x3UL << 18)

static const struct avow_ssa_gprs *gprs(struct scene *s)
{
	return (const struct avow_ssa_gprs *)ssa_gprs(s, 0, 0);
}

static void scene_debugged(struct scene *s, u64 flags)
{
	scene_image(s, 1);
	scene_add(s, s->play, 1, AVOW_R | AVOW_W);
	scene_init(s);
	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	tcs_set_flags(s, 0, flags);
	/* What makes this process' stack for entries, before a child has a copy of it. */
	EXPECT_INSIDE_OK(inside_nothing(s));
}

static volatile int traps;

static void on_trap(int signo)
{
	(void)signo;
	traps++;
}

/* An enclave that nobody debugs cannot set TF. */
static void trap_flag_inside(void)
{
	struct op op = { .id = OP_TRAP_FLAG };
	struct scene s;

	scene_debugged(&s, 0);
	REQUIRE(signal(SIGTRAP, on_trap) != SIG_ERR);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.flags & TF, 0);
	EXPECT_EQ(traps, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* TF outside: kept over an entry that is left by EEXIT and one that faults; not in the frame. */
static void trap_flag_outside(void)
{
	struct op op = { .id = OP_UD };
	struct scene s;
	u64 flags;

	scene_debugged(&s, 0);
	REQUIRE(signal(SIGTRAP, on_trap) != SIG_ERR);
	__asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" : : : "memory", "cc");
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	__asm__ volatile("pushfq\n\tpopq %0\n\tpushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq"
			 : "=r"(flags) : : "memory", "cc");
	EXPECT(flags & TF);
	EXPECT(traps > 10);
	EXPECT_EQ(gprs(&s)->rflags & TF, 0);
	EXPECT_EQ(gprs(&s)->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_UD);
	unwind(&s, 0);
}

static void get_regs(pid_t pid, struct user_regs_struct *regs)
{
	REQUIRE(!ptrace(PTRACE_GETREGS, pid, NULL, regs));
}

static bool at_enclu(pid_t pid, u64 rip)
{
	long word;

	errno = 0;
	word = ptrace(PTRACE_PEEKTEXT, pid, (void *)rip, NULL);
	return !errno && !memcmp(&word, "\x0f\x01\xd7", 3);
}

/* One step; ends the case where it does not end in a SIGTRAP. */
static void step(pid_t pid, struct user_regs_struct *regs)
{
	siginfo_t info;
	int status;

	REQUIRE(!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	REQUIRE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP);
	REQUIRE(!ptrace(PTRACE_GETSIGINFO, pid, NULL, &info));
	EXPECT_EQ(info.si_code, TRAP_TRACE);
	get_regs(pid, regs);
}

static void expect_outside(struct scene *s, const struct user_regs_struct *regs)
{
	EXPECT(!inside(s, regs->rip));
	EXPECT_EQ(regs->rax, ENCLU_ERESUME);
	EXPECT_EQ(regs->rbx, scene_at(s, 0));
	EXPECT_EQ(regs->rcx, regs->rip);
}

/* The first stop is before the first instruction, each further one after one of them. */
static void step_inside(void)
{
	struct shared *shared = share();
	struct user_regs_struct regs;
	struct scene s;
	struct tracee t = { .s = &s, .shared = shared };
	u64 rip, moved = 0;
	int status, i;
	pid_t pid;

	scene_debugged(&s, TCS_DBGOPTIN);
	shared->op = (struct op){ .id = OP_STATE };
	pid = fork_child(tracee_enters_traced, &t);
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	do
		step(pid, &regs);
	while (!at_enclu(pid, regs.rip));
	step(pid, &regs);
	expect_outside(&s, &regs);
	EXPECT_EQ(gprs(&s)->exitinfo, DEBUG_INFO);
	EXPECT_EQ(gprs(&s)->rip, s.e.base + image_tcs(&s, 0)->oentry);
	for (i = 0; i < 30; i++) {
		rip = gprs(&s)->rip;
		step(pid, &regs);
		expect_outside(&s, &regs);
		EXPECT_EQ(gprs(&s)->exitinfo, DEBUG_INFO);
		EXPECT(inside(&s, gprs(&s)->rip));
		moved += gprs(&s)->rip != rip;
	}
	EXPECT_EQ(moved, 30);
	REQUIRE(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	expect_child(pid);
	EXPECT_INSIDE_OK(shared->exit);
	EXPECT_EQ(shared->op.state[ST_RAX], 0);
}

/* ---- the debug registers ---- */

static void set_debug_register(pid_t pid, unsigned int n, unsigned long value)
{
	REQUIRE(!ptrace(PTRACE_POKEUSER, pid,
			(void *)(offsetof(struct user, u_debugreg) + n * sizeof(long)), value));
}

/* Runs the child to its end; how often DR0 stopped it, each time outside. */
static unsigned int stops(struct scene *s, struct shared *shared, u64 addr, unsigned long dr7)
{
	struct tracee t = { .s = s, .shared = shared };
	struct user_regs_struct regs;
	unsigned int count = 0;
	int status;
	pid_t pid;

	shared->done = false;
	pid = fork_child(tracee_enters_traced, &t);
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	set_debug_register(pid, 0, addr);
	set_debug_register(pid, 7, dr7);
	for (;;) {
		REQUIRE(!ptrace(PTRACE_CONT, pid, NULL, NULL));
		REQUIRE(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status))
			break;
		REQUIRE(WSTOPSIG(status) == SIGTRAP && ++count < 10);
		get_regs(pid, &regs);
		expect_outside(s, &regs);
		EXPECT_EQ(gprs(s)->exitinfo, DEBUG_INFO);
		if (dr7 == DR7_EXECUTE)
			EXPECT_EQ(gprs(s)->rip, addr);
		else
			EXPECT(inside(s, gprs(s)->rip));
	}
	EXPECT(WIFEXITED(status) && !WEXITSTATUS(status));
	EXPECT(shared->done);
	EXPECT_INSIDE_OK(shared->exit);
	return count;
}

static void breakpoints(u64 flags, unsigned int within)
{
	struct shared *shared = share();
	struct scene s;
	u64 data;

	scene_debugged(&s, flags);
	data = scene_at(&s, s.play);
	shared->op = (struct op){ .id = OP_WRITE64, .addr = data, .value = 0x77 };
	EXPECT_EQ(stops(&s, shared, data, DR7_WRITE_4), within);
	EXPECT_EQ(*(volatile u64 *)data, 0x77);
	shared->op = (struct op){ .id = OP_NOTHING };
	EXPECT_EQ(stops(&s, shared, s.e.base + image_tcs(&s, 0)->oentry, DR7_EXECUTE), within);
	/* Memory of the host's that the enclave writes to is watched in any case. */
	shared->op = (struct op){ .id = OP_WRITE64, .addr = (u64)&shared->op.regs[3], .value = 1 };
	EXPECT_EQ(stops(&s, shared, (u64)&shared->op.regs[3], DR7_WRITE_4), 1);
}

static void breakpoints_opted_out(void)
{
	breakpoints(0, 0);
}

static void breakpoints_opted_in(void)
{
	breakpoints(TCS_DBGOPTIN, 1);
}

/* What a debugger may write to FLAGS need not be valid: EENTER looks. */
static void reserved_flags(void)
{
	struct op op = { .id = OP_NOTHING };
	struct scene s;

	scene_debugged(&s, 0);
	tcs_set_flags(&s, 0, 2);
	EXPECT_NO_ENTRY(enter(&s, 0, &op), VECTOR_GP, 0, 0);
	tcs_set_flags(&s, 0, 1ULL << 63 | TCS_DBGOPTIN);
	EXPECT_NO_ENTRY(enter(&s, 0, &op), VECTOR_GP, 0, 0);
	tcs_set_flags(&s, 0, 0);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
}

TESTS(
	{ "R35.1 an enclave cannot set TF", trap_flag_inside, ONCE },
	{ "R35.1 TF outside is kept and not seen inside", trap_flag_outside, ONCE },
	{ "R35.1 breakpoints inside are suppressed, those outside are not", breakpoints_opted_out, ONCE },
	{ "R35.2 breakpoints after an entry with DBGOPTIN", breakpoints_opted_in, ONCE },
	{ "R35.2 single steps after an entry with DBGOPTIN", step_inside, ONCE },
	{ "R30 reserved bits of TCS.FLAGS", reserved_flags, ONCE },
)
