// SPDX-License-Identifier: LGPL-2.1-or-later
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cmd.h"
#include "program.h"

#define SCRIPTS_MAX	5	/* scripts whose interpreter is a script, as in Linux */
#define LOADER		"ld-linux-x86-64.so"
#define HEAD_SIZE	256	/* of a script, what Linux reads of it */

static bool executable(const char *path)
{
	struct stat info;

	return !stat(path, &info) && S_ISREG(info.st_mode) && !access(path, X_OK);
}

static char *must_copy(char *text)
{
	if (!text)
		complain("exec: %s", strerror(ENOMEM));
	return text;
}

char *program_find(const char *name)
{
	const char *path = getenv("PATH");
	char candidate[PATH_MAX];
	int length;

	if (strchr(name, '/')) {
		if (executable(name))
			return must_copy(strdup(name));
		complain("exec: %s: %s", name, access(name, X_OK) ? strerror(errno) : "not a program");
		return NULL;
	}
	for (; path && *name; path = *path ? path + 1 : NULL) {
		length = (int)strcspn(path, ":");
		if ((size_t)snprintf(candidate, sizeof(candidate), "%.*s%s%s", length, path,
				     length ? "/" : "./", name) < sizeof(candidate) && executable(candidate))
			return must_copy(strdup(candidate));
		path += length;
	}
	complain("exec: %s: no such program in PATH", name);
	return NULL;
}

/* The loader of such a program takes nothing from the environment. */
static bool gains_privileges(int fd, const struct stat *info)
{
	if ((info->st_mode & S_ISUID) && info->st_uid != getuid())
		return true;
	if ((info->st_mode & S_ISGID) && (info->st_mode & S_IXGRP) && info->st_gid != getgid())
		return true;
	return getuid() && fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

/* The name in PT_INTERP; false where there is none. */
static bool read_interpreter(int fd, const Elf64_Ehdr *header, char name[PATH_MAX])
{
	Elf64_Phdr segment;
	off_t at;

	for (unsigned int i = 0; i < header->e_phnum; i++) {
		at = (off_t)(header->e_phoff + i * sizeof(segment));
		if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
			return false;
		if (segment.p_type != PT_INTERP || segment.p_filesz >= PATH_MAX)
			continue;
		memset(name, 0, PATH_MAX);
		return pread(fd, name, segment.p_filesz, (off_t)segment.p_offset) ==
		       (ssize_t)segment.p_filesz;
	}
	return false;
}

static int check_elf(const char *path, int fd, const Elf64_Ehdr *header)
{
	char interpreter[PATH_MAX];
	const char *name;

	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64 ||
	    header->e_phentsize != sizeof(Elf64_Phdr)) {
		complain("exec: %s: not a program for x86-64", path);
		return -1;
	}
	if (!read_interpreter(fd, header, interpreter)) {
		complain("exec: %s: statically linked; CPUID can be answered only in dynamically linked programs",
			 path);
		return -1;
	}
	name = strrchr(interpreter, '/') ? strrchr(interpreter, '/') + 1 : interpreter;
	if (strncmp(name, LOADER, strlen(LOADER))) {
		complain("exec: %s: its dynamic loader, %s, is not glibc's and loads no audit library", path,
			 interpreter);
		return -1;
	}
	return 0;
}

static int check(const char *path, unsigned int depth);

/* "#! INTERPRETER [ARGUMENT]" */
static int check_script(const char *path, char *head, unsigned int depth)
{
	char *interpreter, *rest;

	head[strcspn(head, "\n")] = '\0';
	interpreter = strtok_r(head + 2, " \t", &rest);
	if (!interpreter || depth >= SCRIPTS_MAX) {
		complain("exec: %s: a script without an interpreter", path);
		return -1;
	}
	return check(interpreter, depth + 1);
}

static int check(const char *path, unsigned int depth)
{
	union {
		Elf64_Ehdr elf;
		char text[HEAD_SIZE + 1];
	} head = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = -1;
	struct stat info;
	ssize_t got;

	if (fd < 0) {
		complain("exec: %s: %s", path, strerror(errno));
		return -1;
	}
	got = pread(fd, head.text, HEAD_SIZE, 0);
	if (got < 0 || fstat(fd, &info))
		complain("exec: %s: %s", path, strerror(errno));
	else if (got >= 2 && !memcmp(head.text, "#!", 2))
		result = check_script(path, head.text, depth);
	else if ((size_t)got < sizeof(head.elf) || memcmp(head.text, ELFMAG, SELFMAG))
		complain("exec: %s: neither a program nor a script that names its interpreter", path);
	else if (gains_privileges(fd, &info))
		complain("exec: %s: setuid, setgid or with capabilities; such a program loads no audit library",
			 path);
	else
		result = check_elf(path, fd, &head.elf);
	close(fd);
	return result;
}

int program_check(const char *path)
{
	return check(path, 0);
}
