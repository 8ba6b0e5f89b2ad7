// SPDX-License-Identifier: LGPL-2.1-or-later
/* R35: what else ends an entry, for a while or for good: a frozen group, no memory, a core dump. */
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/procfs.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "group.h"
#include "tracee.h"

#define CORE	"/tmp/avow-core"

static void scene_spinning(struct scene *s, struct tracee *t)
{
	scene_image(s, 1);
	scene_init(s);
	EXPECT_INSIDE_OK(inside_nothing(s));
	*t = (struct tracee){ .s = s, .shared = share() };
	t->shared->op.id = OP_SPIN;
}

/* The TCS that another process' thread was in: it is free, and has used this many frames. */
static u64 frames_used(struct scene *s)
{
	struct op op = { .id = OP_STATE };

	EXPECT_INSIDE_OK(enter(s, 0, &op));
	return op.state[ST_RAX];
}

/* A frozen group: its thread is outside meanwhile, and goes on inside. */
static void frozen(void)
{
	char number[16];
	struct tracee t;
	struct scene s;
	pid_t pid;
	int i;

	scene_spinning(&s, &t);
	group_make();
	pid = fork_child(tracee_enters, &t);
	wait_inside(&t.shared->op);
	snprintf(number, sizeof(number), "%d", pid);
	group_write("cgroup.procs", number);
	for (i = 0; i < 5; i++) {
		group_write("cgroup.freeze", "1");
		group_wait("cgroup.events", "frozen 1\n");
		EXPECT_EQ(frames_used(&s), 1);
		group_write("cgroup.freeze", "0");
		group_wait("cgroup.events", "frozen 0\n");
		usleep(20000);
	}
	t.shared->op.stop = 1;
	expect_child(pid);
	EXPECT_INSIDE_OK(t.shared->exit);
	EXPECT_EQ(frames_used(&s), 0);
	group_remove();
}

static void *enters_beside(void *arg)
{
	tracee_enters(arg);
	return NULL;
}

static void start_beside(struct tracee *t)
{
	pthread_t thread;

	REQUIRE(!pthread_create(&thread, NULL, enters_beside, t));
	wait_inside(&t->shared->op);
}

static void eats(void *arg)
{
	start_beside(arg);
	group_write("cgroup.procs", "0");
	for (;;) {
		u8 *at = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

		REQUIRE(at != MAP_FAILED);
	}
}

/* How much the kernel says on the console; the OOM killer's report looks like a crash. */
static void console_level(const char *level)
{
	int fd = open("/proc/sys/kernel/printk", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, level, strlen(level)) == (ssize_t)strlen(level));
	close(fd);
}

/* One thread takes more memory than there is, and another is inside: both are killed. */
static void out_of_memory(void)
{
	struct tracee t;
	struct scene s;
	u64 used;
	pid_t pid;
	int status;

	scene_spinning(&s, &t);
	used = epc_used(&s);
	group_make();
	group_write("memory.max", "16777216");
	console_level("1");
	pid = fork_child(eats, &t);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	console_level("7");
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	group_wait("memory.events", "oom_kill 1\n");
	EXPECT(!t.shared->done);
	EXPECT(frames_used(&s) <= 1);
	EXPECT_EQ(epc_used(&s), used);
	group_write("memory.max", "max");
	group_remove();
}

static void waits_beside(void *arg)
{
	const struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	REQUIRE(!setrlimit(RLIMIT_CORE, &unlimited));
	start_beside(arg);
	for (;;)
		pause();
}

static void core_pattern(const char *pattern)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, pattern, strlen(pattern)) == (ssize_t)strlen(pattern));
	close(fd);
}

/* Registers of the threads, in the notes of a core file; how many threads. */
static unsigned int look_at_threads(struct scene *s, const u8 *notes, size_t size)
{
	unsigned int threads = 0;
	size_t at = 0;

	while (at + sizeof(Elf64_Nhdr) <= size) {
		const Elf64_Nhdr *note = (const Elf64_Nhdr *)(notes + at);
		size_t name = (note->n_namesz + 3) & ~3U, desc = (note->n_descsz + 3) & ~3U;

		if (note->n_type == NT_PRSTATUS) {
			const struct elf_prstatus *status = (const void *)((const u8 *)(note + 1) + name);
			const struct user_regs_struct *regs = (const void *)&status->pr_reg;

			threads++;
			EXPECT(!inside(s, regs->rip) && !inside(s, regs->rsp));
			EXPECT(!inside(s, regs->fs_base) && !inside(s, regs->gs_base));
		}
		at += sizeof(*note) + name + desc;
	}
	return threads;
}

/* No byte of the enclave is in the core file, and no register of a thread is from inside. */
static void look_at_core(struct scene *s)
{
	const Elf64_Ehdr *header;
	const Elf64_Phdr *phdr;
	unsigned int threads = 0, i, ranges = 0;
	struct stat st;
	int fd = open(CORE, O_RDONLY | O_CLOEXEC);
	const u8 *core;

	REQUIRE(fd >= 0 && !fstat(fd, &st));
	core = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(core != MAP_FAILED && !memcmp(core, ELFMAG, SELFMAG));
	close(fd);
	header = (const Elf64_Ehdr *)core;
	phdr = (const Elf64_Phdr *)(core + header->e_phoff);
	for (i = 0; i < header->e_phnum; i++) {
		if (phdr[i].p_type == PT_NOTE)
			threads += look_at_threads(s, core + phdr[i].p_offset, phdr[i].p_filesz);
		if (phdr[i].p_type == PT_LOAD && inside(s, phdr[i].p_vaddr)) {
			ranges++;
			EXPECT_EQ(phdr[i].p_filesz, 0);
		}
	}
	EXPECT_EQ(threads, 2);
	EXPECT(ranges >= 1);
}

static void dumped(void)
{
	struct tracee t;
	struct scene s;
	pid_t pid;
	int status;

	scene_spinning(&s, &t);
	core_pattern(CORE);
	pid = fork_child(waits_beside, &t);
	wait_inside(&t.shared->op);
	usleep(20000);
	REQUIRE(!kill(pid, SIGQUIT));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	core_pattern("core");
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGQUIT && WCOREDUMP(status));
	look_at_core(&s);
	unlink(CORE);
	EXPECT(frames_used(&s) <= 1);
}

TESTS(
	{ "R35 a frozen group", frozen, BOTH },
	{ "R35 R40.4 killed for want of memory while inside", out_of_memory, ONCE },
	{ "R35 R17.1 a core dump while a thread is inside", dumped, ONCE },
)
