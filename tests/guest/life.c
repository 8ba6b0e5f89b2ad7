// SPDX-License-Identifier: LGPL-2.1-or-later
/* R40.1 to R40.3: loading, unloading, and when not. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "inside.h"
#include "module.h"
#include "watch.h"

static void reload(void)
{
	if (!module_loaded())
		REQUIRE_OK(module_load(""));
}

static void node_exists(void)
{
	char log[16384];

	kernel_log(log, sizeof(log));
	REQUIRE_OK(module_unload());
	EXPECT(access(AVOW_DEVICE, F_OK));
	REQUIRE(!mknod(AVOW_DEVICE, S_IFCHR | 0600, makedev(10, 125)));
	EXPECT(module_load("") == -1);
	EXPECT(!module_loaded());
	kernel_log(log, sizeof(log));
	EXPECT(strstr(log, "/dev/sgx_enclave"));
	REQUIRE(!unlink(AVOW_DEVICE));
	EXPECT_OK(module_load(""));
	EXPECT(!access(AVOW_DEVICE, F_OK));
	reload();
}

/* Loaded already: the kernel says so, and the first one goes on working. */
static void loaded_twice(void)
{
	struct scene s;

	EXPECT_ERRNO(module_load(""), EEXIST);
	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void devices(void)
{
	static const char *const names[] = { "/dev/sgx_enclave", "/dev/sgx_provision" };
	struct stat st;
	int i;

	for (i = 0; i < 2; i++)
		EXPECT(!stat(names[i], &st) && S_ISCHR(st.st_mode));
	REQUIRE_OK(module_unload());
	for (i = 0; i < 2; i++)
		EXPECT_ERRNO(stat(names[i], &st), ENOENT);
	EXPECT(!module_loaded());
	reload();
}

static void open_file(void)
{
	struct scene s;

	scene_open(&s);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	scene_close(&s);
	EXPECT_OK(module_unload());
	reload();
}

static void only_mapped(void)
{
	struct scene s;
	u64 at;
	int fd;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play);
	fd = s.e.fd;
	close(fd);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	EXPECT_EQ(probe_read(at + 1).value, source_byte(0, 1));
	s.e.fd = -1;
	scene_close(&s);
	EXPECT_OK(module_unload());
	reload();
}

struct spinner {
	struct scene *s;
	struct op op;
	struct exit exit;
};

static void *spin(void *arg)
{
	struct spinner *sp = arg;

	sp->exit = enter(sp->s, 0, &sp->op);
	return NULL;
}

/* Closed and unmapped but for what the thread inside needs; and then all of it. */
static void thread_inside(void)
{
	struct spinner sp = { .op = { .id = OP_SPIN } };
	pthread_t thread;
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	sp.s = &s;
	REQUIRE(!pthread_create(&thread, NULL, spin, &sp));
	while (!sp.op.inside)
		sched_yield();
	close(s.e.fd);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	sp.op.stop = 1;
	pthread_join(thread, NULL);
	EXPECT_INSIDE_OK(sp.exit);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	s.e.fd = -1;
	scene_close(&s);
	EXPECT_OK(module_unload());
	reload();
}

/* All mappings go away under the feet of the thread inside: its exit has no frame to save to. */
static void unmapped_inside(void)
{
	struct spinner sp = { .op = { .id = OP_SPIN } };
	pthread_t thread;
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	sp.s = &s;
	REQUIRE(!pthread_create(&thread, NULL, spin, &sp));
	while (!sp.op.inside)
		sched_yield();
	scene_unmap(&s, 0, s.e.size / PAGE);
	pthread_join(thread, NULL);
	EXPECT_EQ((u64)sp.exit.ret, (u64)-EFAULT);
	EXPECT_EQ(sp.exit.vector, VECTOR_PF);
	scene_close(&s);
	EXPECT_OK(module_unload());
	reload();
}

static void spins_for_ever(void *arg)
{
	struct spinner *sp = arg;

	enter(sp->s, 0, &sp->op);
}

/* A process that is killed while a thread of it is inside. */
static void killed_inside(void)
{
	struct spinner *sp = mmap(NULL, sizeof(*sp), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct scene s;
	pid_t pid;
	int status, i;

	REQUIRE(sp != MAP_FAILED);
	for (i = 0; i < 10; i++) {
		scene_image(&s, 1);
		scene_init(&s);
		memset(sp, 0, sizeof(*sp));
		sp->op.id = OP_SPIN;
		sp->s = &s;
		pid = fork_child(spins_for_ever, sp);
		while (!sp->op.inside)
			usleep(1000);
		REQUIRE(!kill(pid, SIGKILL));
		REQUIRE(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
		/* The TCS is free again, for us. */
		EXPECT_INSIDE_OK(inside_nothing(&s));
		scene_close(&s);
	}
	EXPECT_OK(module_unload());
	reload();
}

/* The enclave's only process dies inside. */
static void dies_with_it(void)
{
	struct spinner *sp = mmap(NULL, sizeof(*sp), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct scene s;
	pid_t pid;
	int status;

	REQUIRE(sp != MAP_FAILED);
	scene_image(&s, 1);
	scene_init(&s);
	sp->op.id = OP_SPIN;
	sp->s = &s;
	pid = fork_child(spins_for_ever, sp);
	while (!sp->op.inside)
		usleep(1000);
	scene_close(&s);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	EXPECT_OK(module_unload());
	reload();
}

/* Loaded and unloaded, again and again, with an enclave in between. */
static void again_and_again(void)
{
	struct avow_info info;
	struct scene s;
	int i;

	for (i = 0; i < 10; i++) {
		scene_image(&s, 1);
		scene_init(&s);
		EXPECT_INSIDE_OK(inside_nothing(&s));
		EXPECT(inside_read(&s, 0x10).vector == VECTOR_PF);
		scene_close(&s);
		REQUIRE_OK(module_unload());
		REQUIRE_OK(module_load(""));
		scene_open(&s);
		REQUIRE_OK(avow_get_info(s.e.fd, &info));
		EXPECT_EQ(info.epc_used, 0);
		scene_close(&s);
	}
}

static void do_enclu(void *arg)
{
	(void)arg;
	__asm__ volatile(".byte 0x0f, 0x01, 0xd7" : : "a"(ENCLU_EENTER), "b"(0), "c"(0));
}

/* Without the module ENCLU is no instruction again: no hook is left behind. */
static void no_hook_left(void)
{
	struct avow_call call = { 0 };
	struct avow_enclave nobody = { 0 };
	struct fault f;

	f = probe_run(do_enclu, NULL);
	EXPECT_EQ(f.signo, SIGSEGV);
	REQUIRE_OK(module_unload());
	f = probe_run(do_enclu, NULL);
	EXPECT_EQ(f.signo, SIGILL);
	EXPECT_EQ((u64)avow_enclave_enter(&nobody, 0, &call), (u64)-EFAULT);
	EXPECT_EQ(call.run.exception_vector, VECTOR_UD);
	reload();
}

TESTS(
	{ "R40.1 the module does not load where /dev/sgx_enclave exists", node_exists, ONCE },
	{ "R40.1 loaded twice", loaded_twice, ONCE },
	{ "R40.3 the devices come and go", devices, ONCE },
	{ "R40.2 not unloaded while a file is open", open_file, BOTH },
	{ "R40.2 not unloaded while an enclave is only mapped", only_mapped, BOTH },
	{ "R40.2 not unloaded while a thread is inside", thread_inside, BOTH },
	{ "R40.2 unmapped while a thread is inside", unmapped_inside, BOTH },
	{ "R40.2 R40.3 killed while inside, then unloaded", killed_inside, BOTH },
	{ "R40.2 R40.3 the last process dies inside", dies_with_it, BOTH },
	{ "R40.3 loaded and unloaded again and again", again_and_again, ONCE },
	{ "R40.3 no hook is left", no_hook_left, ONCE },
)
