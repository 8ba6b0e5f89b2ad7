// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow exec: a program to which CPUID shows an SGX2 machine (R38). */
#include <dlfcn.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "cmd.h"
#include "program.h"

#define LIBRARY		"libavow-cpuid.so"

static void usage(FILE *to)
{
	fputs("Usage: avow exec [--verbose] [--] PROGRAM [ARG...]\n\n"
	      "Runs a program, and its children, so that the CPUID instruction shows an SGX2 machine\n"
	      "whose enclave memory is Avow's. Not covered: programs that are static or setuid, or that\n"
	      "are started with an empty environment; functions without unwind information; what the\n"
	      "dynamic loader has asked before it loads anything.\n\n"
	      "  --verbose   say for each object what was done\n"
	      "  --help      this text\n\n"
	      "Exit status: the program's; 1 if it was not started; 2 for wrong usage.\n", to);
}

/* Where it is beside this command: as it is built, and as it is installed. */
static int find_library(char path[PATH_MAX])
{
	static const char *const places[] = { "../lib/avow/" LIBRARY, LIBRARY };
	char self[PATH_MAX / 2], candidate[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0 || length >= (ssize_t)sizeof(self) - 1) {
		complain("exec: /proc/self/exe: %s", strerror(length < 0 ? errno : ENAMETOOLONG));
		return -1;
	}
	self[length] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(candidate, sizeof(candidate), "%s/%s", self, places[i]);
		if (realpath(candidate, path))
			return 0;
	}
	complain("exec: %s is neither in %s/../lib/avow nor in %s", LIBRARY, self, self);
	return -1;
}

/* The loader only mentions an audit library that does not load, and runs the program. */
static int check_library(const char *path)
{
	void *library;

	if (strchr(path, ':')) {
		complain("exec: %s: a colon in its path separates libraries in LD_AUDIT", path);
		return -1;
	}
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		complain("exec: %s", dlerror());
		return -1;
	}
	dlclose(library);
	return 0;
}

static int set_environment(const char *library, bool verbose)
{
	const char *before = getenv("LD_AUDIT");
	char *value = NULL;
	int err = 0;

	if (asprintf(&value, "%s%s%s", library, before && *before ? ":" : "",
		     before && *before ? before : "") < 0 || setenv("LD_AUDIT", value, 1))
		err = -1;
	free(value);
	if (verbose ? setenv("AVOW_EXEC_VERBOSE", "1", 1) : unsetenv("AVOW_EXEC_VERBOSE"))
		err = -1;
	if (err)
		complain("exec: %s", strerror(errno));
	return err;
}

static int run_program(char **argv, bool verbose)
{
	char library[PATH_MAX], *path = program_find(argv[0]);
	const char *why;

	if (!path || program_check(path) || find_library(library) || check_library(library))
		goto out;
	if (answer_begin(&why) == ANSWER_NONE) {
		complain("exec: %s; %s was not started", why, argv[0]);
		goto out;
	}
	if (set_environment(library, verbose))
		goto out;
	complain("CPUID shows Avow's SGX to %s and its children; not to static or setuid programs, without LD_AUDIT "
		 "in the environment, in functions without unwind information, or early in the dynamic loader",
		 argv[0]);
	execv(path, argv);
	complain("exec: %s: %s", path, strerror(errno));
out:
	free(path);
	return EXIT_FAILURE;
}

int cmd_exec(int argc, char **argv)
{
	static const struct option options[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool verbose = false;
	int option;

	opterr = 0;
	/* "+": the options behind the program are the program's. */
	while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		switch (option) {
		case 'v':
			verbose = true;
			break;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			complain("exec: unknown option %s; see avow exec --help", argv[optind - 1]);
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		complain("exec: no program to run; see avow exec --help");
		return EXIT_USAGE;
	}
	return run_program(argv + optind, verbose);
}
