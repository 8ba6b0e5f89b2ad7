// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy learn: runs a program, looks on, and writes the policy that it needs. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "language.h"
#include "learn.h"
#include "loader.h"
#include "new_file.h"
#include "observe.h"
#include "policy_verbs.h"
#include "words.h"

#define PATIENCE	5	/* seconds for a program to end after SIGTERM */

struct lesson {
	char **argv;		/* the program's */
	const char *output;	/* NULL: standard output */
	long seconds;		/* 0: until it and its descendants have ended */
	struct observer *observer;
	struct learned learned;
	unsigned long long seen, lost;
	pid_t pid;
	int status;		/* of the program, as wait() tells it; -1: not ended */
	bool stopped;		/* it was told to end, by us */
	bool others;		/* descendants that have not ended */
};

static volatile sig_atomic_t told_to_end;

static void on_end(int signo)
{
	(void)signo;
	told_to_end = 1;
}

/* Only ends a wait. */
static void on_child(int signo)
{
	(void)signo;
}

static void usage(FILE *to)
{
	fputs("Usage: avow policy learn [-o FILE] [--for SECONDS] [--] PROGRAM [ARG...]\n\n"
	      "Runs a program, observes what it and its descendants ask of the three hooks, and writes\n"
	      "a policy that allows that and nothing else. Read it before you load it: it says what was\n"
	      "done, not what should be. What was denied meanwhile is not in it. Takes root.\n\n"
	      "  -o, --output FILE  write it there; else it follows what the program prints\n"
	      "  --for SECONDS      end the program after this time (SIGTERM)\n"
	      "  --help             this text\n\n"
	      "Exit status: 0; 1 if there is no policy, or if it may lack something, as it then says;\n"
	      "2 for wrong usage. How the program ended is said, and is no failure.\n", to);
}

/* ---- observing ---- */

static int denies(int answer)
{
	u32 audit;

	return avow_policy_verdict(answer, false, AVOW_RULE(7, 2), &audit) != AVOW_OK;
}

static int on_observed(void *context, const struct avow_observed *observed)
{
	struct lesson *l = context;
	struct observation o = {
		.facts = observed->facts,
		.denied = denies(observed->answer),
		.program = observed_path(&observed->program),
		.file = observed->file.size ? observed_path(&observed->file) : NULL,
	};

	if (o.program && (o.file || !observed->file.size) && !learned_add(&l->learned, &o))
		return 0;
	free(o.program);
	free(o.file);
	return -ENOMEM;
}

/* ---- running ---- */

static void exec_program(const struct lesson *l, const sigset_t *mask, int report)
{
	int err;

	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(l->argv[0], l->argv);
	err = errno;
	_exit(write(report, &err, sizeof(err)) == sizeof(err) ? EXIT_FAILURE : 127);
}

/* -1 after a message. */
static int start(struct lesson *l, const sigset_t *mask)
{
	int report[2], err = 0;
	ssize_t got = -1;

	if (pipe2(report, O_CLOEXEC)) {
		complain("policy learn: %s", strerror(errno));
		return -1;
	}
	fflush(stdout);
	l->pid = fork();
	if (!l->pid)
		exec_program(l, mask, report[1]);
	close(report[1]);
	if (l->pid < 0)
		err = errno;
	else
		got = read(report[0], &err, sizeof(err));	/* nothing: it runs */
	close(report[0]);
	if (l->pid > 0 && !got)
		return 0;
	complain("policy learn: %s: %s", l->argv[0], strerror(err));
	return -1;
}

/* False: none is left. */
static bool reap(struct lesson *l)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == l->pid)
			l->status = status;
	return pid == 0;
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Signals come while we wait, and only then. */
static void catch_signals(sigset_t *before)
{
	const struct sigaction end = { .sa_handler = on_end }, child = { .sa_handler = on_child };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, before);
	sigaction(SIGINT, &end, NULL);
	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGCHLD, &child, NULL);
}

/* Until the program and its descendants have ended, or have had their time. 0, or a negative errno. */
static int observe(struct lesson *l, const sigset_t *unblocked)
{
	struct pollfd fd = { .fd = observer_fd(l->observer), .events = POLLIN };
	time_t limit = l->seconds ? now() + l->seconds : 0;
	const struct timespec second = { .tv_sec = 1 };
	int err;

	while (reap(l)) {
		if (ppoll(&fd, 1, &second, unblocked) < 0 && errno != EINTR)
			return -errno;
		err = observer_drain(l->observer, on_observed, l);
		if (err)
			return err;
		if (!l->stopped && (told_to_end || (limit && now() >= limit))) {
			l->stopped = true;
			limit = now() + PATIENCE;
			if (l->status < 0)
				kill(l->pid, SIGTERM);
		} else if (l->stopped && now() >= limit) {
			l->others = true;
			return 0;
		}
	}
	return 0;
}

/* 0; -1 after a message. */
static int run(struct lesson *l)
{
	sigset_t unblocked;
	int err;

	/* So that descendants whose parents ended are waited for, too. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	catch_signals(&unblocked);
	if (start(l, &unblocked))
		return -1;
	err = observe(l, &unblocked);
	observer_stop(l->observer);
	if (!err)
		err = observer_drain(l->observer, on_observed, l);
	l->seen = observer_seen(l->observer);
	l->lost = observer_lost(l->observer);
	if (err)
		complain("policy learn: %s", strerror(-err));
	return err ? -1 : 0;
}

/* ---- what a policy can name ---- */

/* How names are resolved; without a loader they are only looked for. */
struct names {
	struct avow_loader *loader;
	struct avow_policy_resolver resolver;
};

/* Would a loaded policy take the name for this file? id NULL: for anything. */
static bool resolves(const struct names *names, enum avow_entry_kind kind, const char *path,
		     const struct avow_file_id *id)
{
	struct avow_entry entry = { .set = 0 };
	char why[AVOW_POLICY_WHY_SIZE];

	if (!names->loader)
		return true;
	if (names->resolver.resolve(names->resolver.context, kind, path, &entry, why) == AVOW_POLICY_UNRESOLVED)
		return false;
	return !id || (entry.id.dev == id->dev && entry.id.ino == id->ino);
}

static bool nameable(const struct names *names, enum avow_entry_kind kind, const char *path,
		     const struct avow_file_id *id)
{
	mode_t type = kind == AVOW_ENTRY_UNDER ? S_IFDIR : S_IFREG;
	struct stat st;
	char *quoted;

	if (stat(path, &st) || (st.st_mode & S_IFMT) != type || avow_policy_quote(path, &quoted))
		return false;
	free(quoted);
	return resolves(names, kind, path, id);
}

static bool directory_nameable(const struct names *names, const char *file)
{
	const char *end = strrchr(file, '/');
	char *directory;
	bool can;

	if (!end)
		return false;
	directory = end > file ? strndup(file, (size_t)(end - file)) : strdup("/");
	can = directory && nameable(names, AVOW_ENTRY_UNDER, directory, NULL);
	free(directory);
	return can;
}

/* When all is over: what was temporary is gone by now, or its name is another file's. */
static void look_for_names(struct learned *learned)
{
	struct names names = { .loader = NULL };
	struct avow_loader_why why;
	size_t i;

	if (avow_loader_open(&names.loader, true, &why))
		complain("policy learn: whether names are still of the same files was not looked at: %s", why.text);
	else
		names.resolver = avow_loader_resolver(names.loader);
	for (i = 0; i < learned->nr; i++) {
		struct observation *o = &learned->seen[i];

		o->program_named = nameable(&names, AVOW_ENTRY_PROGRAM, o->program, &o->facts.program);
		o->file_named = o->file && nameable(&names, AVOW_ENTRY_FILE, o->file, &o->facts.file);
		o->directory_named = o->file && !o->file_named && directory_nameable(&names, o->file);
	}
	avow_loader_close(names.loader);
}

/* ---- writing ---- */

static void write_words(FILE *to, const char *word)
{
	char *quoted;

	if (avow_policy_quote(word, &quoted)) {
		fputs(" ...", to);
		return;
	}
	fprintf(to, " %s", quoted);
	free(quoted);
}

static void write_how_it_ended(FILE *to, const struct lesson *l)
{
	char signal[AVOW_WORD_SIZE];

	if (l->status < 0)
		fputs("# It has not ended.", to);
	else if (WIFSIGNALED(l->status))
		fprintf(to, "# It ended by %s.", avow_signal_word(WTERMSIG(l->status), signal));
	else
		fprintf(to, "# It ended with status %d.", WEXITSTATUS(l->status));
	fprintf(to, " %llu request%s of it and its descendants were seen.\n", l->seen, l->seen == 1 ? "" : "s");
}

static void write_heading(FILE *to, const struct lesson *l)
{
	time_t at = time(NULL);
	char day[32];
	struct tm tm;
	size_t i;

	localtime_r(&at, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d %H:%M", &tm);
	fprintf(to, "# Learned on %s from:", day);
	for (i = 0; l->argv[i]; i++)
		write_words(to, l->argv[i]);
	fputc('\n', to);
	write_how_it_ended(to, l);
	fputs("#\n"
	      "# It says what was done, not what should be: read it before you load it. It is the same for\n"
	      "# every user, group and cgroup. Files are allowed by their names, whatever is in them.\n", to);
	if (l->lost)
		fprintf(to, "#\n# INCOMPLETE: %llu requests were lost; the program may need more than this.\n",
			l->lost);
}

/* 0, or a negative errno. */
static int write_policy(FILE *to, const struct lesson *l)
{
	int err;

	write_heading(to, l);
	err = learned_write(to, &l->learned);
	if (!err && (fflush(to) || ferror(to)))
		err = -errno;
	return err;
}

static int write_file(const struct lesson *l)
{
	struct new_file file;
	int err = new_file_begin(&file, l->output), end;

	if (err)
		return err;
	err = write_policy(file.to, l);
	end = new_file_end(&file, !err);
	return err ? err : end;
}

static int conclude(struct lesson *l)
{
	int err;

	if (!l->learned.nr) {
		complain("policy learn: %s asked nothing of an enclave%s", l->argv[0],
			 l->lost ? " that was not lost" : "");
		return EXIT_FAILURE;
	}
	look_for_names(&l->learned);
	err = l->output ? write_file(l) : write_policy(stdout, l);
	if (err) {
		complain("policy learn: %s: %s", l->output ? l->output : "standard output", new_file_why(err));
		return EXIT_FAILURE;
	}
	if (l->others)
		complain("policy learn: descendants of %s are still running, and no longer observed", l->argv[0]);
	if (l->status && !l->stopped)
		complain("policy learn: %s did not end well; the policy may lack what it did not come to", l->argv[0]);
	if (l->lost)
		complain("policy learn: %llu requests were lost; the policy may lack what they asked", l->lost);
	return l->lost ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int learn(struct lesson *l)
{
	int ret = EXIT_FAILURE;

	l->observer = observer_open();
	if (!l->observer)
		return ret;
	if (!run(l))
		ret = conclude(l);
	observer_close(l->observer);
	learned_free(&l->learned);
	return ret;
}

/* -1: go on; else the exit status. */
static int parse(struct lesson *l, int argc, char **argv)
{
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "for", required_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	opterr = 0;
	optind = 0;	/* start again, after the options of policy itself */
	/* "+": the options behind the program are the program's. */
	while ((option = getopt_long(argc, argv, "+o:h", options, NULL)) != -1) {
		switch (option) {
		case 'o':
			l->output = optarg;
			break;
		case 'f':
			if (parse_number(optarg, 1, INT_MAX, &l->seconds))
				break;
			complain("policy learn: --for takes a number of seconds, not %s; see avow policy learn --help",
				 optarg);
			return EXIT_USAGE;
		case 'h':
			usage(stdout);
			return EXIT_SUCCESS;
		default:
			complain("policy learn: unknown option %s, or its value is missing; see avow policy learn --help",
				 argv[optind - 1]);
			return EXIT_USAGE;
		}
	}
	l->argv = argv + optind;
	if (optind < argc)
		return -1;
	complain("policy learn: no program to run; see avow policy learn --help");
	return EXIT_USAGE;
}

int policy_learn(int argc, char **argv)
{
	struct lesson lesson = { .status = -1 };
	int ret = parse(&lesson, argc, argv);

	return ret < 0 ? learn(&lesson) : ret;
}
