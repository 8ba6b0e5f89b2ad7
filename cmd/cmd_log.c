// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow log: refusals of all processes, kept ones and new ones (R18.5). */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "follow.h"
#include "json.h"
#include "kept.h"
#include "lines.h"
#include "record.h"

#define LINES_FOLLOWING	10	/* kept ones before the new ones, as tail -f has them */

struct log {
	bool follow, json;
	long lines;		/* -1: all */
	struct lines *policies;
	unsigned long long since;	/* boot time; of earlier ones those that are kept were printed */
	bool ending;		/* what is there is still printed, whatever signal comes */
};

static volatile sig_atomic_t stopped;

static void on_signal(int signo)
{
	(void)signo;
	stopped = 1;
}

static void usage(FILE *to)
{
	fputs("Usage: avow log [-f] [--json] [--lines N]\n\n"
	      "Prints what was refused to the enclaves of all processes that can be looked into, in the\n"
	      "order of time, a line each: when, process and thread, rule and line of the policy,\n"
	      "operation, range, rights asked and declared, errno or signal, source. The kernel keeps\n"
	      "the last 64 refusals of an enclave, for as long as the enclave lives.\n\n"
	      "  -f, --follow   then go on with every refusal, and every request that a policy audits,\n"
	      "                 as it happens; what came too fast to be read is counted. Takes root.\n"
	      "                 While it runs, the module cannot be unloaded.\n"
	      "  --lines N      of the kept ones the last N only; 10 with -f\n"
	      "  --json         a JSON object in each line, for programs\n"
	      "  --help         this text\n", to);
}

static int write_errno;	/* why it was not printed */

/* Out at once, for whoever waits for this line. -1: it could not be written. */
static int flush(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	write_errno = errno;
	return -1;
}

static int print_json_line(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
	return flush();
}

static int print_record(const struct log *log, const struct avow_told *t)
{
	if (log->json)
		return print_json_line(record_json(t));
	record_line(stdout, t);
	return flush();
}

/* why: what became of them. */
static int print_lost(const struct log *log, unsigned long long lost, const char *why)
{
	struct json_object *object;

	if (!lost)
		return 0;
	if (!log->json) {
		printf("... %llu record%s lost: %s\n", lost, lost == 1 ? "" : "s", why);
		return flush();
	}
	object = json_object_new_object();
	json_number(object, "lost", lost);
	json_text(object, "why", why);
	return print_json_line(object);
}

static const char *line_of(const struct log *log, const struct avow_refusal *r)
{
	return r->policy ? lines_text(log->policies, r->policy) : NULL;
}

static size_t first_wanted(const struct log *log, const struct kept *kept)
{
	return log->lines < 0 || (size_t)log->lines >= kept->nr ? 0 : kept->nr - (size_t)log->lines;
}

static int print_kept(const struct log *log, const struct kept *kept)
{
	size_t i;

	for (i = first_wanted(log, kept); i < kept->nr; i++) {
		const struct kept_record *k = &kept->records[i];
		const struct avow_told t = {
			.refusal = &k->refusal,
			.base = k->base,
			.size = k->size,
			.path = k->path,
			.line = line_of(log, &k->refusal),
		};

		if (log->since && k->refusal.time >= log->since)
			continue;	/* it comes from the ring */
		if (print_lost(log, k->lost, "of this enclave no longer kept") || print_record(log, &t))
			return -1;
	}
	return 0;
}

static void say_what_is_missing(const struct kept *kept)
{
	if (kept->nr_denied)
		complain("log: %zu processes could not be looked into; run as root to see theirs", kept->nr_denied);
	if (kept->nr_lone)
		complain("log: %zu mappings are of enclaves whose descriptors are closed; only log -f tells of these",
			 kept->nr_lone);
}

/* They are blocked while records are printed. */
static bool signal_waits(void)
{
	sigset_t pending;

	return !sigpending(&pending) && (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM));
}

/* Negative: no more now; -EINTR because of a signal. */
static int on_event(void *context, const struct avow_log_event *event)
{
	const struct log *log = context;
	const struct avow_told t = {
		.refusal = &event->refusal,
		.base = event->base,
		.path = *event->path ? event->path : NULL,
		.line = line_of(log, &event->refusal),
	};
	int ret = 0;

	/* What was refused before this began, and traced after: printed among the kept. */
	if (log->lines == 0 || !event->refusal.seq || event->refusal.time >= log->since)
		ret = print_record(log, &t);
	return ret ? -EIO : !log->ending && signal_waits() ? -EINTR : 0;
}

static int drain(struct log *log, struct follower *f)
{
	int ret = follower_drain(f, on_event, log);

	if (ret && ret != -EINTR)
		return -1;
	return print_lost(log, follower_lost(f), "they came faster than they were read");
}

/* Until a signal, or until nobody reads any more: -1. */
static int follow(struct log *log, struct follower *f, const sigset_t *unblocked)
{
	struct pollfd fds[] = {
		{ .fd = follower_fd(f), .events = POLLIN },
		{ .fd = fileno(stdout) },	/* only whether its reader is gone */
	};

	while (!stopped) {
		if (ppoll(fds, 2, NULL, unblocked) < 0 && errno != EINTR)
			return -1;
		if (fds[1].revents & (POLLERR | POLLNVAL) || drain(log, f))
			return -1;
	}
	follower_stop(f);
	log->ending = true;
	return drain(log, f);
}

/* Signals come while we wait, and only then: a record is printed as a whole. */
static void catch_signals(sigset_t *unblocked)
{
	const struct sigaction catch = { .sa_handler = on_signal }, ignore = { .sa_handler = SIG_IGN };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, unblocked);
	sigdelset(unblocked, SIGINT);
	sigdelset(unblocked, SIGTERM);
	sigaction(SIGINT, &catch, NULL);
	sigaction(SIGTERM, &catch, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
}

/* A reader that had enough is no failure, and main() is not to find what it did not take. */
static int finish(int ret)
{
	if (!ret)
		return EXIT_SUCCESS;
	if (write_errno && write_errno != EPIPE)
		return EXIT_FAILURE;
	return freopen("/dev/null", "w", stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run_log(struct log *log)
{
	struct follower *f = NULL;
	sigset_t unblocked;
	struct kept kept;
	int ret;

	catch_signals(&unblocked);
	if (log->follow) {
		f = follower_open();
		if (!f)
			return EXIT_FAILURE;
		log->since = boottime();
	}
	if (kept_read(&kept)) {
		follower_close(f);
		return EXIT_FAILURE;
	}
	if (!log->follow)
		say_what_is_missing(&kept);
	ret = print_kept(log, &kept);
	kept_free(&kept);
	if (!ret && f)
		ret = follow(log, f, &unblocked);
	ret = finish(ret);
	follower_close(f);
	return ret;
}

static int parse(struct log *log, int argc, char **argv)
{
	static const struct option options[] = {
		{ "follow", no_argument, NULL, 'f' },
		{ "json", no_argument, NULL, 'j' },
		{ "lines", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool limited = false;
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, "fh", options, NULL)) != -1) {
		switch (option) {
		case 'f':
			log->follow = true;
			break;
		case 'j':
			log->json = true;
			break;
		case 'n':
			limited = true;
			if (parse_number(optarg, 0, INT_MAX, &log->lines))
				break;
			complain("log: --lines takes a number, not %s; see avow log --help", optarg);
			return EXIT_USAGE;
		case 'h':
			usage(stdout);
			return -1;
		default:
			complain("log: unknown option %s; see avow log --help", argv[optind - 1]);
			return EXIT_USAGE;
		}
	}
	if (!limited)
		log->lines = log->follow ? LINES_FOLLOWING : -1;
	if (optind == argc)
		return 0;
	complain("log: unexpected argument %s; see avow log --help", argv[optind]);
	return EXIT_USAGE;
}

int cmd_log(int argc, char **argv)
{
	struct log log = { .lines = -1 };
	int ret = parse(&log, argc, argv);

	if (ret)
		return ret < 0 ? EXIT_SUCCESS : ret;
	log.policies = lines_open();
	if (!log.policies) {
		complain("out of memory");
		return EXIT_FAILURE;
	}
	ret = run_log(&log);
	lines_close(log.policies);
	return ret;
}
