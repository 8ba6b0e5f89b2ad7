// SPDX-License-Identifier: LGPL-2.1-or-later
/* R35.3: restartable sequences, rseq(), and a thread that was inside. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "inside.h"
#include "regs.h"
#include "section.h"

#define PROCESSORS	2
#define ROUNDS		20
#define MOMENT		2000	/* microseconds */

static struct scene scene;
static struct op op;
static pthread_t main_thread;

static void scene_plain(void)
{
	scene_image(&scene, 1);
	scene_init(&scene);
	main_thread = pthread_self();
}

static void on_processor(pthread_t thread, unsigned int number)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(number, &one);
	REQUIRE(!pthread_setaffinity_np(thread, sizeof(one), &one));
}

static void wait_until_inside(void)
{
	while (!op.inside)
		usleep(MOMENT);
}

/* By ENCLU itself, so that the places outside are known. 1: it came to the AEP. */
static int spins_inside(void)
{
	static struct regs in = { .mxcsr = 0x1f80, .x87_control = 0x37f }, out;

	in.gpr[0] = ENCLU_EENTER;
	in.gpr[3] = scene_at(&scene, 0);
	in.gpr[7] = (u64)&op;
	return regs_enclu(&in, &out);
}

/* While this one runs, on the same processor, the other does not. */
static void *preempts(void *unused)
{
	int i;

	wait_until_inside();
	for (i = 0; i < ROUNDS; i++) {
		section_arm();
		usleep(MOMENT);
	}
	op.stop = 1;
	return unused;
}

/* A section, and a thread that is preempted while it spins inside. */
static int preempted(u64 start, u64 end, u64 elsewhere)
{
	pthread_t other;
	int came_to;

	on_processor(main_thread, 0);
	section_register(start, end, elsewhere);
	op = (struct op){ .id = OP_SPIN };
	REQUIRE(!pthread_create(&other, NULL, preempts, NULL));
	came_to = spins_inside();
	REQUIRE(!pthread_join(other, NULL));
	return came_to;
}

static void whole_range(void)
{
	scene_plain();
	EXPECT_EQ(preempted(scene.e.base, scene.e.base + scene.e.size, (u64)regs_enclu_aep), 0);
	EXPECT_EQ(op.inside, 1);
}

static void around_target(void)
{
	scene_plain();
	EXPECT_EQ(preempted((u64)regs_enclu_next, (u64)regs_enclu_aep, (u64)regs_enclu_aep), 1);
	EXPECT_EQ(op.inside, 1);
}

static volatile u64 seen_rip;

static void on_signal(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;

	(void)signo;
	(void)info;
	seen_rip = (u64)uc->uc_mcontext.gregs[REG_RIP];
}

static void *signals(void *unused)
{
	wait_until_inside();
	section_arm();
	REQUIRE(!pthread_kill(main_thread, SIGUSR1));
	return unused;
}

/* The exit comes first, and then the kernel looks where the thread is: in the section. */
static void around_aep(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	pthread_t other;

	scene_plain();
	REQUIRE(!sigaction(SIGUSR1, &act, NULL));
	section_register((u64)regs_enclu_aep, (u64)regs_enclu_aep + 1, (u64)regs_enclu_next);
	op = (struct op){ .id = OP_SPIN };
	REQUIRE(!pthread_create(&other, NULL, signals, NULL));
	EXPECT_EQ(spins_inside(), 0);
	REQUIRE(!pthread_join(other, NULL));
	EXPECT_EQ(seen_rip, (u64)regs_enclu_next);
}

static void *moves(void *to)
{
	wait_until_inside();
	on_processor(main_thread, (unsigned int)(u64)to);
	op.stop = 1;
	return NULL;
}

/* What the library has registered: moved while it is inside, the thread is told where it is now. */
static void processor(void)
{
	char *library = (char *)__builtin_thread_pointer() + __rseq_offset;
	const volatile struct rseq *told = (const volatile struct rseq *)library;
	pthread_t other;
	u64 i;

	REQUIRE(__rseq_size);
	scene_plain();
	for (i = 0; i < ROUNDS; i++) {
		on_processor(main_thread, i % PROCESSORS);
		EXPECT_EQ(told->cpu_id, i % PROCESSORS);
		op = (struct op){ .id = OP_SPIN };
		REQUIRE(!pthread_create(&other, NULL, moves, (void *)((i + 1) % PROCESSORS)));
		spins_inside();
		EXPECT_EQ(told->cpu_id, (i + 1) % PROCESSORS);
		REQUIRE(!pthread_join(other, NULL));
	}
	/* The kernel unregisters only what is registered. */
	EXPECT_OK(syscall(SYS_rseq, library, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG));
}

TESTS(
	{ "R35.3 no section covers the enclave", whole_range, BOTH },
	{ "R35.3 R31 preempted inside, a section around EEXIT's target ends", around_target, BOTH },
	{ "R35.3 R35 a section around the AEP, and a signal", around_aep, BOTH },
	{ "R35.3 the number of the processor is told after EEXIT", processor, BOTH },
)
