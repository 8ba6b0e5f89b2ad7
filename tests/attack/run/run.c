// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "list.h"
#include "../lib/protocol.h"
#include "run.h"

#define PARAMETER	"/sys/module/avow/parameters/hole"
#define PINS		"/sys/fs/bpf/avow/live"	/* of a policy in force */
#define SECONDS		300	/* for one attack; a shared KERNEL=debug took more than 120 */
#define TELL_SECONDS	5	/* what takes longer is named */

static unsigned int nr, failed;
static bool in_short;	/* on the test build: not all that can be asked of it */

static void bail_out(const char *what)
{
	printf("Bail out! %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Turns these checks off and all others on. */
static void open_holes(const char *names)
{
	int fd = open(PARAMETER, O_WRONLY | O_CLOEXEC);
	size_t length = strlen(names);

	if (fd < 0)
		bail_out(PARAMETER);
	/* A write of nothing is none: an empty line. */
	if (write(fd, *names ? names : "\n", *names ? length : 1) < 0)
		bail_out(names);
	close(fd);
}

static void pause_shortly(void)
{
	nanosleep(&(const struct timespec){ .tv_nsec = 10000000 }, NULL);
}

/* Its exit status; -1 where it crashed or took too long. All that it started is killed. */
static int run_one(const char *name, const char *contract, const char *rules, bool must_succeed)
{
	time_t end = time(NULL) + SECONDS;
	char path[256];
	int status;
	pid_t pid, got;

	snprintf(path, sizeof(path), "./%s", name);
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		bail_out("fork");
	if (!pid) {
		setpgid(0, 0);
		if (must_succeed)
			setenv(ATTACK_MUST_SUCCEED, "1", 1);
		execl(path, name, contract, rules, NULL);
		printf("# %s: %s\n", path, strerror(errno));
		fflush(stdout);
		_exit(127);
	}
	setpgid(pid, pid);
	while (!(got = waitpid(pid, &status, WNOHANG)) && time(NULL) < end)
		pause_shortly();
	kill(-pid, SIGKILL);
	if (got == pid)
		return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	waitpid(pid, &status, 0);
	printf("# not over after %d s\n", SECONDS);
	return -1;
}

static void result(bool ok, const char *how, const struct attack *a, const char *contract)
{
	nr++;
	failed += !ok;
	printf("%sok %u %s: %s %s [%s]\n", ok ? "" : "not ", nr, how, a->rules, a->name, contract);
	fflush(stdout);
}

static void unload_policy(void)
{
	if (!access(PINS, F_OK) && system("avow policy unload"))
		bail_out("avow policy unload");
}

/*
 * Does it end like this? A policy stays for the next one, which exchanges it; but one that the
 * list does not know of would be there for attacks that have nothing to do with it.
 */
static bool ends(const struct attack *a, const char *contract, const char *rules, int end)
{
	time_t began = time(NULL);
	bool ok;

	if (!a->policy)
		unload_policy();
	ok = run_one(a->name, contract, rules, end == GOT_THROUGH) == end;
	if (time(NULL) - began >= TELL_SECONDS)
		printf("# %s: %lld s\n", a->name, (long long)(time(NULL) - began));
	if (!a->policy && !access(PINS, F_OK)) {
		printf("# %s has loaded a policy, and the list does not say so\n", a->name);
		return false;
	}
	return ok;
}

/*
 * On the test build: stopped with every check on; by each of the checks that it aims at
 * alone, with the others off; and not at all with all of them off. In short without the
 * first of these, which the build without holes is tried with.
 */
static void run_through(const struct attack *a, const char *contract)
{
	char names[256], how[320];
	size_t i;

	if (!in_short) {
		open_holes("");
		result(ends(a, contract, a->rules, STOPPED), "stopped with every check on", a, contract);
	}
	for (i = 0; i < a->nr_holes && a->nr_holes > 1; i++) {
		attack_holes(a, i, names, sizeof(names));
		open_holes(names);
		snprintf(how, sizeof(how), "stopped by %s alone", a->holes[i]);
		result(ends(a, contract, "any", STOPPED), how, a, contract);
	}
	if (a->nr_holes) {
		attack_holes(a, a->nr_holes, names, sizeof(names));
		open_holes(names);
		snprintf(how, sizeof(how), "gets through with %s", names);
		result(ends(a, contract, "any", GOT_THROUGH), how, a, contract);
	}
	open_holes("");
}

/* How many results in one contract. */
static unsigned int planned(const struct attack *a, bool holes)
{
	unsigned int alone = a->nr_holes > 1 ? (unsigned int)a->nr_holes : 0;

	if (!holes)
		return 1;
	return (in_short ? 0 : 1) + alone + (a->nr_holes ? 1 : 0);
}

/* In which contracts. In short the test build runs the even ones in compat, the odd in strict. */
static unsigned int chosen(const struct attack *a, size_t index, bool holes)
{
	if (!holes || !in_short || a->contracts != (ATTACK_COMPAT | ATTACK_STRICT))
		return a->contracts;
	return index % 2 ? ATTACK_STRICT : ATTACK_COMPAT;
}

static void run_in(const struct attack *a, const char *contract, bool holes)
{
	if (holes)
		run_through(a, contract);
	else
		result(ends(a, contract, a->rules, STOPPED), "stopped", a, contract);
}

int run_attacks(bool holes)
{
	unsigned int plan = 0, contracts;
	struct attack *attacks;
	size_t count = attack_list(&attacks), i;

	in_short = !getenv("AVOW_ATTACKS_WHOLE");
	for (i = 0; i < count; i++) {
		contracts = chosen(&attacks[i], i, holes);
		plan += planned(&attacks[i], holes) * (contracts == (ATTACK_COMPAT | ATTACK_STRICT) ? 2 : 1);
	}
	printf("KTAP version 1\n1..%u\n", plan);
	if (!holes && !access(PARAMETER, F_OK)) {
		printf("Bail out! this module is the test build\n");
		return EXIT_FAILURE;
	}
	for (i = 0; i < count; i++) {
		contracts = chosen(&attacks[i], i, holes);
		if (contracts & ATTACK_COMPAT)
			run_in(&attacks[i], "compat", holes);
		if (contracts & ATTACK_STRICT)
			run_in(&attacks[i], "strict", holes);
	}
	unload_policy();
	return failed || nr != plan ? EXIT_FAILURE : EXIT_SUCCESS;
}
