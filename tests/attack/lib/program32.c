// SPDX-License-Identifier: LGPL-2.1-or-later
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "program32.h"

/* NARROW: the program's file, from the Makefile. */
__asm__(".pushsection .rodata\n"
	"program32_begin: .incbin \"" NARROW "\"\n"
	".balign 4\n"
	"program32_size: .long . - program32_begin\n"
	".popsection\n");

extern const u8 program32_begin[];
extern const u32 program32_size;

/* A header that says nothing in the place of that of the stack. */
static void without_stack(u8 *image)
{
	const Elf32_Ehdr *header = (const void *)image;
	Elf32_Phdr *part = (void *)(image + header->e_phoff);
	int i, found = 0;

	for (i = 0; i < header->e_phnum; i++)
		if (part[i].p_type == PT_GNU_STACK) {
			part[i].p_type = PT_NULL;
			found++;
		}
	REQUIRE(found == 1);
}

static int make(bool implied_exec)
{
	const size_t size = program32_size;
	int fd = memfd_create("narrow", MFD_CLOEXEC);
	u8 *image = malloc(size);

	REQUIRE(fd >= 0 && image);
	memcpy(image, program32_begin, size);
	if (implied_exec)
		without_stack(image);
	REQUIRE(write(fd, image, size) == (ssize_t)size);
	free(image);
	return fd;
}

static _Noreturn void become(int program, int fd, char *verb, u64 where, u32 rights, u8 byte)
{
	char number[4][20];
	char *const argv[] = {
		"narrow", verb, number[0], number[1], number[2], number[3], NULL
	};

	snprintf(number[0], sizeof(number[0]), "%x", fd);
	snprintf(number[1], sizeof(number[1]), "%llx", (unsigned long long)where);
	snprintf(number[2], sizeof(number[2]), "%x", rights);
	snprintf(number[3], sizeof(number[3]), "%x", byte);
	REQUIRE(!fcntl(fd, F_SETFD, 0));
	fexecve(program, argv, environ);
	could_not_try("the 32-bit program: %s", strerror(errno));
}

static int run_it(bool implied_exec, struct scene *s, const char *verb, u64 where, u32 rights,
		  u8 byte)
{
	int program = make(implied_exec), status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (!pid)
		become(program, s->e.fd, (char *)verb, where, rights, byte);
	REQUIRE(waitpid(pid, &status, 0) == pid);
	close(program);
	if (!WIFSIGNALED(status))
		return -WEXITSTATUS(status);
	if (WTERMSIG(status) != SIGSEGV && WTERMSIG(status) != SIGBUS)
		could_not_try("the 32-bit program died of SIG%s", sigabbrev_np(WTERMSIG(status)));
	return -EFAULT;
}

int program32(struct scene *s, const char *verb, u64 where, u32 rights, u8 byte)
{
	return run_it(false, s, verb, where, rights, byte);
}

int program32_implied_exec(struct scene *s, const char *verb, u64 where, u32 rights, u8 byte)
{
	return run_it(true, s, verb, where, rights, byte);
}

void program32_scene(struct scene *s, u32 rwx, u32 intent)
{
	const struct avow_params params = { .base = PROGRAM32_BASE };

	scene_image_with(s, 1, &params);
	scene_add_intent(s, s->play, 1, rwx, intent);
	scene_init(s);
}
