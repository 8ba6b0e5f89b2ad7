// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R35 for a minute: enclaves that check all their registers, and a signal every millisecond.
 * By the vDSO and by ENCLU at the same time, in two processes.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

#define SECONDS		60
#define XFRM_AVX	4ULL

static u64 low, high;		/* the enclave's range */
static u64 tcs;
static volatile u64 signals, from_inside, wrong, nested;
static volatile u64 aep;	/* the first that was seen, which is the only one */

static u64 now(void)
{
	struct timespec t;

	REQUIRE(!clock_gettime(CLOCK_MONOTONIC, &t));
	return (u64)t.tv_sec;
}

/* XCR0: what the kernel has switched on. */
static u64 features(void)
{
	u32 eax, edx;

	__asm__ volatile("xgetbv" : "=a"(eax), "=d"(edx) : "c"(0));
	return eax | (u64)edx << 32;
}

static bool at_enclu(const ucontext_t *uc)
{
	return uc->uc_mcontext.gregs[REG_RAX] == ENCLU_ERESUME &&
	       !memcmp((const void *)uc->uc_mcontext.gregs[REG_RIP], "\x0f\x01\xd7", 3);
}

/* Whatever was interrupted: no register has an address inside that the enclave gave it. */
static void look(const ucontext_t *uc)
{
	u64 rip = (u64)uc->uc_mcontext.gregs[REG_RIP];
	int i;

	signals++;
	if (rip >= low && rip < high)
		wrong++;
	if (!at_enclu(uc))
		return;
	from_inside++;
	if (!aep)
		aep = rip;
	wrong += rip != aep;
	wrong += (u64)uc->uc_mcontext.gregs[REG_RBX] != tcs;
	wrong += (u64)uc->uc_mcontext.gregs[REG_RCX] != aep;
	for (i = REG_R8; i <= REG_RSI; i++)	/* R8 to R15, RDI, RSI */
		wrong += uc->uc_mcontext.gregs[i] != 0;
}

static void on_signal(int signo, siginfo_t *info, void *context)
{
	(void)signo;
	(void)info;
	look(context);
}

static void storm(void (*handler)(int, siginfo_t *, void *), int microseconds)
{
	struct sigaction act = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval timer = { .it_interval = { 0, microseconds }, .it_value = { 0, microseconds } };

	REQUIRE(!sigaction(SIGALRM, &act, NULL));
	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
}

static void calm(void)
{
	struct itimerval none = { 0 };

	REQUIRE(!setitimer(ITIMER_REAL, &none, NULL));
}

static void fill(struct op *op, int round)
{
	int i, j;

	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			op->xmm[i][j] = (u8)(round + i * 16 + j);
}

/* YMM, where the CPU has them: their upper halves are in no register that OP_STORM looks at. */
static void vectors(struct scene *s, int round)
{
	static u8 patterns[16][32];
	struct op op = { .id = OP_VECTORS, .from = (u64)patterns, .value = 30 };
	int i, j;

	for (i = 0; i < 16; i++)
		for (j = 0; j < 32; j++)
			patterns[i][j] = (u8)(round * 3 + i * 32 + j);
	EXPECT_INSIDE_OK(enter(s, 0, &op));
	EXPECT_EQ(op.value, 0);
}

static void set_up(struct scene *s, u64 xfrm)
{
	struct avow_params params = { .xfrm = xfrm };

	scene_image_with(s, 1, &params);
	scene_init(s);
	low = s->e.base;
	high = low + s->e.size;
	tcs = scene_at(s, 0);
}

static void by_vdso(void *arg)
{
	bool avx = features() & XFRM_AVX;
	struct op op = { .id = OP_STORM };
	struct scene s;
	u64 end;
	int round;

	(void)arg;
	if (!avx)
		printf("# this CPU has no AVX: YMM registers are not looked at\n");
	set_up(&s, avx ? XFRM_X87_SSE | XFRM_AVX : XFRM_X87_SSE);
	op.addr = (u64)source_anon(1, PROT_READ);
	end = now() + SECONDS;
	storm(on_signal, 1000);
	for (round = 0; now() < end && !test_failed(); round++) {
		fill(&op, round);
		op.value = 2000;
		EXPECT_INSIDE_OK(enter(&s, 0, &op));
		EXPECT_EQ(op.value, 0);
		if (avx)
			vectors(&s, round);
	}
	calm();
	printf("# by the vDSO: %llu signals, %llu of them inside\n", (unsigned long long)signals,
	       (unsigned long long)from_inside);
	EXPECT(from_inside >= 1000);
	EXPECT_EQ(wrong, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* Every other signal from inside enters the same TCS, a frame deeper. */
static void on_signal_nested(int signo, siginfo_t *info, void *context)
{
	static struct regs in, out;
	struct op op = { .id = OP_COUNT };
	u64 before = from_inside;

	on_signal(signo, info, context);
	if (from_inside == before || from_inside % 2)
		return;
	in.gpr[0] = ENCLU_EENTER;
	in.gpr[3] = tcs;
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	if (regs_enclu(&in, &out) || op.value != ++nested)
		wrong++;
}

/* The old way: ENCLU of the program's own, which is its own AEP. */
static void by_enclu(void *arg)
{
	static struct regs in, out;
	struct op op = { .id = OP_STORM };
	struct scene s;
	u64 end;
	int round;

	(void)arg;
	set_up(&s, 0);
	op.addr = (u64)source_anon(1, PROT_READ);
	in.gpr[0] = ENCLU_EENTER;
	in.gpr[1] = (u64)regs_enclu_at;
	in.gpr[3] = tcs;
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	end = now() + SECONDS;
	storm(on_signal_nested, 1000);
	for (round = 0; now() < end && !test_failed(); round++) {
		fill(&op, round);
		op.value = 2000;
		EXPECT_EQ(regs_enclu(&in, &out), 0);
		EXPECT_EQ(op.value, 0);
	}
	calm();
	printf("# by ENCLU: %llu signals, %llu of them inside, %llu nested entries\n",
	       (unsigned long long)signals, (unsigned long long)from_inside,
	       (unsigned long long)nested);
	EXPECT_EQ(aep, (u64)regs_enclu_at);
	EXPECT(from_inside >= 1000);
	EXPECT(nested >= 500);
	EXPECT_EQ(wrong, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void both_ways(void)
{
	pid_t vdso = fork_child(by_vdso, NULL), enclu = fork_child(by_enclu, NULL);

	expect_child(vdso);
	expect_child(enclu);
}

TESTS(
	{ "R35 R30 R32 R33 a minute of signals, by the vDSO, and by ENCLU with nested entries", both_ways, ONCE },
)
