// SPDX-License-Identifier: LGPL-2.1-or-later
/* The initramfs: init, busybox, kernel modules, avow.ko, programs, the job. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../job.h"
#include "closure.h"
#include "fail.h"
#include "machine.h"

/* Like Debian's: the four directories of programs and libraries live in /usr. */
static void add_skeleton(struct archive *archive)
{
	static const char *const merged[] = { "bin", "sbin", "lib", "lib64" };
	static const char *const directories[] = {
		"/dev", "/etc", "/home", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/sys",
		"/var", JOB_DIR, GUEST_TESTS, GUEST_DATA,
	};
	static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
				     "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n";
	static const char group[] = "root:x:0:\nnogroup:x:65534:\n";
	static const char hosts[] = "127.0.0.1 localhost avow\n";

	for (size_t i = 0; i < sizeof(merged) / sizeof(merged[0]); i++) {
		archive_dir(archive, must_format("/usr/%s", merged[i]), 0755);
		archive_link(archive, must_format("/%s", merged[i]),
			     must_format("usr/%s", merged[i]));
	}
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		archive_dir(archive, directories[i], 0755);
	archive_dir(archive, "/tmp", 01777);
	archive_dir(archive, "/var/tmp", 01777);
	/* init's first standard output, before it mounts /dev. */
	archive_char_device(archive, "/dev/console", 0600, 5, 1);
	archive_data(archive, "/etc/passwd", 0644, passwd, strlen(passwd));
	archive_data(archive, "/etc/group", 0644, group, strlen(group));
	archive_data(archive, "/etc/hosts", 0644, hosts, strlen(hosts));
}

/* After everything of the host's, whose tools are better where both are. */
static void add_busybox(struct archive *archive, const char *busybox)
{
	char *command = must_format("'%s' --list", busybox), name[256];
	FILE *list = popen(command, "r");

	archive_file(archive, "/usr/bin/busybox", busybox);
	while (list && fgets(name, sizeof(name), list)) {
		name[strcspn(name, "\n")] = '\0';
		archive_link(archive, must_format("/usr/bin/%s", name), "busybox");
	}
	if (!list || pclose(list))
		fail("cannot list the commands of %s", busybox);
	free(command);
}

static void add_modules(struct archive *archive, const struct options *options)
{
	char names[8192];
	size_t used = 0;

	for (size_t i = 0; i < options->load.count; i++) {
		char *name = must_format("/lib/modules/%s/%s", options->release,
					 basename(options->load.items[i]));

		archive_file(archive, must_format("/usr%s", name), options->load.items[i]);
		if (used + strlen(name) + 1 > sizeof(names))
			fail("too many kernel modules");
		memcpy(names + used, name, strlen(name) + 1);
		used += strlen(name) + 1;
	}
	archive_data(archive, JOB_LOAD, 0644, names, used);
	if (options->module)
		archive_file(archive, "/usr" GUEST_MODULE, options->module);
}

/* One of the job's files: a list, with a NUL after each item. */
struct job_file {
	char *data;
	size_t size;
};

static void job_add(struct job_file *file, const char *item)
{
	size_t length = strlen(item) + 1;

	file->data = realloc(file->data, file->size + length);
	if (!file->data)
		fail("out of memory");
	memcpy(file->data + file->size, item, length);
	file->size += length;
}

static void job_write(struct archive *archive, const char *path, struct job_file *file)
{
	archive_data(archive, path, 0644, file->data, file->size);
	free(file->data);
}

static void job_line(struct archive *archive, const char *path, const char *line)
{
	archive_data(archive, path, 0644, line, strlen(line));
}

static void add_data(struct archive *archive, const struct options *options)
{
	for (size_t i = 0; i < options->data.count; i++)
		archive_tree(archive, GUEST_DATA, options->data.items[i]);
	for (size_t i = 0; i < options->extra.count; i++) {
		char *from = must_format("%s", options->extra.items[i]);
		char *to = strchr(from, '=');

		if (!to || to[1] != '/')
			fail("not HOST=GUEST: %s", from);
		*to++ = '\0';
		archive_file(archive, to, from);
		free(from);
	}
}

static void add_programs(struct archive *archive, const struct options *options)
{
	for (size_t i = 0; i < options->programs.count; i++) {
		char *copy = must_format("%s", options->programs.items[i]), *rest;
		char *name = strtok_r(copy, "=", &rest), *program = strtok_r(NULL, "=", &rest);

		if (!name || !program)
			fail("not NAME=PROGRAM: %s", options->programs.items[i]);
		archive_file(archive, must_format(GUEST_TESTS "/%s", name), program);
		pack_program(archive, program);
		free(copy);
	}
}

/* What programs are run by; in the host's file system it is there already. */
static void add_by(struct archive *archive, const struct options *options)
{
	struct job_file job = { 0 };

	for (size_t i = 0; i < options->by.count; i++)
		job_add(&job, options->by.items[i]);
	if (options->by.count && !options->root)
		pack_program(archive, options->by.items[0]);
	job_write(archive, JOB_BY, &job);
	for (size_t i = 0; i < options->libraries.count && !options->root; i++)
		pack_library(archive, options->libraries.items[i]);
}

/* NAME=PROGRAM=SECONDS; the program is known in the guest by the test's name. */
static void add_tests(struct archive *archive, const struct options *options)
{
	struct job_file job = { 0 };

	for (size_t i = 0; i < options->tests.count; i++) {
		char *copy = must_format("%s", options->tests.items[i]), *rest;
		char *name = strtok_r(copy, "=", &rest), *program = strtok_r(NULL, "=", &rest);
		char *word = strtok_r(NULL, "=", &rest), *path;
		unsigned long seconds = word ? strtoul(word, NULL, 10) * options->slow : 0;

		if (!name || !program || !seconds)
			fail("not NAME=PROGRAM=SECONDS: %s", options->tests.items[i]);
		path = must_format(GUEST_TESTS "/%s", name);
		archive_file(archive, path, program);
		pack_program(archive, program);
		job_add(&job, name);
		job_add(&job, path);
		job_add(&job, must_format("%lu", seconds));
		free(copy);
	}
	job_write(archive, JOB_TESTS, &job);
}

/* What init adds to its own choice. */
static void add_test_environment(struct archive *archive, const struct options *options)
{
	struct job_file job = { 0 };

	for (size_t i = 0; i < options->env.count; i++)
		job_add(&job, options->env.items[i]);
	job_write(archive, JOB_ENV, &job);
}

static void add_shares(struct archive *archive, const struct options *options)
{
	struct job_file job = { 0 };

	for (size_t i = 0; i < options->shares.count; i++) {
		if (options->no_9p) {
			archive_tree(archive, options->shares.items[i], options->shares.items[i]);
			continue;
		}
		job_add(&job, must_format("share%zu", i));
		job_add(&job, options->shares.items[i]);
	}
	job_write(archive, JOB_SHARES, &job);
	if (options->root)
		job_line(archive, JOB_ROOT, "root");
	if (options->boot)
		job_line(archive, JOB_BOOT, "");
}

static void add_environment(struct archive *archive, bool shell)
{
	static const char *const passed[] = {
		"TERM", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "COLUMNS", "LINES",
	};
	struct job_file job = { 0 };

	job_add(&job, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:"
		GUEST_TESTS);
	job_add(&job, "HOME=/root");
	job_add(&job, "USER=root");
	job_add(&job, "LOGNAME=root");
	job_add(&job, "SHELL=/bin/sh");
	job_add(&job, "TMPDIR=/tmp");
	job_add(&job, "AVOW_KO=" GUEST_MODULE);
	job_add(&job, "AVOW_DATA=" GUEST_DATA);
	if (shell)
		job_add(&job, "PS1=avow# ");
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++)
		if (getenv(passed[i]))
			job_add(&job, must_format("%s=%s", passed[i], getenv(passed[i])));
	job_write(archive, JOB_ENV, &job);
}

/* The program to run: under its own path, so that it finds itself. */
static void add_program(struct archive *archive, const struct options *options)
{
	static char *shell[] = { "sh", "-i", NULL };
	bool is_shell = !strcmp(options->mode, "shell");
	char **argv = is_shell ? shell : options->argv;
	char *file = is_shell ? must_format("/bin/sh") :
		     options->boot ? argv[0] : find_program(argv[0]);
	char *cwd = is_shell ? must_format(GUEST_TESTS) :
		    options->boot ? must_format("/") : getcwd(NULL, 0);
	struct job_file job = { 0 };

	if (!cwd)
		fail("the current directory: %s", strerror(errno));
	if (!is_shell && !options->root)
		pack_program(archive, file);
	for (size_t i = 0; i < options->by.count; i++) {
		/* The file to execute, then all of its arguments, its name first. */
		if (!i)
			job_add(&job, options->by.items[0]);
		job_add(&job, options->by.items[i]);
	}
	job_add(&job, file);
	/* Behind another program's arguments the file is the name, too. */
	if (options->by.count)
		argv++;
	for (; *argv; argv++)
		job_add(&job, *argv);
	job_write(archive, JOB_ARGV, &job);
	job_line(archive, JOB_CWD, cwd);
	/* Where a system boots, the module is its own, and is not ours to unload. */
	if (options->checks && !options->boot)
		job_line(archive, JOB_CHECKS, "");
	add_environment(archive, is_shell);
}

int build_image(const struct options *options, uint64_t *size)
{
	struct archive *archive = archive_new();
	char *params = must_format("%s", "");

	add_skeleton(archive);
	archive_file(archive, "/init", options->init);
	job_line(archive, JOB_MODE, options->mode);
	for (size_t i = 0; i < options->module_args.count; i++)
		params = must_format("%s%s%s", params, i ? " " : "", options->module_args.items[i]);
	job_line(archive, JOB_PARAMS, params);
	add_modules(archive, options);
	add_data(archive, options);
	add_programs(archive, options);
	add_by(archive, options);
	add_tests(archive, options);
	add_shares(archive, options);
	if (options->detect)
		job_line(archive, JOB_DETECT, "");
	if (strcmp(options->mode, "suite"))
		add_program(archive, options);
	else
		add_test_environment(archive, options);
	add_busybox(archive, options->busybox);
	return archive_finish(archive, size);
}
