// SPDX-License-Identifier: LGPL-2.1-or-later
#include <linux/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>

#include "bystander.h"
#include "scene.h"

#define PATTERN		0x1122334455667788ULL
#define FPE_TRAPNO	16	/* of the x87 */
#define BY_DISPATCH	2	/* si_code, which glibc has no name for */
#define SIG_TIMER	SIGRTMIN
#define SIG_QUEUED	(SIGRTMIN + 1)
#define WAIT_SECONDS	60

/* What the handler saw last, and how often it was called since the last expect(). */
static volatile struct {
	unsigned int count;
	int signo, code;
	u64 addr, rip, trapno, error, value, syscall;
} seen;
/* Of the instruction that provokes: where it is, and where the handler goes on. */
static volatile u64 from, to;
static volatile char selector;	/* of syscall user dispatch */

static void on_signal(int signo, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	selector = SYSCALL_DISPATCH_FILTER_ALLOW;
	seen.count++;
	seen.signo = signo;
	seen.code = info->si_code;
	seen.addr = (u64)info->si_addr;
	seen.rip = (u64)regs[REG_RIP];
	seen.trapno = (u64)regs[REG_TRAPNO];
	seen.error = (u64)regs[REG_ERR];
	if (signo == SIG_TIMER || signo == SIG_QUEUED)
		seen.value = (u64)info->si_value.sival_ptr;
	else
		regs[REG_RIP] = (greg_t)to;
	if (signo == SIGSYS)
		seen.syscall = (u64)info->si_syscall;
}

/* Runs one instruction, with RDX, RAX and RCX = 0; R12 to R15 must be kept. */
#define PROVOKE(instruction, rdx, rax)						\
	do {									\
		u64 kept[4], ax = (rax), dx = (rdx), cx = 0;			\
										\
		__asm__ volatile(						\
			"leaq	1f(%%rip), %%r12\n\t"				\
			"movq	%%r12, %[from]\n\t"				\
			"leaq	2f(%%rip), %%r12\n\t"				\
			"movq	%%r12, %[to]\n\t"				\
			"movq	%[pattern], %%r12\n\t"				\
			"leaq	1(%%r12), %%r13\n\t"				\
			"leaq	2(%%r12), %%r14\n\t"				\
			"leaq	3(%%r12), %%r15\n"				\
			"1:	" instruction "\n"				\
			"2:	movq	%%r12, %[k0]\n\t"			\
			"movq	%%r13, %[k1]\n\t"				\
			"movq	%%r14, %[k2]\n\t"				\
			"movq	%%r15, %[k3]"					\
			: [from] "=m"(from), [to] "=m"(to), "+a"(ax), "+d"(dx),	\
			  "+c"(cx), [k0] "=m"(kept[0]), [k1] "=m"(kept[1]),	\
			  [k2] "=m"(kept[2]), [k3] "=m"(kept[3])		\
			: [pattern] "r"(PATTERN)				\
			: "r11", "r12", "r13", "r14", "r15", "cc", "memory");	\
		for (int i = 0; i < 4; i++)					\
			EXPECT_EQ(kept[i], PATTERN + (u64)i);			\
	} while (0)

/* Where QEMU emulates all processors in one thread, this lets the next one run. */
static void pause_processor(void)
{
	__asm__ volatile("pause" : : : "memory");
}

/* Exactly one signal came, this one. */
static void expect_one(int signo, int code)
{
	pause_processor();
	EXPECT_EQ(seen.count, 1);
	EXPECT_EQ(seen.signo, signo);
	EXPECT_EQ(seen.code, code);
	seen.count = 0;
}

static void expect_fault(int signo, int code, u64 trapno, u64 error, u64 addr, u64 rip)
{
	expect_one(signo, code);
	EXPECT_EQ(seen.trapno, trapno);
	EXPECT_EQ(seen.error, error);
	EXPECT_EQ(seen.addr, addr);
	EXPECT_EQ(seen.rip, rip);
}

static u64 place(int prot, int fd, u64 bytes)
{
	u8 *at = mmap(NULL, bytes, prot, fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED, fd, 0);

	REQUIRE(at != MAP_FAILED);
	return (u64)at;
}

static void memory(void)
{
	static u64 nothing, constant, data, file;

	if (!nothing) {
		int fd = memfd_create("one-page", 0);

		REQUIRE(fd >= 0 && !ftruncate(fd, PAGE));
		file = place(PROT_READ, fd, 2 * PAGE);
		constant = place(PROT_READ, -1, PAGE);
		data = place(PROT_READ | PROT_WRITE, -1, PAGE);
		data += 0x456;
		*(volatile u8 *)data = 0xc3;
		REQUIRE(*(volatile u8 *)constant == 0);
		nothing = place(PROT_READ, -1, PAGE);
		REQUIRE(!munmap((void *)nothing, PAGE));
	}
	PROVOKE("movb (%%rdx), %%al", nothing + 0x123, 0);
	expect_fault(SIGSEGV, SEGV_MAPERR, 14, 4, nothing + 0x123, from);
	PROVOKE("movb %%al, (%%rdx)", constant + 0x234, 0);
	expect_fault(SIGSEGV, SEGV_ACCERR, 14, 7, constant + 0x234, from);
	PROVOKE("jmp *%%rdx", data, 0);
	expect_fault(SIGSEGV, SEGV_ACCERR, 14, 0x15, data, data);
	PROVOKE("movb (%%rdx), %%al", file + PAGE + 0x345, 0);
	expect_fault(SIGBUS, BUS_ADRERR, 14, 4, file + PAGE + 0x345, from);
}

static void instructions(void)
{
	PROVOKE("ud2", 0, 0);
	expect_fault(SIGILL, ILL_ILLOPN, 6, 0, from, from);
	PROVOKE("hlt", 0, 0);
	expect_fault(SIGSEGV, SI_KERNEL, 13, 0, 0, from);
	PROVOKE("int3", 0, 0);
	expect_fault(SIGTRAP, SI_KERNEL, 3, 0, 0, to);
}

static void arithmetic(void)
{
	static const u16 divisions = 0x37b;	/* all masked but divisions by zero */

	PROVOKE("divl %%ecx", 0, 1);
	expect_fault(SIGFPE, FPE_INTDIV, 0, 0, from, from);
	__asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp" : : "m"(divisions));
	PROVOKE("fwait", 0, 0);
	__asm__ volatile("fninit");
	expect_fault(SIGFPE, FPE_FLTDIV, FPE_TRAPNO, 0, from, from);
}

static void one_timer(u64 value)
{
	static timer_t timer;
	static bool made;
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIG_TIMER };
	struct itimerspec soon = { .it_value.tv_nsec = 1000000 };

	if (made)
		REQUIRE(!timer_delete(timer));
	event.sigev_value.sival_ptr = (void *)value;
	REQUIRE(!timer_create(CLOCK_MONOTONIC, &event, &timer));
	made = true;
	REQUIRE(!timer_settime(timer, 0, &soon, NULL));
	while (!seen.count)
		pause_processor();
	EXPECT_EQ(timer_getoverrun(timer), 0);
}

static void signals(void)
{
	static u64 value;

	one_timer(++value);
	expect_one(SIG_TIMER, SI_TIMER);
	EXPECT_EQ(seen.value, value);
	value++;
	REQUIRE(!sigqueue(getpid(), SIG_QUEUED, (union sigval){ .sival_ptr = (void *)value }));
	expect_one(SIG_QUEUED, SI_QUEUE);
	EXPECT_EQ(seen.value, value);
}

static void system_calls(void)
{
	static int pipes[2];
	u64 sent = PATTERN ^ seen.value, got = 0;

	if (!pipes[1]) {
		REQUIRE(!pipe(pipes));
		REQUIRE(!prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector));
	}
	EXPECT(write(pipes[1], &sent, sizeof(sent)) == sizeof(sent));
	EXPECT(read(pipes[0], &got, sizeof(got)) == sizeof(got));
	EXPECT_EQ(got, sent);
	EXPECT_ERRNO(close(-1), EBADF);
	EXPECT_EQ(seen.count, 0);
	selector = SYSCALL_DISPATCH_FILTER_BLOCK;
	PROVOKE("syscall", 0, SYS_getppid);
	expect_one(SIGSYS, BY_DISPATCH);
	EXPECT_EQ(seen.syscall, SYS_getppid);
	EXPECT_EQ(seen.addr, to);
	EXPECT_EQ(seen.rip, to);
}

static struct bystander {
	const char *what;
	void (*once)(void);
	volatile u64 *rounds;	/* shared with the process */
	pid_t pid;
} bystanders[] = {
	{ .what = "page faults", .once = memory },
	{ .what = "instructions", .once = instructions },
	{ .what = "arithmetic", .once = arithmetic },
	{ .what = "signals", .once = signals },
	{ .what = "system calls", .once = system_calls },
};

#define NR	(sizeof(bystanders) / sizeof(bystanders[0]))

static void live(void *arg)
{
	static const int expected[] = { SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGSYS };
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	struct bystander *b = arg;
	size_t i;

	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
		REQUIRE(!sigaction(expected[i], &act, NULL));
	REQUIRE(!sigaction(SIG_TIMER, &act, NULL));
	REQUIRE(!sigaction(SIG_QUEUED, &act, NULL));
	while (!test_failed()) {
		b->once();
		++*b->rounds;
	}
}

void bystanders_start(void)
{
	volatile u64 *rounds = (u64 *)mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t i;

	REQUIRE(rounds != MAP_FAILED);
	for (i = 0; i < NR; i++) {
		bystanders[i].rounds = rounds + i;
		bystanders[i].pid = fork_child(live, &bystanders[i]);
	}
}

static void goes_on(const struct bystander *b, u64 enough)
{
	int status, i;

	for (i = 0; *b->rounds < enough; i++) {
		if (waitpid(b->pid, &status, WNOHANG) == b->pid) {
			FAIL("%s: the process ended, wait status %#x", b->what, status);
			test_stop();
		}
		if (i == WAIT_SECONDS * 1000) {
			FAIL("%s: nothing in %d s", b->what, WAIT_SECONDS);
			test_stop();
		}
		usleep(1000);
	}
}

void bystanders_go_on(void)
{
	u64 enough[NR];
	size_t i;

	/* The round under way may have begun before the call. */
	for (i = 0; i < NR; i++)
		enough[i] = *bystanders[i].rounds + 2;
	for (i = 0; i < NR; i++)
		goes_on(&bystanders[i], enough[i]);
}

void bystanders_stop(void)
{
	size_t i;
	int status;

	for (i = 0; i < NR; i++) {
		struct bystander *b = &bystanders[i];

		REQUIRE(!kill(b->pid, SIGKILL));
		REQUIRE(waitpid(b->pid, &status, 0) == b->pid);
		EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		printf("# %s: %llu rounds\n", b->what, (unsigned long long)*b->rounds);
	}
}
