// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "test.h"

#define EXIT_SKIPPED	4

enum avow_contract_id contract;
static bool failed;

void test_fail(const char *file, int line, const char *fmt, ...)
{
	const char *name = strrchr(file, '/');
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	printf("# %s:%d: %s\n", name ? name + 1 : file, line, text);
	fflush(stdout);
	failed = true;
}

bool test_failed(void)
{
	return failed;
}

void test_stop(void)
{
	fflush(stdout);
	_exit(EXIT_FAILURE);
}

void test_skip(const char *why)
{
	printf("# skipped: %s\n", why);
	fflush(stdout);
	_exit(failed ? EXIT_FAILURE : EXIT_SKIPPED);
}

bool test_expect_eq(const char *file, int line, const char *what, u64 got, u64 want)
{
	if (got == want)
		return true;
	test_fail(file, line, "%s is %#llx, not %#llx", what, (unsigned long long)got,
		  (unsigned long long)want);
	return false;
}

int test_errno(long result)
{
	if (result >= 0)
		return 0;
	/* A library's -EPERM is -1 too, and then errno is EPERM from the call below it. */
	return result == -1 ? errno : (int)-result;
}

static const char *errno_name(int err)
{
	return err ? strerrorname_np(err) : "success";
}

bool test_expect_errno(const char *file, int line, const char *what, long result, int want)
{
	int got = test_errno(result);

	if (got == want)
		return true;
	test_fail(file, line, "%s: %s, not %s", what, errno_name(got), errno_name(want));
	return false;
}

pid_t fork_child(void (*fn)(void *arg), void *arg)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	REQUIRE(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	failed = false;
	fn(arg);
	fflush(stdout);
	_exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
}

void expect_child(pid_t pid)
{
	int status;

	REQUIRE(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status))
		FAIL("the child died of SIG%s", sigabbrev_np(WTERMSIG(status)));
	else if (status)
		FAIL("the child failed");
}

void in_child(void (*fn)(void *arg), void *arg)
{
	expect_child(fork_child(fn, arg));
}

void turn_init(struct turn *t)
{
	REQUIRE(!pipe(t->pipe));
}

void turn_close(struct turn *t)
{
	close(t->pipe[0]);
	close(t->pipe[1]);
}

void turn_give(struct turn *t)
{
	REQUIRE(write(t->pipe[1], "", 1) == 1);
}

void turn_wait(struct turn *t)
{
	char c;

	REQUIRE(read(t->pipe[0], &c, 1) == 1);
}

/* A case's verdict comes from its process' status alone. */
static int run_case(const struct test *t)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		printf("# fork: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		t->run();
		fflush(stdout);
		_exit(failed ? EXIT_FAILURE : EXIT_SUCCESS);
	}
	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			return EXIT_FAILURE;
	if (WIFSIGNALED(status)) {
		printf("# died of SIG%s\n", sigabbrev_np(WTERMSIG(status)));
		return EXIT_FAILURE;
	}
	return WEXITSTATUS(status);
}

struct tally {
	unsigned int nr, failed, skipped;
};

static void report(struct tally *tally, const struct test *t, const char *in)
{
	int status = run_case(t);

	tally->nr++;
	tally->failed += status != EXIT_SUCCESS && status != EXIT_SKIPPED;
	tally->skipped += status == EXIT_SKIPPED;
	printf("%sok %u %s%s%s\n", status == EXIT_SUCCESS || status == EXIT_SKIPPED ? "" : "not ",
	       tally->nr, t->name, in, status == EXIT_SKIPPED ? " # SKIP" : "");
	fflush(stdout);
}

/* The contracts that it runs in: none, if ./dev test --case wants another. */
static unsigned int runs_in(const struct test *t)
{
	const char *wanted = getenv("AVOW_CASE");

	return !wanted || strstr(t->name, wanted) ? t->in : 0;
}

int test_main(const struct test *tests, size_t nr)
{
	struct tally tally = { 0 };
	unsigned int plan = 0;
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; i < nr; i++)
		plan += __builtin_popcount(runs_in(&tests[i]));
	printf("KTAP version 1\n1..%u\n", plan);
	for (i = 0; i < nr; i++) {
		unsigned int in = runs_in(&tests[i]);

		if (in & ONCE)
			report(&tally, &tests[i], "");
		contract = AVOW_COMPAT;
		if (in & COMPAT)
			report(&tally, &tests[i], " [compat]");
		contract = AVOW_STRICT;
		if (in & STRICT)
			report(&tally, &tests[i], " [strict]");
		contract = AVOW_COMPAT;
	}
	if (tally.failed || tally.nr != plan || !plan)
		return EXIT_FAILURE;
	return tally.skipped == tally.nr ? EXIT_SKIPPED : EXIT_SUCCESS;
}

const char *data_path(const char *name)
{
	static char path[256];
	const char *dir = getenv("AVOW_DATA");

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "data", name);
	return path;
}
