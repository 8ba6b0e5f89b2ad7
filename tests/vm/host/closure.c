// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a program needs to start. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "closure.h"
#include "fail.h"

#define SCRIPTS_MAX	5	/* scripts whose interpreter is a script, as in Linux */

extern char **environ;

static bool is_program(const char *path)
{
	struct stat info;

	return !stat(path, &info) && S_ISREG(info.st_mode) && !access(path, X_OK);
}

static char *absolute(const char *path)
{
	char *cwd, *result;

	if (*path == '/')
		return must_format("%s", path);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		fail("the current directory: %s", strerror(errno));
	result = must_format("%s/%s", cwd, path);
	free(cwd);
	return result;
}

char *find_program(const char *name)
{
	const char *path = getenv("PATH");
	struct stat info;

	if (strchr(name, '/')) {
		if (stat(name, &info))
			fail("%s: %s", name, strerror(errno));
		if (!is_program(name))
			fail("%s: not an executable file", name);
		return absolute(name);
	}
	while (path && *path) {
		size_t length = strcspn(path, ":");
		char *candidate = length ? must_format("%.*s/%s", (int)length, path, name) :
					   must_format("./%s", name);

		if (is_program(candidate))
			return absolute(candidate);
		free(candidate);
		path += length + (path[length] == ':');
	}
	fail("%s: no such program in PATH", name);
}

/* The name in PT_INTERP: NULL where there is none, as in static programs. */
static char *elf_interpreter(const char *path, const unsigned char *start, size_t size)
{
	const Elf64_Ehdr *header = (const void *)start;
	Elf64_Phdr segment;
	char *name = NULL;
	int fd;

	if (size < sizeof(*header) || header->e_ident[EI_CLASS] != ELFCLASS64 ||
	    header->e_machine != EM_X86_64)
		fail("%s: not a program for x86-64", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < header->e_phnum && !name; i++) {
		if (pread(fd, &segment, sizeof(segment), (off_t)(header->e_phoff +
			  (Elf64_Off)i * sizeof(segment))) != sizeof(segment))
			break;
		if (segment.p_type != PT_INTERP || segment.p_filesz >= PATH_MAX)
			continue;
		name = must_alloc(segment.p_filesz + 1);
		if (pread(fd, name, segment.p_filesz, (off_t)segment.p_offset) !=
		    (ssize_t)segment.p_filesz)
			fail("%s: cannot read its interpreter's name", path);
	}
	if (fd >= 0)
		close(fd);
	return name;
}

/* Packs each library in the loader's own list: "name => path (address)". */
static void pack_libraries(struct archive *archive, const char *loader, const char *path)
{
	char *argv[] = { (char *)loader, "--list", (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], status, error;
	char *line = NULL;
	size_t size = 0;
	FILE *list;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		fail("pipe: %s", strerror(errno));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	error = posix_spawn(&pid, loader, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		fail("cannot run %s: %s", loader, strerror(error));
	close(ends[1]);
	list = fdopen(ends[0], "r");
	while (list && getline(&line, &size, list) > 0) {
		char *start = line + strspn(line, " \t"), *end = strrchr(line, '(');
		char *arrow = strstr(line, "=> ");

		if (strstr(line, "not found"))
			fail("%s needs a library that is not here: %.*s", path,
			     (int)strcspn(start, " \n"), start);
		start = arrow ? arrow + 3 : start;
		if (*start != '/' || !end)
			continue;	/* the vDSO, or "statically linked" */
		end[-1] = '\0';
		archive_host_path(archive, start);
	}
	free(line);
	if (list)
		fclose(list);
	if (waitpid(pid, &status, 0) != pid || status)
		fail("%s: its loader cannot list its libraries", path);
}

static void pack(struct archive *archive, const char *path, int depth);

/* "#! INTERPRETER [ARGUMENT]"; env's argument is a program, too. */
static void pack_script(struct archive *archive, const char *path, char *line, int depth)
{
	char *interpreter, *argument, *rest;

	line[strcspn(line, "\n")] = '\0';
	interpreter = strtok_r(line + 2, " \t", &rest);
	if (!interpreter)
		fail("%s: a script without an interpreter", path);
	if (depth >= SCRIPTS_MAX)
		fail("%s: too many scripts run each other", path);
	pack(archive, interpreter, depth + 1);
	argument = strtok_r(NULL, " \t", &rest);
	if (argument && !strcmp(basename(interpreter), "env")) {
		if (!strcmp(argument, "-S"))
			argument = strtok_r(NULL, " \t", &rest);
		if (argument && *argument != '-' && !strchr(argument, '='))
			pack(archive, find_program(argument), depth + 1);
	}
}

static void pack(struct archive *archive, const char *path, int depth)
{
	_Alignas(Elf64_Ehdr) unsigned char start[4096] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : read(fd, start, sizeof(start) - 1);
	char *loader;

	if (got < 0)
		fail("cannot read %s: %s", path, strerror(errno));
	close(fd);
	archive_host_path(archive, path);
	if (got >= SELFMAG && !memcmp(start, ELFMAG, SELFMAG)) {
		loader = elf_interpreter(path, start, (size_t)got);
		if (!loader)
			return;
		archive_host_path(archive, loader);
		pack_libraries(archive, loader, path);
		free(loader);
	} else if (got >= 2 && !memcmp(start, "#!", 2)) {
		pack_script(archive, path, (char *)start, depth);
	}
}

void pack_library(struct archive *archive, const char *path)
{
	static const char loader[] = "/lib64/ld-linux-x86-64.so.2";

	archive_host_path(archive, path);
	archive_host_path(archive, loader);
	pack_libraries(archive, loader, path);
}

void pack_program(struct archive *archive, const char *path)
{
	pack(archive, path, 0);
}
