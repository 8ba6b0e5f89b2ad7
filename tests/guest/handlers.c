// SPDX-License-Identifier: LGPL-2.1-or-later
/* R35: what a signal handler may do while a frame of the thread waits in its TCS. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

#define EXEC_MARK	"AVOW_TEST_EXECUTED"
#define EXEC_STATUS	42

/* This program, executed by itself. */
__attribute__((constructor)) static void executed(void)
{
	if (getenv(EXEC_MARK))
		_exit(EXEC_STATUS);
}

static void execute(void)
{
	char *argv[] = { "executed", NULL }, *envp[] = { EXEC_MARK "=1", NULL };

	execve("/proc/self/exe", argv, envp);
	_exit(EXIT_FAILURE);
}

static struct scene s;
static struct op spin;

/* A loop inside, in which a handler is called after a moment. */
static void set_up(void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART };

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));	/* which makes this thread's stack for entries */
	spin = (struct op){ .id = OP_SPIN };
	REQUIRE(!sigaction(SIGALRM, &act, NULL));
}

static void spin_inside(void)
{
	struct itimerval timer = { .it_value = { 0, 50000 }, .it_interval = { 0, 50000 } };

	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
	EXPECT_INSIDE_OK(enter(&s, 0, &spin));
}

static void no_timer(void)
{
	struct itimerval none = { 0 };

	REQUIRE(!setitimer(ITIMER_REAL, &none, NULL));
}

/* An entry of the handler's own, by ENCLU: it finds CSSA at 1. */
static u64 nested_cssa(void)
{
	static struct regs in, out;
	struct op op = { .id = OP_STATE };

	in.gpr[0] = ENCLU_EENTER;
	in.gpr[3] = scene_at(&s, 0);
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	EXPECT_EQ(regs_enclu(&in, &out), 0);
	return op.state[ST_RAX];
}

static void expect_cssa(u64 want)
{
	struct op op = { .id = OP_STATE };

	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.state[ST_RAX], want);
}

static sigjmp_buf back;

static void jumps(int signo)
{
	(void)signo;
	if (!spin.inside)
		return;
	no_timer();
	siglongjmp(back, 1);
}

/* Left by siglongjmp(): the frame stays, the TCS can be entered, and the frame resumed. */
static void jumped_out(void)
{
	int i;

	set_up(jumps);
	if (!sigsetjmp(back, 1)) {
		spin_inside();
		FAIL("the handler did not jump");
	}
	expect_cssa(1);
	for (i = 0; i < 50; i++)
		EXPECT_INSIDE_OK(enter(&s, 0, &(struct op){ .id = OP_COUNT }));
	spin.stop = 1;
	EXPECT_EQ(resume(&s, 0).leaf, ENCLU_EEXIT);	/* the loop itself ends */
	expect_cssa(0);
}

static volatile int forked;

static void forks(int signo)
{
	int status;
	pid_t pid;

	(void)signo;
	if (!spin.inside || forked++)
		return;
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid) {	/* the child is not inside, and the frame is not its own */
		EXPECT_EQ(nested_cssa(), 1);
		_exit(test_failed() ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid);
	EXPECT_EQ(status, 0);
	EXPECT_EQ(nested_cssa(), 1);
	spin.stop = 1;
}

static void forked_in_handler(void)
{
	set_up(forks);
	spin_inside();
	no_timer();
	EXPECT_EQ(forked > 0, 1);
	expect_cssa(0);
}


static void execs(int signo)
{
	(void)signo;
	if (spin.inside)
		execute();
}

static void spins(void *arg)
{
	(void)arg;
	spin_inside();
}

static void expect_executed(pid_t pid)
{
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXEC_STATUS)
		FAIL("status %#x", status);
}

/* Another program takes the process over while a frame waits: the frame is nobody's. */
static void executed_in_handler(void)
{
	int i;

	set_up(execs);
	for (i = 0; i < 5; i++) {
		pid_t pid = fork_child(spins, NULL);

		expect_executed(pid);
		expect_cssa(1);
		unwind(&s, 0);
		expect_cssa(0);
	}
}

static void *spin_thread(void *arg)
{
	enter(&s, 0, &spin);
	return arg;
}

static void executes_beside(void *arg)
{
	pthread_t thread;

	(void)arg;
	REQUIRE(!pthread_create(&thread, NULL, spin_thread, NULL));
	while (!spin.inside)
		usleep(1000);
	execute();
}

/* The same while another thread is inside, which dies of it. */
static void executed_by_another(void)
{
	int i;

	set_up(SIG_DFL);
	for (i = 0; i < 5; i++) {
		expect_executed(fork_child(executes_beside, NULL));
		EXPECT_INSIDE_OK(inside_nothing(&s));
		scene_close(&s);
		set_up(SIG_DFL);
	}
}

static void exits_group(void *arg)
{
	pthread_t thread;

	(void)arg;
	REQUIRE(!pthread_create(&thread, NULL, spin_thread, NULL));
	while (!spin.inside)
		usleep(1000);
	_exit(7);
}

/* exit_group() by one thread while another is inside. */
static void exited_by_another(void)
{
	int status;
	pid_t pid;

	set_up(SIG_DFL);
	pid = fork_child(exits_group, NULL);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 7);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* vfork() and execve() by one thread while another is inside: it goes on. */
static void *vforks_beside(void *arg)
{
	char *argv[] = { "executed", NULL }, *envp[] = { EXEC_MARK "=1", NULL };
	int i;

	while (!spin.inside)
		usleep(1000);
	for (i = 0; i < 10; i++) {
		pid_t pid = vfork();

		if (!pid) {
			execve("/proc/self/exe", argv, envp);
			_exit(EXIT_FAILURE);
		}
		REQUIRE(pid > 0);
		expect_executed(pid);
	}
	spin.stop = 1;
	return arg;
}

static void *does_nothing(void *arg)
{
	return arg;
}

/* And threads that come and go. */
static void *clones_beside(void *arg)
{
	pthread_t thread;
	int i;

	while (!spin.inside)
		usleep(1000);
	for (i = 0; i < 100; i++) {
		REQUIRE(!pthread_create(&thread, NULL, does_nothing, NULL));
		pthread_join(thread, NULL);
	}
	spin.stop = 1;
	return arg;
}

static void beside(void *(*other)(void *))
{
	pthread_t thread;

	set_up(SIG_DFL);
	REQUIRE(!pthread_create(&thread, NULL, other, NULL));
	EXPECT_INSIDE_OK(enter(&s, 0, &spin));
	pthread_join(thread, NULL);
	expect_cssa(0);
}

static void vforked_by_another(void)
{
	beside(vforks_beside);
}

static void cloned_by_another(void)
{
	beside(clones_beside);
}

static void *forks_beside(void *arg)
{
	int i;

	while (!spin.inside)
		usleep(1000);
	for (i = 0; i < 10; i++) {
		int status;
		pid_t pid = fork();

		REQUIRE(pid >= 0);
		if (!pid) {
			/* Another TCS: the parent's thread is in the first. */
			EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &(struct op){ .id = OP_COUNT }));
			_exit(test_failed() ? EXIT_FAILURE : EXIT_SUCCESS);
		}
		REQUIRE(waitpid(pid, &status, 0) == pid);
		EXPECT_EQ(status, 0);
	}
	spin.stop = 1;
	return arg;
}

/* fork() by one thread while another is inside. */
static void forked_by_another(void)
{
	struct op op = { .id = OP_COUNT };
	pthread_t thread;

	set_up(SIG_DFL);
	REQUIRE(!pthread_create(&thread, NULL, forks_beside, NULL));
	EXPECT_INSIDE_OK(enter(&s, 0, &spin));
	pthread_join(thread, NULL);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.value, 11);
}

TESTS(
	{ "R35 R33 left by siglongjmp", jumped_out, BOTH },
	{ "R35 R16.1 fork in a handler", forked_in_handler, BOTH },
	{ "R35 R40.2 execve in a handler", executed_in_handler, BOTH },
	{ "R35 execve by another thread", executed_by_another, ONCE },
	{ "R35 exit_group by another thread", exited_by_another, ONCE },
	{ "R35 R16.1 fork by another thread", forked_by_another, BOTH },
	{ "R35 vfork and execve by another thread", vforked_by_another, ONCE },
	{ "R35 clone by another thread", cloned_by_another, ONCE },
)
