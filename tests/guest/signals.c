// SPDX-License-Identifier: LGPL-2.1-or-later
/* R35: signals and debuggers while a thread is inside. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <ucontext.h>

#include "inside.h"
#include "regs.h"
#include "tracee.h"

static u64 low, high;	/* the enclave's range */
static volatile u64 signals, from_inside, wrong;
static volatile unsigned long *stop;

static void on_signal(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	u64 rip = (u64)uc->uc_mcontext.gregs[REG_RIP];

	(void)signo;
	(void)info;
	signals++;
	if (rip >= low && rip < high)
		wrong++;
	/* At ENCLU with RAX = 3: it would be resumed. */
	if (rip && uc->uc_mcontext.gregs[REG_RAX] == ENCLU_ERESUME &&
	    !memcmp((const void *)rip, "\x0f\x01\xd7", 3)) {
		from_inside++;
		if ((u64)uc->uc_mcontext.gregs[REG_RBX] != low)
			wrong++;
	}
	if (stop && signals > 20)
		*stop = 1;
}

static void storm_begin(struct scene *s, int microseconds)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval timer = { .it_interval = { 0, microseconds }, .it_value = { 0, microseconds } };

	low = s->e.base;
	high = low + s->e.size;
	REQUIRE(!sigaction(SIGALRM, &act, NULL));
	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
}

static void storm_end(void)
{
	struct itimerval none = { 0 };

	REQUIRE(!setitimer(ITIMER_REAL, &none, NULL));
}

/* All registers are in use inside while signals come; none is ever changed. */
static void registers(void)
{
	struct op op = { .id = OP_STORM };
	struct scene s;
	int i, j, round;

	scene_image(&s, 1);
	scene_init(&s);
	op.addr = (u64)source_anon(1, PROT_READ);
	storm_begin(&s, 1000);
	for (round = 0; round < 400 && from_inside < 100; round++) {
		for (i = 0; i < 16; i++)
			for (j = 0; j < 16; j++)
				op.xmm[i][j] = (u8)(round + i * 16 + j);
		op.value = 3000;
		EXPECT_INSIDE_OK(enter(&s, 0, &op));
		EXPECT_EQ(op.value, 0);
	}
	storm_end();
	EXPECT(from_inside >= 10);
	EXPECT_EQ(wrong, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* A loop that knows nothing of signals ends when a handler outside says so. */
static void interrupted(void)
{
	struct op op = { .id = OP_SPIN };
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	stop = &op.stop;
	storm_begin(&s, 5000);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	storm_end();
	EXPECT(signals > 20);
	EXPECT(from_inside > 0);
	EXPECT_EQ(wrong, 0);
}

static void on_enter_again(int signo, siginfo_t *info, void *context)
{
	static struct regs in, out;
	struct op op = { .id = OP_COUNT };

	(void)signo;
	(void)info;
	(void)context;
	if (!signals++) {
		in.gpr[0] = ENCLU_EENTER;
		in.gpr[3] = low;
		in.gpr[7] = (u64)&op;
		in.mxcsr = 0x1f80;
		in.x87_control = 0x37f;
		EXPECT_EQ(regs_enclu(&in, &out), 0);
		EXPECT_EQ(op.value, 1);
	}
	*stop = 1;
}

/* The handler enters the same TCS again, a frame deeper. */
static void nested(void)
{
	struct sigaction act = { .sa_sigaction = on_enter_again, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval timer = { .it_value = { 0, 100000 } };
	struct op op = { .id = OP_SPIN };
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	low = s.e.base;
	stop = &op.stop;
	REQUIRE(!sigaction(SIGALRM, &act, NULL));
	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT(signals >= 1);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* A debugger that stops the thread inside sees it at the AEP, and lets it go on. */
static void debugged(void)
{
	struct user_regs_struct regs;
	struct tracee t;
	struct scene s;
	pid_t pid;
	int status;

	scene_image(&s, 1);
	scene_init(&s);
	t.s = &s;
	t.shared = share();
	t.shared->op.id = OP_SPIN;
	pid = fork_child(tracee_enters, &t);
	wait_inside(&t.shared->op);
	REQUIRE(!ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	REQUIRE(!ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	REQUIRE(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	EXPECT(regs.rip < s.e.base || regs.rip >= s.e.base + s.e.size);
	EXPECT_EQ(regs.rax, ENCLU_ERESUME);
	EXPECT_EQ(regs.rbx, scene_at(&s, 0));
	t.shared->op.stop = 1;
	REQUIRE(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	expect_child(pid);
	EXPECT_INSIDE_OK(t.shared->exit);
}

/* Stopped and continued by job control. */
static void stopped(void)
{
	struct tracee t;
	struct scene s;
	pid_t pid;
	int status, i;

	scene_image(&s, 1);
	scene_init(&s);
	t.s = &s;
	t.shared = share();
	t.shared->op.id = OP_SPIN;
	pid = fork_child(tracee_enters, &t);
	wait_inside(&t.shared->op);
	for (i = 0; i < 5; i++) {
		REQUIRE(!kill(pid, SIGSTOP));
		REQUIRE(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
		REQUIRE(!kill(pid, SIGCONT));
		REQUIRE(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
		usleep(20000);
	}
	t.shared->op.stop = 1;
	expect_child(pid);
	EXPECT_INSIDE_OK(t.shared->exit);
}

TESTS(
	{ "R35 registers are kept under a storm of signals", registers, BOTH },
	{ "R35 the handler sees the AEP, and returning resumes", interrupted, BOTH },
	{ "R35 a handler that enters again", nested, BOTH },
	{ "R35 a debugger sees the AEP", debugged, BOTH },
	{ "R35 stopped and continued", stopped, BOTH },
)
