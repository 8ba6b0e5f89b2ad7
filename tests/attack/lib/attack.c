// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * NAME CONTRACT RULES: RULES are those that a refusal may name, with blanks between
 * them, or "any". Exit status 0 stopped, 1 got through, 2 could not try.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "attack.h"
#include "policy_case.h"
#include "protocol.h"
#include "watch.h"

/* Of the process that attacks: others than test.h's, whose failures are "could not try". */
#define CHILD_STOPPED		10
#define CHILD_GOT_THROUGH	11

/* A race goes on for so long, and on a busy machine for at least so many rounds. */
#define RACE_SECONDS	3
#define RACE_ROUNDS	50
/* That is not enough for a race that must be won: then it has this time, and never more. */
#define RACE_LONGEST	90

char **attack_arguments;
static const char *rules;
static time_t started;
static u64 first_seq;

static void tell(const char *word, const char *fmt, va_list args)
{
	char text[512];

	vsnprintf(text, sizeof(text), fmt, args);
	printf("# %s: %s\n", word, text);
	fflush(stdout);
}

void stopped(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	tell("stopped", fmt, args);
	va_end(args);
	_exit(CHILD_STOPPED);
}

void got_through(const char *proof, ...)
{
	va_list args;

	va_start(args, proof);
	tell("got through", proof, args);
	va_end(args);
	_exit(CHILD_GOT_THROUGH);
}

void could_not_try(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	tell("could not try", why, args);
	va_end(args);
	_exit(EXIT_FAILURE);
}

static const char *rule_name(u32 rule, char name[16])
{
	snprintf(name, 16, rule % 100 ? "R%u.%u" : "R%u", rule / 100, rule % 100);
	return name;
}

static bool rule_wanted(const char *name)
{
	size_t length = strlen(name);
	const char *at = rules;

	if (!strcmp(rules, "any"))
		return true;
	for (; *at; at += strspn(at, " ")) {
		if (strcspn(at, " ") == length && !strncmp(at, name, length))
			return true;
		at += strcspn(at, " ");
	}
	return false;
}

/* Ends as stopped if a refusal since first_seq names a rule that may. */
static _Noreturn void refused(struct scene *s, const char *what, const char *told)
{
	struct avow_refusal r[AVOW_REFUSALS_KEPT];
	char name[16] = "";
	u64 seq = first_seq;
	int i, nr;

	nr = avow_read_refusals(s->e.fd, &seq, r, AVOW_REFUSALS_KEPT, NULL);
	for (i = 0; i < nr; i++)
		if (rule_wanted(rule_name(r[i].rule, name)))
			stopped("%s: %s by %s", what, told, name);
	if (nr <= 0)
		could_not_try("%s: %s, and no refusal is on record", what, told);
	could_not_try("%s: %s by %s, not by %s", what, told, name, rules);
}

void attempt_begin(struct scene *s)
{
	first_seq = refusal_next(s->e.fd);
}

void attempt_end(struct scene *s, const char *what, long result)
{
	int err = test_errno(result);

	if (err)
		refused(s, what, strerrorname_np(err));
}

void attempt_unrecorded(const char *what, long result, int want_errno)
{
	int err = test_errno(result);

	if (err && err != want_errno)
		could_not_try("%s: %s, not %s", what, strerrorname_np(err),
			      strerrorname_np(want_errno));
	if (err)
		stopped("%s: %s", what, strerrorname_np(err));
}

void attempt_leaf(const char *what, struct leaf_result result)
{
	if (result.exit.ret)
		stopped("%s: exception %d, error code %#llx", what, result.exit.vector,
			(unsigned long long)result.exit.error);
	if (result.zf)
		stopped("%s: RAX %llu", what, (unsigned long long)result.rax);
}

static void check_fault(struct scene *s, const char *what, u64 addr, const struct fault *f)
{
	char told[32], at[64];

	if (!f->signo)
		return;
	snprintf(told, sizeof(told), "SIG%s", sigabbrev_np(f->signo));
	snprintf(at, sizeof(at), "%s at offset %#llx", what,
		 (unsigned long long)(addr - s->e.base));
	refused(s, at, told);
}

void attempt_read(struct scene *s, u64 addr)
{
	struct fault f;

	attempt_begin(s);
	f = probe_read(addr);
	check_fault(s, "read", addr, &f);
}

void attempt_write(struct scene *s, u64 addr, u8 value)
{
	struct fault f = probe_read(addr);

	if (!f.signo && f.value == value)
		could_not_try("the byte was %#x before it was written", value);
	attempt_begin(s);
	f = probe_write(addr, value);
	check_fault(s, "write", addr, &f);
	f = probe_read(addr);
	if (f.signo || f.value != value)
		could_not_try("wrote %#x and reads %#x, signal %d", value, f.value, f.signo);
}

void attempt_exec(struct scene *s, u64 addr)
{
	struct fault f;

	attempt_begin(s);
	f = probe_exec(addr);
	check_fault(s, "execute", addr, &f);
}

bool time_left(void)
{
	static unsigned long rounds;
	time_t passed;

	rounds++;
	/* From the first round on: what it took to prepare does not count. */
	if (!started)
		started = time(NULL);
	passed = time(NULL) - started;
	if (rounds > RACE_ROUNDS && !getenv(ATTACK_MUST_SUCCEED))
		return passed < RACE_SECONDS;
	return passed < RACE_LONGEST;
}

void stopped_throughout(struct scene *s, unsigned long rounds)
{
	char what[64];

	if (!rounds)
		could_not_try("not one round was done");
	snprintf(what, sizeof(what), "%lu rounds", rounds);
	first_seq = 0;
	refused(s, what, "refused");
}

void attack_policy(const char *text)
{
	policy_put("%s", text);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		REQUIRE(errno == EINTR);
	if (WIFSIGNALED(status))
		printf("# died of SIG%s\n", sigabbrev_np(WTERMSIG(status)));
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

void attack_in_child(void (*part)(void *arg), void *arg)
{
	pid_t pid = fork_child(part, arg);
	int status = wait_for(pid);

	if (status)
		_exit(status);
}

static _Noreturn void begin_here(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	attack();
	could_not_try("it was neither stopped nor has it proved anything");
}

static pid_t begin(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid)
		return pid;
	begin_here();
}

int main(int argc, char **argv)
{
	pid_t pid;
	int status;

	if (argc != 3 || (strcmp(argv[1], "compat") && strcmp(argv[1], "strict"))) {
		fprintf(stderr, "usage: %s compat|strict RULES|any\n", argv[0]);
		return COULD_NOT_TRY;
	}
	contract = strcmp(argv[1], "strict") ? AVOW_COMPAT : AVOW_STRICT;
	rules = argv[2];
	attack_arguments = argv;
	if (getenv(ATTACK_GOES_ON))
		begin_here();
	pid = begin();
	if (pid < 0)
		return COULD_NOT_TRY;
	status = wait_for(pid);
	return test_failed() ? COULD_NOT_TRY :
	       status == CHILD_STOPPED ? STOPPED :
	       status == CHILD_GOT_THROUGH ? GOT_THROUGH : COULD_NOT_TRY;
}
