// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The test mode: runs each test program in turn and writes KTAP to the second
 * serial line, a test's own KTAP nested one level below the suite's.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../job.h"
#include "init.h"

#define RESULTS		"/dev/ttyS1"
#define OUTPUT_MAX	(1u << 20)	/* what one test may print */
#define TEST_PASS	0
#define TEST_SKIP	4

static int results = -1;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *format, ...)
{
	char text[1024];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= (int)sizeof(text))
		length = sizeof(text) - 1;
	if (!write_all(results, text, (size_t)length))
		fprintf(stderr, "init: cannot write results: %s\n", strerror(errno));
}

static void bail_out(const char *reason)
{
	say("Bail out! %s\n", reason);
}

static void open_results(void)
{
	struct termios raw;

	results = open(RESULTS, O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (results < 0 || tcgetattr(results, &raw))
		lost("cannot open %s: %s", RESULTS, strerror(errno));
	cfmakeraw(&raw);
	cfsetspeed(&raw, B115200);
	tcsetattr(results, TCSANOW, &raw);
	lost_listener = bail_out;
}

/* One stream of a test: its lines are passed on whole, with a prefix. */
struct stream {
	const char *prefix;
	int fd;
	size_t length;
	char line[4096];
};

static void stream_flush(struct stream *stream)
{
	if (!stream->length)
		return;
	say("%s", stream->prefix);
	write_all(results, stream->line, stream->length);
	say("\n");
	stream->length = 0;
}

static void stream_add(struct stream *stream, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (data[i] == '\n' && !stream->length)
			continue;	/* an empty line says nothing in KTAP */
		if (data[i] != '\n')
			stream->line[stream->length++] = data[i];
		if (data[i] == '\n' || stream->length == sizeof(stream->line))
			stream_flush(stream);
	}
}

/* Bytes taken; 0 when there is nothing now; closes the stream at its end. */
static size_t stream_read(struct stream *stream)
{
	char data[4096];
	ssize_t got = stream->fd < 0 ? -1 : read(stream->fd, data, sizeof(data));

	if (got > 0) {
		stream_add(stream, data, (size_t)got);
		return (size_t)got;
	}
	if (stream->fd >= 0 && (!got || (errno != EAGAIN && errno != EINTR))) {
		close(stream->fd);
		stream->fd = -1;
	}
	return 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

enum ending { ENDED, TIMED_OUT, TOO_LOUD };

/* Passes the output on until the test has ended; its wait status in *status. */
static enum ending watch(const struct child *child, double deadline, int *status)
{
	struct stream streams[2] = {
		{ .prefix = "  ", .fd = child->out },
		{ .prefix = "  # stderr: ", .fd = child->err },
	};
	enum ending ending = ENDED;
	size_t total = 0;
	bool alive = true;

	for (int i = 0; i < 2; i++)
		fcntl(streams[i].fd, F_SETFL, O_NONBLOCK);
	while (alive && ending == ENDED) {
		struct pollfd fds[2] = {
			{ .fd = streams[0].fd, .events = POLLIN },
			{ .fd = streams[1].fd, .events = POLLIN },
		};
		size_t got;

		poll(fds, 2, 20);
		/* Asked before the pipes are emptied, so that nothing is missed. */
		alive = child_running(child, status);
		do {
			got = stream_read(&streams[0]) + stream_read(&streams[1]);
			total += got;
		} while (got && total <= OUTPUT_MAX);
		if (total > OUTPUT_MAX)
			ending = TOO_LOUD;
		else if (alive && now() > deadline)
			ending = TIMED_OUT;
	}
	for (int i = 0; i < 2; i++) {
		stream_flush(&streams[i]);
		if (streams[i].fd >= 0)
			close(streams[i].fd);
	}
	return ending;
}

/* The program itself, or behind what it is run by. */
static char **arguments(const char *program)
{
	size_t count;
	char **by = file_list(JOB_BY, &count), **argv = calloc(count + 2, sizeof(*argv));

	if (!argv)
		lost("out of memory");
	for (size_t i = 0; i < count; i++)
		argv[i] = by[i];
	argv[count] = (char *)program;
	return argv;
}

/* Ours, and what the job adds. */
static char **environment(void)
{
	static char *const ours[] = {
		"PATH=" GUEST_TESTS ":/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
		"LANG=C.UTF-8", "TMPDIR=/tmp", "AVOW_KO=" GUEST_MODULE, "AVOW_DATA=" GUEST_DATA,
	};
	size_t count, nr = sizeof(ours) / sizeof(ours[0]);
	char **more = file_list(JOB_ENV, &count), **all = calloc(nr + count + 1, sizeof(*all));

	if (!all)
		lost("out of memory");
	memcpy(all, ours, sizeof(ours));
	for (size_t i = 0; i < count; i++)
		all[nr + i] = more[i];
	return all;
}

/* Runs one test and writes its result line; false where it failed. */
static bool run_test(unsigned int number, const char *name, const char *program,
		     unsigned int seconds)
{
	char directory[256], why[256] = "";
	char **argv = arguments(program);
	struct command command = {
		.file = argv[0], .argv = argv, .env = environment(), .cwd = directory, .root = "",
	};
	struct child child;
	enum ending ending;
	int status = 0;

	snprintf(directory, sizeof(directory), "%s", program);
	*strrchr(directory, '/') = '\0';
	say("# running: %s (%u s)\n", name, seconds);
	fprintf(stderr, "init: test %s\n", name);
	if (child_start(&command, &child))
		lost("cannot start %s: %s", program, strerror(errno));
	ending = watch(&child, now() + seconds, &status);
	kill_everybody();
	if (avow_offered() && !avow_load(why, sizeof(why)))
		say("not ok %u %s # %s after this test\n", number, name, why);
	else if (ending == TIMED_OUT)
		say("not ok %u %s # timed out after %u s\n", number, name, seconds);
	else if (ending == TOO_LOUD)
		say("not ok %u %s # printed more than %u bytes\n", number, name, OUTPUT_MAX);
	else if (WIFSIGNALED(status))
		say("not ok %u %s # killed by signal %d\n", number, name, WTERMSIG(status));
	else if (WEXITSTATUS(status) == TEST_SKIP)
		say("ok %u %s # SKIP the test says so\n", number, name);
	else if (WEXITSTATUS(status) != TEST_PASS)
		say("not ok %u %s # exit status %d\n", number, name, WEXITSTATUS(status));
	else
		say("ok %u %s\n", number, name);
	return !*why && ending == ENDED && WIFEXITED(status) &&
	       (WEXITSTATUS(status) == TEST_PASS || WEXITSTATUS(status) == TEST_SKIP);
}

/* The last test: unloading succeeds and leaves nothing behind. */
static bool check_leftovers(unsigned int number, const struct baseline *before)
{
	char why[512];

	say("# running: unload (60 s)\n");
	if (avow_unload(why, sizeof(why)) && !leftovers(before, why, sizeof(why))) {
		say("ok %u unload\n", number);
		return true;
	}
	say("not ok %u unload # %s\n", number, why);
	return false;
}

static bool check_leaks(unsigned int number, const char *name)
{
	char *report, *line, *rest;
	bool good;

	/* Where something is found, it is looked for several times. */
	say("# running: %s (240 s)\n", name);
	report = detectors_leaks();
	good = !*report;
	for (line = strtok_r(report, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		say("  # %.900s\n", line);
	say("%sok %u %s%s\n", good ? "" : "not ", number, name,
	    good ? "" : " # memory that nothing points to");
	free(report);
	return good;
}

static bool check_lockdep(unsigned int number)
{
	bool good = detectors_lockdep();

	say("%sok %u lockdep%s\n", good ? "" : "not ", number,
	    good ? "" : " # it was switched off; the console says why");
	return good;
}

/* What is looked at after the tests; as many results as checks_count() says. */
static bool check_all(unsigned int number, const struct baseline *before)
{
	bool good = true;

	if (detectors_wanted())
		good &= check_leaks(number++, "leaks");
	if (avow_offered())
		good &= check_leftovers(number++, before);
	if (detectors_wanted() && avow_offered())
		good &= check_leaks(number++, "leaks-unloaded");
	if (detectors_wanted())
		good &= check_lockdep(number++);
	return good;
}

static unsigned int checks_count(void)
{
	return avow_offered() + (detectors_wanted() ? 2u + avow_offered() : 0);
}

unsigned int suite_main(void)
{
	struct baseline before;
	char why[256];
	size_t items;
	char **list = file_list(JOB_TESTS, &items);
	unsigned int tests = (unsigned int)items / 3;
	bool good = true;

	open_results();
	load_kernel_modules();
	mount_shares();
	if (detectors_wanted())
		detectors_begin();
	baseline_take(&before);
	say("KTAP version 1\n1..%u\n", tests + checks_count());
	if (avow_offered() && !avow_load(why, sizeof(why)))
		lost("%s", why);
	for (unsigned int i = 0; i < tests; i++)
		good &= run_test(i + 1, list[3 * i], list[3 * i + 1],
				 (unsigned int)strtoul(list[3 * i + 2], NULL, 10));
	good &= check_all(tests + 1, &before);
	say("# done\n");
	tcdrain(results);
	return good ? EXIT_VALUE_GOOD : EXIT_VALUE_BAD;
}
