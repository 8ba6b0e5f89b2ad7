// SPDX-License-Identifier: LGPL-2.1-or-later
/* R35: debuggers and killers of a thread that is inside. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "module.h"
#include "tracee.h"

#define STEPS_MAX	20000

/*
 * Every instruction of a call, one at a time. An enclave that is left by EEXIT is one of
 * them, and what follows is the next (SDM volume 3D, 43.2.3).
 */
static void step_through(struct scene *s, pid_t pid, struct shared *shared, bool to_next)
{
	unsigned int steps, enclu = 0, addresses = 0;
	struct user_regs_struct regs;
	u64 at_enclu = 0;
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
	for (steps = 0; steps < STEPS_MAX && !shared->done; steps++) {
		long word;

		REQUIRE(!ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
		REQUIRE(waitpid(pid, &status, 0) == pid);
		if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP) {
			FAIL("after %u steps: status %#x", steps, status);
			return;
		}
		REQUIRE(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		addresses += inside(s, regs.rip);
		if (at_enclu && to_next)
			EXPECT_EQ(regs.rip, at_enclu + 3);
		errno = 0;
		word = ptrace(PTRACE_PEEKTEXT, pid, (void *)regs.rip, NULL);
		at_enclu = !errno && !memcmp(&word, "\x0f\x01\xd7", 3) ? regs.rip : 0;
		enclu += at_enclu != 0;
	}
	EXPECT(shared->done);
	EXPECT_EQ(addresses, 0);
	EXPECT(enclu >= 1);
	REQUIRE(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
	expect_child(pid);
}

static void single_step(void)
{
	struct shared *shared = share();
	struct scene s;
	struct tracee t = { .s = &s, .shared = shared };

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
	shared->op = (struct op){ .id = OP_STATE };
	step_through(&s, fork_child(tracee_enters_traced, &t), shared, true);
	EXPECT_INSIDE_OK(shared->exit);
	EXPECT_EQ(shared->op.state[ST_RFLAGS] & 0x100, 0);	/* TF is not seen inside */

	/* With an exception in between. */
	shared->op = (struct op){ .id = OP_UD };
	shared->done = false;
	step_through(&s, fork_child(tracee_enters_traced, &t), shared, false);
	EXPECT_INSIDE(shared->exit, VECTOR_UD, 0, 0);
}

/* Attached to again and again while it is inside, and stepped over ERESUME. */
static void attached(void)
{
	struct shared *shared = share();
	struct user_regs_struct regs;
	struct scene s;
	struct tracee t = { .s = &s, .shared = shared };
	int status, i;
	pid_t pid;

	scene_image(&s, 1);
	scene_init(&s);
	shared->op.id = OP_SPIN;
	pid = fork_child(tracee_enters, &t);
	wait_inside(&shared->op);
	for (i = 0; i < 20; i++) {
		REQUIRE(!ptrace(PTRACE_ATTACH, pid, NULL, NULL));
		REQUIRE(waitpid(pid, &status, 0) == pid && WIFSTOPPED(status));
		REQUIRE(!ptrace(PTRACE_GETREGS, pid, NULL, &regs));
		EXPECT(!inside(&s, regs.rip) && !inside(&s, regs.rsp) && !inside(&s, regs.rdi));
		EXPECT_EQ(regs.rax, ENCLU_ERESUME);
		EXPECT_EQ(regs.rbx, scene_at(&s, 0));
		EXPECT_EQ(regs.rcx, regs.rip);
		EXPECT_EQ(regs.r12 | regs.r13 | regs.r14 | regs.r15, 0);
		EXPECT(!inside(&s, regs.fs_base) && !inside(&s, regs.gs_base));
		REQUIRE(!ptrace(PTRACE_DETACH, pid, NULL, NULL));
		usleep(3000);
	}
	shared->op.stop = 1;
	expect_child(pid);
	EXPECT_INSIDE_OK(shared->exit);
}

/* Enters, faults and waits inside, until it is killed. */
static void busy(void *arg)
{
	static const u64 tcs[] = { 0, 2 * PAGE, 3 * PAGE };
	struct tracee *t = arg;
	u64 ordinary = (u64)source_anon(1, PROT_READ);
	u64 n;

	for (n = 0; ; n++) {
		struct op storm = { .id = OP_STORM, .addr = ordinary, .value = 20 },
			  ud = { .id = OP_UD };

		t->shared->op.inside++;
		enter(t->s, tcs[n % 3], n % 2 ? &storm : &ud);
		resume(t->s, tcs[n % 3]);
	}
}

/* kill -9 at any moment, a hundred times; then nothing holds the module. */
static void killed(void)
{
	struct shared *shared = share();
	struct tracee t = { .shared = shared };
	struct scene s;
	int round, i, status;
	unsigned int seed = 1;

	t.s = &s;
	for (round = 0; round < 10; round++) {
		scene_image(&s, 1);
		scene_init(&s);
		for (i = 0; i < 10; i++) {
			pid_t pid;

			shared->op.inside = 0;
			pid = fork_child(busy, &t);
			while (!shared->op.inside)
				usleep(500);
			usleep((useconds_t)(rand_r(&seed) % 10000));
			REQUIRE(!kill(pid, SIGKILL));
			REQUIRE(waitpid(pid, &status, 0) == pid);
			EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		}
		/* The TCS that none of them used. */
		EXPECT_INSIDE_OK(enter(&s, PAGE, &(struct op){ .id = OP_NOTHING }));
		scene_close(&s);
	}
	EXPECT_OK(module_unload());
	if (!module_loaded())
		REQUIRE_OK(module_load(""));
}

TESTS(
	{ "R35 R35.1 single steps across a call", single_step, BOTH },
	{ "R35 attached while inside", attached, BOTH },
	{ "R35 R40.2 R40.3 killed at any moment, then unloaded", killed, ONCE },
)
