// SPDX-License-Identifier: LGPL-2.1-or-later
/* R22: ADD_PAGES, one bad argument at a time, in the order of the rule. */
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "watch.h"

#define DATA	avow_secinfo_reg(AVOW_R)

static void state(void)
{
	struct scene s;

	scene_open(&s);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, DATA, 0, NULL), EINVAL, 2201);
	scene_close(&s);
	scene_create(&s, 16);
	scene_init(&s);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, DATA, 0, NULL), EINVAL, 2201);
}

static void source_alignment(void)
{
	struct scene s;
	u64 off;

	scene_create(&s, 16);
	for (off = 1; off < PAGE; off *= 2)
		REFUSED_PLAINLY(&s, raw_add(&s, source_code(2) + off, 0, PAGE, DATA, 0, NULL), EINVAL, 2202);
	scene_init(&s);
}

static void range(void)
{
	static const struct { u64 offset, length; } bad[] = {
		{ 1, PAGE }, { PAGE / 2, PAGE },		/* offset unaligned */
		{ 0, 1 }, { 0, PAGE + 1 }, { 0, PAGE - 1 },	/* length unaligned */
		{ 0, 0 }, { PAGE, 0 },				/* nothing */
		{ 16 * PAGE, PAGE }, { 15 * PAGE, 2 * PAGE }, { 0, 17 * PAGE },	/* past the end */
		{ ~0ULL - PAGE + 1, PAGE }, { PAGE, ~0ULL - PAGE + 1 },		/* overflowing */
		{ ~0ULL - PAGE + 1, 2 * PAGE }, { 1ULL << 63, 1ULL << 63 },
	};
	struct scene s;
	size_t i;

	scene_create(&s, 16);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), bad[i].offset, bad[i].length, DATA, 0, NULL),
				EINVAL, 2203);
	scene_add(&s, 15 * PAGE, 1, AVOW_R);	/* the last page is in */
	scene_init(&s);
}

static int add_secinfo(struct scene *s, const struct avow_secinfo *info)
{
	struct sgx_enclave_add_pages arg = {
		.src = (u64)source_code(1),
		.length = PAGE,
		.secinfo = (u64)info,
	};

	return ioctl(s->e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg);
}

static void secinfo_unreadable(void)
{
	struct scene s;
	u8 *pages = source_anon(2, PROT_READ | PROT_WRITE);

	REQUIRE(!mprotect(pages + PAGE, PAGE, PROT_NONE));
	scene_create(&s, 16);
	REFUSED_PLAINLY(&s, add_secinfo(&s, NULL), EFAULT, 2204);
	memset(pages, 0, PAGE);
	REFUSED_PLAINLY(&s, add_secinfo(&s, (struct avow_secinfo *)(pages + PAGE - 32)), EFAULT, 2204);
	scene_init(&s);
}

static void secinfo_flags(void)
{
	struct avow_secinfo info = { 0 };
	struct scene s;
	unsigned int type, bit, at;

	scene_create(&s, 16);
	for (type = 0; type < 256; type++) {
		if (type == PT_REG || type == PT_TCS)
			continue;
		info.flags = (u64)type << SECINFO_PT_SHIFT | SECINFO_R;
		REFUSED_PLAINLY(&s, add_secinfo(&s, &info), EINVAL, 2205);
	}
	for (bit = 0; bit < 64; bit++) {
		if ((1ULL << bit) & (SECINFO_RWX | SECINFO_PT_MASK))
			continue;
		info.flags = DATA | 1ULL << bit;
		REFUSED_PLAINLY(&s, add_secinfo(&s, &info), EINVAL, 2205);
	}
	info.flags = avow_secinfo_reg(AVOW_W);
	REFUSED_PLAINLY(&s, add_secinfo(&s, &info), EINVAL, 2205);
	info.flags = avow_secinfo_reg(AVOW_W | AVOW_X);
	REFUSED_PLAINLY(&s, add_secinfo(&s, &info), EINVAL, 2205);
	for (at = 0; at < sizeof(info.reserved); at++) {
		info = (struct avow_secinfo){ .flags = DATA };
		info.reserved[at] = 1;
		REFUSED_PLAINLY(&s, add_secinfo(&s, &info), EINVAL, 2205);
	}
	scene_init(&s);
}

static void there_already(void)
{
	struct scene s;
	u64 count = ~0ULL;

	scene_create(&s, 16);
	scene_add(&s, 2 * PAGE, 1, AVOW_R);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 2 * PAGE, PAGE, DATA, SGX_PAGE_MEASURE, NULL),
			EBUSY, 2206);
	/* In the middle of a request: the pages before it are in, and measured. */
	EXPECT_ERRNO(raw_add(&s, source_code(4), 0, 4 * PAGE, DATA, SGX_PAGE_MEASURE, &count), EBUSY);
	EXPECT_EQ(count, 2 * PAGE);
	EXPECT_HOLE(&s, 3 * PAGE);
	REQUIRE_OK(avow_measure_page(s.e.measure, 0, DATA, source_code(4)));
	REQUIRE_OK(avow_measure_page(s.e.measure, PAGE, DATA, source_code(4) + PAGE));
	scene_init(&s);
}

/* count is zero where nothing was added, whatever it was before. */
static void count_of_nothing(void)
{
	struct avow_secinfo info = { .flags = DATA };
	struct sgx_enclave_add_pages arg = {
		.src = (u64)source_anon(1, PROT_NONE),
		.length = PAGE,
		.secinfo = (u64)&info,
		.count = 77,
	};
	struct scene s;

	scene_create(&s, 16);
	EXPECT_ERRNO(ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EFAULT);
	EXPECT_EQ(arg.count, 0);
}

/* What EADD says of a TCS, one field at a time. */
static void tcs(void)
{
	static const struct { u16 at; u8 bytes; u64 value; } bad[] = {
		{ offsetof(struct avow_tcs, state), 8, 1 },
		{ offsetof(struct avow_tcs, flags), 8, 1 },
		{ offsetof(struct avow_tcs, flags), 8, 2 },
		{ offsetof(struct avow_tcs, flags), 8, 1ULL << 63 },
		{ offsetof(struct avow_tcs, ossa), 8, 1 },
		{ offsetof(struct avow_tcs, ossa), 8, PAGE + 8 },
		{ offsetof(struct avow_tcs, cssa), 4, 1 },
		{ offsetof(struct avow_tcs, aep), 8, 0x1000 },
		{ offsetof(struct avow_tcs, ofsbase), 8, 8 },
		{ offsetof(struct avow_tcs, ogsbase), 8, 8 },
		{ offsetof(struct avow_tcs, reserved), 1, 1 },
		{ 2000, 1, 1 },
		{ 4095, 1, 1 },
	};
	u8 *page = source_anon(1, PROT_READ | PROT_WRITE);
	struct scene s;
	size_t i;

	scene_create(&s, 16);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(page, 0, PAGE);
		memcpy(page + bad[i].at, &bad[i].value, bad[i].bytes);
		REFUSED(&s, raw_add(&s, page, PAGE, PAGE, AVOW_SECINFO_TCS, SGX_PAGE_MEASURE, NULL), EIO,
			.rule = 2209, .op = AVOW_OP_ADD_PAGES, .start = PAGE, .end = 2 * PAGE,
			.requested = AVOW_R | AVOW_W, .declared = AVOW_R | AVOW_W,
			.source_class = AVOW_SRC_ANON);
	}
	memset(page, 0, PAGE);
	EXPECT_OK(raw_add(&s, page, 0, PAGE, AVOW_SECINFO_TCS, 0, NULL));
}

/* Two errors at once: the one that comes first in the rule is told. */
static void order(void)
{
	struct avow_secinfo bad = { .flags = ~0ULL };
	struct sgx_enclave_add_pages arg = {
		.src = 1,			/* R22.2 */
		.offset = 1,			/* R22.3 */
		.length = PAGE,
		.secinfo = (u64)NULL,		/* R22.4: EFAULT */
		.flags = 1ULL << 40,		/* R1.4 */
	};
	struct scene s;

	scene_create(&s, 16);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EINVAL, 2202);
	arg.src = (u64)source_anon(1, PROT_NONE);
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EINVAL, 2203);
	arg.offset = 0;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EINVAL, 104);
	arg.flags = 0;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EFAULT, 2204);
	arg.secinfo = (u64)&bad;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EINVAL, 2205);
	scene_add(&s, 0, 1, AVOW_R);
	bad.flags = DATA;
	REFUSED_PLAINLY(&s, ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EBUSY, 2206);
	arg.offset = PAGE;
	EXPECT_ERRNO(ioctl(s.e.fd, SGX_IOC_ENCLAVE_ADD_PAGES, &arg), EFAULT);
	scene_init(&s);
}

static volatile sig_atomic_t signals;

static void on_signal(int signo)
{
	(void)signo;
	signals++;
}

/* A signal between pages: success with a short count; going on ends with the right measurement. */
static void signal_between(void)
{
	enum { PAGES = 4096 };
	struct itimerval timer = { .it_interval = { 0, 3000 }, .it_value = { 0, 3000 } };
	u8 *src = source_anon(PAGES, PROT_READ | PROT_EXEC);
	struct scene s;
	u64 done = 0, count;
	unsigned int short_counts = 0;

	scene_create(&s, PAGES);
	signal(SIGALRM, on_signal);	/* SA_RESTART: what is interrupted before a page starts again */
	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
	while (done < PAGES * PAGE) {
		count = 0;
		REQUIRE_OK(raw_add(&s, src + done, done, PAGES * PAGE - done, DATA, 0, &count));
		REQUIRE(count && count % PAGE == 0);
		done += count;
		short_counts += done < PAGES * PAGE;
	}
	memset(&timer, 0, sizeof(timer));
	setitimer(ITIMER_REAL, &timer, NULL);
	EXPECT(signals > 0);
	EXPECT(short_counts > 0);
	EXPECT_EQ(done, PAGES * PAGE);
	for (done = 0; done < PAGES * PAGE; done += PAGE)
		REQUIRE_OK(avow_measure_page(s.e.measure, done, DATA, NULL));
	scene_init(&s);
}

static void adder(void *arg)
{
	struct scene *s = arg;

	REQUIRE(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	signal(SIGUSR1, on_signal);
	raise(SIGSTOP);
	raw_add(s, source_code(1), 0, PAGE, DATA, 0, NULL);
}

static long next_stop(pid_t pid, int signo)
{
	int status;
	struct user_regs_struct regs;

	REQUIRE(!ptrace(PTRACE_SYSCALL, pid, NULL, signo));
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	REQUIRE(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	return WSTOPSIG(status) == (SIGTRAP | 0x80) ? (long)regs.rax : -1;
}

/*
 * A signal that is pending when the call begins: a tracer sends it at the entry and
 * sees at the exit what the kernel made of it.
 */
static void signal_before(void)
{
	enum { RESTARTSYS = 512 };
	struct user_regs_struct regs;
	struct scene s;
	pid_t pid;
	int status;

	scene_create(&s, 16);
	source_code(1);
	pid = fork_child(adder, &s);
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	REQUIRE(!ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	do {
		next_stop(pid, 0);
		REQUIRE(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	} while (regs.orig_rax != 16 || regs.rsi != SGX_IOC_ENCLAVE_ADD_PAGES);	/* ioctl */
	REQUIRE(!kill(pid, SIGUSR1));
	EXPECT_EQ(next_stop(pid, 0), (u64)-RESTARTSYS);
	EXPECT_HOLE(&s, 0);
	EXPECT_EQ(refusal_next(s.e.fd), 1);
	REQUIRE(!ptrace(PTRACE_DETACH, pid, NULL, SIGUSR1));
	expect_child(pid);
	EXPECT_EQ(scene_run(&s, 0).length, PAGE);	/* restarted after the handler */
}

#define RACED	32	/* pages */

/*
 * Through a mapping that was made before CREATE, another process changes the last byte of
 * each page as soon as there is one: a write to a page that is not there is tried again.
 */
static void write_early(void *arg)
{
	const struct scene *s = arg;
	u64 page, n;

	REQUIRE(signal(SIGBUS, on_signal) != SIG_ERR);
	for (page = 0; page < RACED; page++)
		for (n = 0; n < 100; n++)
			*(volatile u8 *)scene_at(s, page * PAGE + PAGE - 1) = n;
}

static void written_early(void)
{
	struct avow_params params = { .size = RACED * PAGE };
	struct sgx_enclave_create create;
	struct scene s;
	pid_t pid;
	u64 page;

	scene_open(&s);
	REQUIRE_OK(avow_enclave_prepare(&s.e, &params));
	REQUIRE_OK(avow_enclave_map(&s.e, 0, RACED * PAGE, PROT_READ | PROT_WRITE));
	create.src = (u64)&s.e.secs;
	REQUIRE_OK(ioctl(s.e.fd, SGX_IOC_ENCLAVE_CREATE, &create));
	source_code(1);
	pid = fork_child(write_early, &s);
	for (page = 0; page < RACED; page++) {
		scene_add(&s, page * PAGE, 1, AVOW_R | AVOW_W);
		while (*(volatile u8 *)scene_at(&s, page * PAGE + PAGE - 1) != 99)
			sched_yield();
	}
	expect_child(pid);
	scene_init(&s);		/* by the measurement of what was copied */
}

TESTS(
	{ "R22.1 not created, or initialised", state, BOTH },
	{ "R22.2 src unaligned", source_alignment, BOTH },
	{ "R22.3 offset and length", range, BOTH },
	{ "R22.4 SECINFO unreadable", secinfo_unreadable, BOTH },
	{ "R22.5 SECINFO's flags and reserved bytes", secinfo_flags, BOTH },
	{ "R22.6 a page there already", there_already, BOTH },
	{ "R22 count where nothing was added", count_of_nothing, BOTH },
	{ "R22.9 what EADD refuses of a TCS", tcs, BOTH },
	{ "R22 the order of errors", order, BOTH },
	{ "R22.8 a signal between pages", signal_between, BOTH },
	{ "R22.8 a signal before the first page", signal_before, BOTH },
	{ "R4.2 what is measured is the copy, whoever writes to the page meanwhile", written_early, BOTH },
)
