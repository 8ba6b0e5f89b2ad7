// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is printed. Rules and rights come from the kernel: its record of refusals, its list of runs. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "demo.h"
#include "runs.h"
#include "words.h"

#define BOLD	"\033[1m"
#define RED	"\033[31m"
#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define PLAIN	"\033[0m"

static bool colours, quiet;
static unsigned int steps, differences;
static __u64 next_seq;	/* of the next refusal of the enclave told of */

void tell_colours(bool on)
{
	colours = on;
}

void tell_quiet(bool on)
{
	quiet = on;
}

static void paint(const char *colour)
{
	if (colours)
		fputs(colour, stdout);
}

/* Padded without its colour, which takes no room. */
static void painted(const char *colour, int width, const char *text)
{
	paint(colour);
	printf("%s", text);
	paint(PLAIN);
	printf("%*s", width > (int)strlen(text) ? width - (int)strlen(text) : 0, "");
}

_Noreturn void give_up(const char *what, int err)
{
	fflush(stdout);
	fprintf(stderr, "demo: %s: %s\n", what, strerror(err));
	exit(EXIT_FAILURE);
}

void tell_title(const struct avow_info *info)
{
	struct utsname kernel;
	char size[SIZE_SIZE];

	uname(&kernel);
	painted(BOLD, 0, info->version);
	printf(" on Linux %s, contract %s (the module's default), %s for enclaves\n", kernel.release,
	       avow_contract_word(info->contract), size_word(info->epc_size, size));
}

void tell_chapter(const char *format, ...)
{
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (quiet)
		return;
	puts("");
	painted(BOLD, 48, text);
	puts("asked  declared  answer");
}

void tell_list(const char *text)
{
	if (quiet)
		return;
	puts("");
	painted(BOLD, 0, text);
	puts("");
}

void tell_enclave(void)
{
	next_seq = 0;
}

void tell_note(const char *format, ...)
{
	va_list args;

	if (quiet)
		return;
	fputs("  ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	puts("");
}

void tell_runs(int fd, const struct avow_run *runs, size_t nr)
{
	struct process self;
	struct mapped_run *parts;
	struct avow_info info;
	char **paths;
	size_t n, i;
	int err;

	if (quiet)
		return;
	err = avow_get_info(fd, &info);
	if (err)
		give_up("AVOW_IOC_INFO", -err);
	err = process_try(&self, getpid());
	if (err)
		give_up("/proc/self", err);
	parts = split_runs(info.base, runs, nr, self.mappings, self.nr_mappings, &n);
	paths = calloc(n + 1, sizeof(*paths));
	if (!parts || !paths)
		give_up("calloc()", ENOMEM);
	for (i = 0; i < n; i++)
		paths[i] = source_path_of(fd, parts[i].run.source);
	print_runs(stdout, parts, paths, n, colours);
	for (i = 0; i < n; i++)
		free(paths[i]);
	free(paths);
	free(parts);
	process_close(&self);
}

/* What the kernel recorded since the step before: at most one is expected. */
static int new_refusals(int fd, struct avow_refusal *r)
{
	struct avow_refusal more[2] = { { 0 } };
	int nr = avow_read_refusals(fd, &next_seq, more, 2, NULL);

	if (nr < 0)
		give_up("AVOW_IOC_REFUSALS", -nr);
	*r = more[0];
	return nr;
}

static const char *answer_text(int result, const char *answer, const struct avow_refusal *r,
			       char word[AVOW_WORD_SIZE + 24])
{
	char signal[AVOW_WORD_SIZE];

	if (!result)
		return answer ? answer : "done";
	if (!r->signo)
		return avow_errno_word(-result, word);
	snprintf(word, AVOW_WORD_SIZE + 24, "#PF inside (%s outside)", avow_signal_word(r->signo, signal));
	return word;
}

static bool as_expected(const struct step *step, int result, int nr, const struct avow_refusal *r)
{
	if (!step->rule)
		return !result && !nr;
	return nr == 1 && r->rule == step->rule && result == -(step->err ? step->err : EFAULT) &&
	       r->err == (__u32)step->err;
}

static void tell_refusal(const struct avow_refusal *r)
{
	const char *says = avow_rule_says(r->rule);
	char name[AVOW_WORD_SIZE];

	fputs("      ", stdout);
	painted(YELLOW, 0, avow_rule_name(r->rule, name));
	printf(": %s.\n", says ? says : "a rule that has no sentence here");
}

static void tell_difference(const struct step *step, int result, int nr, const struct avow_refusal *r)
{
	char got[AVOW_WORD_SIZE] = "none", want[AVOW_WORD_SIZE] = "none", err[AVOW_WORD_SIZE];

	differences++;
	if (nr)
		avow_rule_name(r->rule, got);
	if (step->rule)
		avow_rule_name(step->rule, want);
	fflush(stdout);
	fprintf(stderr, "demo: %s: %s with %d new refusals (rule %s), but rule %s and %s were expected\n",
		step->what, result ? strerrorname_np(-result) : "success", nr, got, want,
		step->rule ? avow_errno_word(step->err ? step->err : EFAULT, err) : "success");
}

void tell_step(int fd, const struct step *step, int result, const char *answer)
{
	struct avow_refusal r = { 0 };
	char asked[AVOW_WORD_SIZE] = "", declared[AVOW_WORD_SIZE] = "", word[AVOW_WORD_SIZE + 24];
	int nr = new_refusals(fd, &r);
	bool ok = as_expected(step, result, nr, &r);

	steps++;
	if (step->asked != ASKED_NOTHING) {
		avow_rights_word(step->asked, asked);
		avow_rights_word(nr ? r.declared : stage_run(fd, step->offset).intent, declared);
	}
	if (!quiet) {
		printf("  %-46s%-7s%-10s", step->what, asked, declared);
		painted(result ? RED : GREEN, 0, answer_text(result, answer, &r, word));
		puts("");
		if (nr)
			tell_refusal(&r);
	}
	if (!ok)
		tell_difference(step, result, nr, &r);
	fflush(stdout);
}

int tell_end(void)
{
	if (differences) {
		fflush(stdout);
		fprintf(stderr, "demo: %u of %u steps came out differently\n", differences, steps);
		return EXIT_FAILURE;
	}
	puts("");
	painted(GREEN, 0, "All as the rules say");
	printf(": %u steps, each compared with what the kernel recorded.\n", steps);
	return EXIT_SUCCESS;
}
