// SPDX-License-Identifier: LGPL-2.1-or-later
/* The test mode: follows the results, and judges the machine as a whole. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../job.h"
#include "console.h"
#include "fail.h"
#include "suite.h"

#define BOOT_SECONDS	300
#define GRACE_SECONDS	60	/* beyond a test's own time, for init to end it */
#define RUNNING		"# running: "
#define LONGEST		5

/* How long a test took. */
struct lasted {
	char name[64];
	time_t seconds;
};

struct run {
	struct report report;
	struct machine machine;
	struct console console;
	struct ktap_stream *results;
	char running[256];	/* the test that runs now, or "" */
	char *output;		/* what it printed so far */
	size_t output_length;
	char line[8192];
	size_t length;
	time_t deadline;
	time_t started;		/* of the running test */
	struct lasted longest[LONGEST];
	const char *stopped;	/* why we ended the machine, or NULL */
};

static time_t seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static time_t grace(const struct run *run)
{
	return GRACE_SECONDS * run->report.options->slow;
}

static void keep_output(struct run *run, const char *line)
{
	size_t length = strlen(line);

	run->output = realloc(run->output, run->output_length + length + 2);
	if (!run->output)
		fail("out of memory");
	memcpy(run->output + run->output_length, line, length);
	memcpy(run->output + run->output_length + length, "\n", 2);
	run->output_length += length + 1;
}

static void print_output(const struct run *run)
{
	const char *at = run->output_length ? run->output : "";

	while (*at) {
		size_t length = strcspn(at, "\n");

		printf("   | %.*s\n", (int)length, at);
		at += length + 1;
	}
	fflush(stdout);
}

/* Keeps the longest, the longest first. */
static void note_time(struct run *run, const char *name)
{
	struct lasted one = { .seconds = seconds() - run->started };

	if (strcmp(name, run->running))
		return;
	snprintf(one.name, sizeof(one.name), "%s", name);
	for (size_t i = 0; i < LONGEST; i++)
		if (one.seconds > run->longest[i].seconds) {
			struct lasted displaced = run->longest[i];

			run->longest[i] = one;
			one = displaced;
		}
}

static void print_longest(const struct run *run)
{
	if (!run->longest[0].seconds)
		return;
	printf("# %s, the longest:", run->report.options->title);
	for (size_t i = 0; i < LONGEST && run->longest[i].seconds; i++)
		printf("%s %s %lld s", i ? "," : "", run->longest[i].name,
		       (long long)run->longest[i].seconds);
	printf("\n");
}

static const char *table_for(const struct run *run, const char *test)
{
	const struct list *expect = &run->report.options->expect;
	size_t length = strlen(test);

	for (size_t i = 0; i < expect->count; i++)
		if (!strncmp(expect->items[i], test, length) && expect->items[i][length] == '=')
			return expect->items[i] + length + 1;
	return NULL;
}

/* Those that init makes itself, after the test programs. */
static bool is_check(const char *name)
{
	static const char *const checks[] = { "unload", "leaks", "leaks-unloaded", "lockdep" };

	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (!strcmp(name, checks[i]))
			return true;
	return false;
}

static void finish_test(struct run *run, struct ktap_result *result)
{
	const char *table = table_for(run, result->name);
	unsigned int failed = run->report.failed;

	/* What every test program must print, so that silence is no success. */
	if (result->outcome == KTAP_PASS && !result->inner && !is_check(result->name))
		result->inner = ktap_new();
	if (table)
		report_expected(&run->report, result, table);
	else
		report_result(&run->report, result);
	note_time(run, result->name);
	if (run->report.failed != failed || run->report.options->verbose || run->report.options->output)
		print_output(run);
	run->running[0] = '\0';
	run->output_length = 0;
	run->deadline = seconds() + grace(run);
}

static void take_line(struct run *run)
{
	struct ktap_result *result;
	unsigned int limit = 0;

	run->line[run->length] = '\0';
	run->length = 0;
	if (!strncmp(run->line, RUNNING, strlen(RUNNING))) {
		sscanf(run->line + strlen(RUNNING), "%255s (%u", run->running, &limit);
		run->started = seconds();
		run->deadline = run->started + limit + grace(run);
	} else if (!strncmp(run->line, "  ", 2)) {
		keep_output(run, run->line + 2);
	}
	result = ktap_line(run->results, run->line);
	if (result)
		finish_test(run, result);
}

/* False at the end of the results. */
static bool read_results(struct run *run)
{
	char data[4096];
	ssize_t got = read(run->machine.results, data, sizeof(data));

	if (got <= 0)
		return got < 0 && (errno == EINTR || errno == EAGAIN);
	for (ssize_t i = 0; i < got; i++) {
		if (data[i] == '\n')
			take_line(run);
		else if (run->length < sizeof(run->line) - 1)
			run->line[run->length++] = data[i];
	}
	return true;
}

static void follow(struct run *run)
{
	unsigned int timeout = run->report.options->timeout;
	time_t end = timeout ? seconds() + timeout * run->report.options->slow : 0;
	bool results = true, console = true;

	run->deadline = seconds() + BOOT_SECONDS * run->report.options->slow;
	while ((results || console) && !run->stopped) {
		struct pollfd fds[] = {
			{ .fd = results ? run->machine.results : -1, .events = POLLIN },
			{ .fd = console ? run->machine.console : -1, .events = POLLIN },
		};

		poll(fds, 2, 500);
		if (fds[0].revents)
			results = read_results(run);
		if (fds[1].revents)
			console = console_read(&run->console, run->machine.console,
					       run->report.options->verbose);
		if (end && seconds() > end)
			run->stopped = "the time for the whole run is over";
		else if (seconds() > run->deadline)
			run->stopped = "the machine hangs";
	}
}

/* The tests that have no result because the machine ended too early. */
static void report_missing(struct run *run)
{
	const struct list *tests = &run->report.options->tests;

	for (size_t i = run->results->count; i < tests->count; i++) {
		char *name = must_format("%.*s", (int)strcspn(tests->items[i], "="),
					 tests->items[i]);
		bool was_running = !strcmp(name, run->running);

		report_line(&run->report, KTAP_FAIL, name,
			    was_running ? "the machine ended while it ran" : "not run");
		if (was_running)
			print_output(run);
		free(name);
	}
}

/* What is wrong with the machine itself, or NULL. */
static char *machine_fault(struct run *run, int code)
{
	char *complaint = console_complaint(&run->console), *test = console_test(&run->console);
	bool good = code == EXIT_CODE(EXIT_VALUE_GOOD);

	if (run->stopped)
		return must_format("%s%s%s%s", run->stopped, *run->running ? " in " : "",
				   run->running, complaint ? "; its kernel complained, too" : "");
	if (complaint && test)
		return must_format("the kernel complains during %s: %s", test, complaint);
	if (complaint)
		return must_format("the kernel complains: %s", complaint);
	if (run->results->error)
		return must_format("the results are damaged: %s", run->results->error);
	if (run->results->plan < 0 || (size_t)run->results->plan != run->results->count)
		return must_format("%zu results of %ld planned", run->results->count,
				   run->results->plan);
	if (!good && code != EXIT_CODE(EXIT_VALUE_BAD))
		return must_format("it ended with exit code %d, not %d", code,
				   EXIT_CODE(EXIT_VALUE_GOOD));
	/* init knows of a failure that has not come out here. */
	if (!good && !run->report.failed && !run->report.options->expect.count)
		return must_format("it says that a test failed");
	return NULL;
}

int suite_run(const struct options *options)
{
	static struct run run;
	uint64_t size;
	int image = build_image(options, &size), code;
	char *fault;

	run.report.options = options;
	run.results = ktap_new();
	machine_start(&run.machine, options, image, size);
	follow(&run);
	code = machine_end(&run.machine, !run.stopped);
	report_missing(&run);
	fault = machine_fault(&run, code);
	if (fault) {
		report_line(&run.report, KTAP_FAIL, "machine", fault);
		console_show(&run.console, 60);
	}
	print_longest(&run);
	report_totals(&run.report);
	return run.report.failed != 0;
}
