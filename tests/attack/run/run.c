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
#include "run.h"

#define PARAMETER	"/sys/module/avow/parameters/hole"
#define SECONDS		120	/* for one attack */

/* How an attack ends: its exit status. */
#define STOPPED		0
#define GOT_THROUGH	1

static unsigned int nr, failed;

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
static int run_one(const char *name, const char *contract, const char *rules)
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

/*
 * On the test build: stopped with every check on; by each of the checks that it aims at
 * alone, with the others off; and not at all with all of them off.
 */
static void run_through(const struct attack *a, const char *contract)
{
	char names[256], how[320];
	size_t i;

	open_holes("");
	result(run_one(a->name, contract, a->rules) == STOPPED, "stopped with every check on", a,
	       contract);
	for (i = 0; i < a->nr_holes && a->nr_holes > 1; i++) {
		attack_holes(a, i, names, sizeof(names));
		open_holes(names);
		snprintf(how, sizeof(how), "stopped by %s alone", a->holes[i]);
		result(run_one(a->name, contract, "any") == STOPPED, how, a, contract);
	}
	if (a->nr_holes) {
		attack_holes(a, a->nr_holes, names, sizeof(names));
		open_holes(names);
		snprintf(how, sizeof(how), "gets through with %s", names);
		result(run_one(a->name, contract, "any") == GOT_THROUGH, how, a, contract);
	}
	open_holes("");
}

static unsigned int planned(const struct attack *a, bool holes)
{
	unsigned int each = !holes || !a->nr_holes ? 1 : a->nr_holes == 1 ? 2 : a->nr_holes + 2;

	return each * ((a->contracts & ATTACK_COMPAT ? 1 : 0) +
		       (a->contracts & ATTACK_STRICT ? 1 : 0));
}

static void run_in(const struct attack *a, const char *contract, bool holes)
{
	if (holes)
		run_through(a, contract);
	else
		result(run_one(a->name, contract, a->rules) == STOPPED, "stopped", a, contract);
}

int run_attacks(bool holes)
{
	struct attack *attacks;
	size_t count = attack_list(&attacks), i;
	unsigned int plan = 0;

	for (i = 0; i < count; i++)
		plan += planned(&attacks[i], holes);
	printf("KTAP version 1\n1..%u\n", plan);
	if (!holes && !access(PARAMETER, F_OK)) {
		printf("Bail out! this module is the test build\n");
		return EXIT_FAILURE;
	}
	for (i = 0; i < count; i++) {
		if (attacks[i].contracts & ATTACK_COMPAT)
			run_in(&attacks[i], "compat", holes);
		if (attacks[i].contracts & ATTACK_STRICT)
			run_in(&attacks[i], "strict", holes);
	}
	return failed || nr != plan ? EXIT_FAILURE : EXIT_SUCCESS;
}
