// SPDX-License-Identifier: LGPL-2.1-or-later
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "looks.h"
#include "roles.h"
#include "scene.h"
#include "thread.h"

typedef void cpuid_fn(u32 leaf, u32 subleaf, u32 registers[4]);

static void print_leaf(cpuid_fn *cpuid, u32 leaf, u32 subleaf)
{
	u32 r[4];

	cpuid(leaf, subleaf, r);
	printf("%x.%x: %08x %08x %08x %08x\n", leaf, subleaf, r[0], r[1], r[2], r[3]);
	fflush(stdout);
}

static int role_leaves(char **argv)
{
	/* Which processor answers does not show: leaf 1 names it. */
	REQUIRE(thread_stay_on(0));
	for (; argv[0] && argv[1]; argv += 2)
		print_leaf(looks_cpuid, (u32)strtoul(argv[0], NULL, 16), (u32)strtoul(argv[1], NULL, 16));
	return 0;
}

static int role_bare(char **argv)
{
	(void)argv;
	print_leaf(looks_bare_cpuid, 7, 0);
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	REQUIRE(pid > 0 && waitpid(pid, &status, 0) == pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* By fork; by fork and exec; by vfork and exec; and with nothing in the environment. */
static int role_children(char **argv)
{
	char *again[] = { "/proc/self/exe", "leaves", "7", "0", NULL }, *empty[] = { NULL };
	pid_t pid;
	int bad;

	(void)argv;
	pid = fork();
	if (!pid) {
		print_leaf(looks_cpuid, 7, 0);
		_exit(0);
	}
	bad = wait_for(pid);
	pid = fork();
	if (!pid) {
		execv(again[0], again);
		_exit(1);
	}
	bad |= wait_for(pid);
	REQUIRE(!posix_spawn(&pid, again[0], NULL, NULL, again, environ));
	bad |= wait_for(pid);
	REQUIRE(!posix_spawn(&pid, again[0], NULL, NULL, again, empty));
	return bad | wait_for(pid);
}

static void *open_library(void *arg)
{
	return dlopen(arg, RTLD_NOW);
}

static void print_library(void *library)
{
	cpuid_fn *cpuid;

	REQUIRE(library);
	*(void **)&cpuid = dlsym(library, "looks_cpuid");
	REQUIRE(cpuid && cpuid != looks_cpuid);
	print_leaf(cpuid, 7, 0);
}

/* A library that is loaded, closed, and loaded again by a thread. */
static int role_library(char **argv)
{
	pthread_t thread;
	void *library;

	library = open_library(argv[0]);
	print_library(library);
	REQUIRE(!dlclose(library));
	REQUIRE(!pthread_create(&thread, NULL, open_library, argv[0]));
	REQUIRE(!pthread_join(thread, &library));
	print_library(library);
	return 0;
}

static sigjmp_buf back;

static void jump_back(int number)
{
	siglongjmp(back, number);
}

static int signal_of(void (*fn)(void))
{
	int number;

	signal(SIGILL, jump_back);
	number = sigsetjmp(back, 1);
	if (!number)
		fn();
	signal(SIGILL, SIG_DFL);
	return number;
}

/* A UD2 that is meant in the file, and both instructions where no file is behind them. */
static int role_ud2(char **argv)
{
	u8 *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const u8 *start = (const u8 *)looks_bare_cpuid;
	cpuid_fn *copy = (cpuid_fn *)page;

	(void)argv;
	REQUIRE(page != MAP_FAILED);
	printf("file: signal %d\n", signal_of(looks_ud2));
	memcpy(page, start, 64);
	print_leaf(copy, 7, 0);
	memcpy(page, "\x0f\x0b\xc3", 3);
	printf("anonymous: signal %d\n", signal_of((void (*)(void))page));
	return 0;
}

/* Compares a segment with its file: every difference must be UD2 for CPUID. */
static unsigned int compare(const char *path, const u8 *memory, const Elf64_Phdr *segment)
{
	u8 *file = malloc(segment->p_filesz);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int replaced = 0;

	REQUIRE(file && fd >= 0);
	REQUIRE(pread(fd, file, segment->p_filesz, (off_t)segment->p_offset) == (ssize_t)segment->p_filesz);
	close(fd);
	for (u64 i = 0; i < segment->p_filesz; i++) {
		if (memory[i] == file[i])
			continue;
		if (!i || memcmp(memory + i - 1, "\x0f\x0b", 2) || memcmp(file + i - 1, "\x0f\xa2", 2))
			printf("changed: %s: %#llx is %02x, in the file %02x\n", path,
			       (unsigned long long)(segment->p_vaddr + i), memory[i], file[i]);
		replaced++;
	}
	free(file);
	return replaced;
}

static int compare_object(struct dl_phdr_info *object, size_t size, void *arg)
{
	const char *path = *object->dlpi_name ? object->dlpi_name : "/proc/self/exe";
	unsigned int replaced = 0;

	(void)size;
	(void)arg;
	if (*path != '/')
		return 0;	/* the vDSO */
	for (unsigned int i = 0; i < object->dlpi_phnum; i++) {
		const Elf64_Phdr *segment = &object->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X))
			replaced += compare(path, (const u8 *)(object->dlpi_addr + segment->p_vaddr), segment);
	}
	printf("object %s: %u\n", path, replaced);
	return 0;
}

static void print_place(const char *name, const u8 *at)
{
	printf("%s: %02x %02x\n", name, at[0], at[1]);
}

static int role_text(char **argv)
{
	void *library = dlopen(argv[0], RTLD_NOW);

	REQUIRE(library);
	dl_iterate_phdr(compare_object, NULL);
	print_place("site", looks_site);
	print_place("bare site", looks_bare_site);
	print_place("table", looks_table);
	printf("values: %x %llx %x\n", looks_immediate(), (unsigned long long)looks_displacement(1),
	       looks_data());
	dlclose(library);
	return 0;
}

static int role_exit(char **argv)
{
	return atoi(argv[0]);
}

static int role_kill(char **argv)
{
	return raise(atoi(argv[0]));
}

static int role_sleep(char **argv)
{
	(void)argv;
	printf("sleeping %d\n", getpid());
	fflush(stdout);
	pause();
	return 0;
}

static const struct role {
	const char *name;
	int (*play)(char **argv);
	int arguments;		/* at least */
} roles[] = {
	{ "leaves", role_leaves, 2 }, { "bare", role_bare, 0 }, { "children", role_children, 0 },
	{ "library", role_library, 1 }, { "ud2", role_ud2, 0 }, { "text", role_text, 1 },
	{ "exit", role_exit, 1 }, { "kill", role_kill, 1 }, { "sleep", role_sleep, 0 },
};

int play_role(char **argv)
{
	int arguments = 0;

	while (argv[2 + arguments])
		arguments++;
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (!strcmp(argv[1], roles[i].name) && arguments >= roles[i].arguments)
			return roles[i].play(argv + 2);
	fprintf(stderr, "%s: no such role\n", argv[1]);
	return 2;
}
