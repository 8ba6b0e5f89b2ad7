// SPDX-License-Identifier: LGPL-2.1-or-later
/* Boots a virtual machine for a purpose; ./dev is its only user. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "machine.h"

enum key {
	KEY_KERNEL = 256, KEY_RELEASE, KEY_INIT, KEY_BUSYBOX, KEY_MODULE, KEY_LOAD, KEY_MEM,
	KEY_CPUS, KEY_TIMEOUT, KEY_KERNEL_ARG, KEY_MODULE_ARG, KEY_SHARE, KEY_HOST_ROOT, KEY_ROOT, KEY_NO_9P,
	KEY_VERBOSE, KEY_CHECKS, KEY_STRICT, KEY_TEST, KEY_DATA, KEY_EXTRA, KEY_EXPECT, KEY_TOTALS,
	KEY_TITLE, KEY_PROGRAM, KEY_BY, KEY_LIBRARY, KEY_CPU, KEY_ICOUNT,
	KEY_ONE_THREAD, KEY_ENV, KEY_OUTPUT, KEY_DETECT, KEY_SLOW,
};

static const struct argp_option keys[] = {
	{ "kernel", KEY_KERNEL, "FILE", 0, "the kernel's image", 0 },
	{ "release", KEY_RELEASE, "NAME", 0, "the kernel's release", 0 },
	{ "init", KEY_INIT, "FILE", 0, "init of the virtual machine", 0 },
	{ "busybox", KEY_BUSYBOX, "FILE", 0, "a static busybox", 0 },
	{ "module", KEY_MODULE, "FILE", 0, "avow.ko; without it, none is loaded", 0 },
	{ "load", KEY_LOAD, "FILE", 0, "a module of the kernel, to be loaded in this order", 0 },
	{ "mem", KEY_MEM, "MIB", 0, "memory (default: 1024 and what the files need)", 0 },
	{ "cpus", KEY_CPUS, "N", 0, "processors (default: 2)", 0 },
	{ "cpu", KEY_CPU, "MODEL", 0, "the CPU, as QEMU takes it (default: " CPU_DEFAULT ")", 0 },
	{ "icount", KEY_ICOUNT, NULL, 0,
	  "one nanosecond and one tick of the TSC for each instruction; needs --cpus 1", 0 },
	{ "one-thread", KEY_ONE_THREAD, NULL, 0, "emulate the processors by turns, in one thread", 0 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0, "end everything after this time", 0 },
	{ "kernel-arg", KEY_KERNEL_ARG, "ARG", 0, "add to the kernel's command line", 0 },
	{ "module-arg", KEY_MODULE_ARG, "ARG", 0, "parameter for avow.ko", 0 },
	{ "share", KEY_SHARE, "DIR", 0, "a directory to be at the same path in the guest", 0 },
	{ "host-root", KEY_HOST_ROOT, NULL, 0, "run in the host's file system, writes discarded",
	  0 },
	{ "root", KEY_ROOT, "DIR", 0,
	  "boot the system in DIR, writes discarded; the program, of DIR, runs beside its init", 0 },
	{ "no-9p", KEY_NO_9P, NULL, 0, "the kernel has no 9p: copy shared directories", 0 },
	{ "verbose", KEY_VERBOSE, NULL, 0, "show the guest's console", 0 },
	{ "checks", KEY_CHECKS, NULL, 0,
	  "panic on a warning, poison memory; run: what the kernel has to say, and what is left of"
	  " avow.ko, fails the run", 0 },
	{ "detect", KEY_DETECT, NULL, 0, "with --checks: ask kmemleak and lockdep, too; they must be there", 0 },
	{ "slow", KEY_SLOW, "N", 0, "suite: everything may take N times longer", 0 },
	{ "strict-skips", KEY_STRICT, NULL, 0, "a skipped test is a failure", 0 },
	{ "test", KEY_TEST, "NAME=PROGRAM=SECONDS", 0, "suite: run this test", 0 },
	{ "env", KEY_ENV, "NAME=VALUE", 0, "suite: in the environment of tests", 0 },
	{ "output", KEY_OUTPUT, NULL, 0, "suite: show what tests print", 0 },
	{ "program", KEY_PROGRAM, "NAME=PROGRAM", 0, "one more program in the tests' directory", 0 },
	{ "by", KEY_BY, "WORD", 0, "run programs by this one; repeated: its arguments before theirs", 0 },
	{ "library", KEY_LIBRARY, "FILE", 0, "a shared library that is loaded later", 0 },
	{ "data", KEY_DATA, "DIR", 0, "files for the tests", 0 },
	{ "extra", KEY_EXTRA, "HOST=GUEST", 0, "one more file", 0 },
	{ "expect", KEY_EXPECT, "TEST=TABLE", 0, "suite: compare with expected outcomes", 0 },
	{ "totals", KEY_TOTALS, "FILE", 0, "suite: append passed, failed, skipped", 0 },
	{ "title", KEY_TITLE, "WORD", 0, "suite: what is printed before a test's name", 0 },
	{ 0 },
};

static unsigned int number(struct argp_state *state, const char *text, unsigned long most)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || !value || value > most)
		argp_error(state, "'%s' is not a number from 1 to %lu", text, most);
	return (unsigned int)value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case KEY_KERNEL: options->kernel = argument; break;
	case KEY_RELEASE: options->release = argument; break;
	case KEY_INIT: options->init = argument; break;
	case KEY_BUSYBOX: options->busybox = argument; break;
	case KEY_MODULE: options->module = argument; break;
	case KEY_LOAD: list_add(&options->load, argument); break;
	case KEY_MEM: options->memory = number(state, argument, 1 << 20); break;
	case KEY_CPUS: options->cpus = number(state, argument, 64); break;
	case KEY_CPU: options->cpu = argument; break;
	case KEY_ICOUNT: options->icount = true; break;
	case KEY_TIMEOUT: options->timeout = number(state, argument, 1 << 20); break;
	case KEY_KERNEL_ARG: list_add(&options->kernel_args, argument); break;
	case KEY_MODULE_ARG: list_add(&options->module_args, argument); break;
	case KEY_SHARE: list_add(&options->shares, argument); break;
	case KEY_HOST_ROOT: options->root = "/"; break;
	case KEY_ROOT:
		options->root = argument;
		options->boot = true;
		break;
	case KEY_NO_9P: options->no_9p = true; break;
	case KEY_VERBOSE: options->verbose = true; break;
	case KEY_ONE_THREAD: options->one_thread = true; break;
	case KEY_CHECKS: options->checks = true; break;
	case KEY_DETECT: options->detect = true; break;
	case KEY_SLOW: options->slow = number(state, argument, 100); break;
	case KEY_STRICT: options->strict_skips = true; break;
	case KEY_TEST: list_add(&options->tests, argument); break;
	case KEY_ENV: list_add(&options->env, argument); break;
	case KEY_OUTPUT: options->output = true; break;
	case KEY_PROGRAM: list_add(&options->programs, argument); break;
	case KEY_BY: list_add(&options->by, argument); break;
	case KEY_LIBRARY: list_add(&options->libraries, argument); break;
	case KEY_DATA: list_add(&options->data, argument); break;
	case KEY_EXTRA: list_add(&options->extra, argument); break;
	case KEY_EXPECT: list_add(&options->expect, argument); break;
	case KEY_TOTALS: options->totals = argument; break;
	case KEY_TITLE: options->title = argument; break;
	case ARGP_KEY_ARGS:
		options->mode = state->argv[state->next];
		options->argv = state->argv + state->next + 1;
		break;
	case ARGP_KEY_NO_ARGS:
		argp_usage(state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static void check(const struct options *options)
{
	if (!options->kernel || !options->release || !options->init || !options->busybox)
		fail("--kernel, --release, --init and --busybox are needed");
	if (options->icount && options->cpus != 1)
		fail("instructions are counted on one processor: --icount needs --cpus 1");
	if (options->no_9p && options->root)
		fail("this kernel has no 9p, which --host-root and --root need");
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		keys, parse, "suite\nrun PROGRAM [ARG...]\nshell\nlocal PROGRAM [ARG...]",
		"Boot a virtual machine with a stock kernel and avow.ko: for tests (suite), for a "
		"program, or for a shell. Or report the tests of a local program.", NULL, NULL, NULL,
	};
	struct options options = { .cpus = 2, .slow = 1, .cpu = CPU_DEFAULT, .title = "guest" };

	argp_err_exit_status = EXIT_MACHINE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &options))
		return EXIT_MACHINE;
	if (!strcmp(options.mode, "local") && *options.argv)
		return local_run(&options);
	check(&options);
	if (!strcmp(options.mode, "suite") && options.tests.count)
		return suite_run(&options);
	if (!strcmp(options.mode, "run") && *options.argv)
		return program_run(&options);
	if (!strcmp(options.mode, "shell"))
		return program_run(&options);
	fail("nothing to do: suite with --test, run or local with a program, or shell");
}
