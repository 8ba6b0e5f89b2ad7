// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What processes pay that have nothing to do with enclaves: the same things without the
 * module, with the module idle, with a thread inside an enclave elsewhere, with a policy loaded
 * besides, and without the module again.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "bench.h"
#include "enclave/op.h"
#include "policy_case.h"

static void drop(void *page)
{
	madvise(page, PAGE, MADV_DONTNEED);
}

static void touch(void *page)
{
	*(volatile char *)page = 1;
}

static void on_signal(int signo)
{
	(void)signo;
}

static void signal_oneself(void *arg)
{
	(void)arg;
	kill(getpid(), SIGUSR1);
}

/* The program ends at once; so what is counted is fork(), execve(), exit and wait. */
static void start_program(void *path)
{
	char *argv[] = { path, NULL }, *env[] = { NULL };
	int status;
	pid_t pid = fork();

	if (!pid) {
		execve(path, argv, env);
		_exit(127);
	}
	REQUIRE(waitpid(pid, &status, 0) == pid && !status);
}

struct other {
	const char *name;
	struct task task;
	unsigned int runs;
};

static void measure_state(const struct other *all, size_t nr, const char *state)
{
	size_t i;

	for (i = 0; i < nr; i++)
		measure(name_of("others", all[i].name, state), all[i].runs, &all[i].task);
}

/* ---- a thread inside an enclave, asleep ---- */

static struct scene scene;

/* Reads a page that nobody provides: it sleeps in the fault, inside. */
static void *enter(void *page)
{
	struct avow_call call = { .rdi = OP_READ, .rsi = (u64)page };

	avow_enclave_enter(&scene.e, 0, &call);
	FAIL("the enclave was left");
	return NULL;
}

static int watch_faults(void *page)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (u64)page, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE_OK(ioctl(fd, UFFDIO_API, &api));
	REQUIRE_OK(ioctl(fd, UFFDIO_REGISTER, &range));
	return fd;
}

static void stay_inside(void *arg)
{
	struct turn *ready = arg;
	void *missing = task_page(PROT_READ | PROT_WRITE);
	struct uffd_msg message;
	pthread_t thread;
	int faults;

	scene_image(&scene, 1);
	scene_init(&scene);
	faults = watch_faults(missing);
	REQUIRE(!pthread_create(&thread, NULL, enter, missing));
	/* The enclave's fault, and nobody's else: the page is known to it alone. */
	REQUIRE(read(faults, &message, sizeof(message)) == sizeof(message));
	REQUIRE(message.event == UFFD_EVENT_PAGEFAULT &&
		message.arg.pagefault.address == (u64)missing);
	turn_give(ready);
	pthread_join(thread, NULL);
	FAIL("nobody is inside any more");
}

static pid_t start_enclave(void)
{
	struct turn ready;
	pid_t pid;

	turn_init(&ready);
	pid = fork_child(stay_inside, &ready);
	turn_wait(&ready);
	turn_close(&ready);
	return pid;
}

/* It was there until now. */
static void end_enclave(pid_t pid)
{
	int status;

	REQUIRE(waitpid(pid, &status, WNOHANG) == 0);
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
}

/* In children: what the command printed would be memory of this process, which fork() copies. */
static void load_policy(void *arg)
{
	(void)arg;
	policy_put("default allow\n");
}

static void unload_policy(void *arg)
{
	(void)arg;
	policy_drop();
}

static void run_all(void)
{
	char program[256];
	const struct other all[] = {
		{ "getpid", { .run = task_getpid }, RUNS },
		{ "mprotect", { .run = task_protect, .arg = task_page(PROT_READ | PROT_WRITE) }, RUNS },
		{ "page_fault", { .before = drop, .run = touch, .arg = task_page(PROT_READ | PROT_WRITE) },
		  RUNS },
		{ "signal", { .run = signal_oneself }, RUNS },
		{ "segv_signal", { .run = task_read, .arg = task_page(PROT_NONE) }, RUNS },
		{ "invalid_signal", { .run = task_invalid }, RUNS },
		{ "ud2_signal", { .run = task_ud2 }, RUNS },
		{ "start", { .run = start_program, .arg = program }, RUNS_LONG },
	};
	const size_t nr = sizeof(all) / sizeof(all[0]);
	pid_t pid;

	snprintf(program, sizeof(program), "%s", data_path("ends"));
	REQUIRE(signal(SIGUSR1, on_signal) != SIG_ERR);
	handle_by_skipping(SIGSEGV);
	handle_by_skipping(SIGILL);

	measure_state(all, nr, "absent");
	need_module(bench_avow);
	measure_state(all, nr, "idle");
	pid = start_enclave();
	measure_state(all, nr, "inside");
	in_child(load_policy, NULL);
	measure_state(all, nr, "policy");
	in_child(unload_policy, NULL);
	end_enclave(pid);
	need_no_module("avow");
	measure_state(all, nr, "unloaded");
}

const struct family others = { .name = "others", .run = run_all };
