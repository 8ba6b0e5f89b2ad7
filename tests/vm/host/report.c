// SPDX-License-Identifier: LGPL-2.1-or-later
/* Telling people how tests came out, one line each. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "suite.h"

void report_line(struct report *report, enum ktap_outcome outcome, const char *name,
		 const char *detail)
{
	const char *more = "";

	if (outcome == KTAP_SKIP && report->options->strict_skips) {
		outcome = KTAP_FAIL;
		more = "skipped, which is not allowed here: ";
	}
	report->passed += outcome == KTAP_PASS;
	report->failed += outcome == KTAP_FAIL;
	report->skipped += outcome == KTAP_SKIP;
	printf("%s %s %s%s%s%s\n", ktap_word(outcome), report->options->title, name,
	       *detail || *more ? ": " : "", more, detail);
	fflush(stdout);
}

/* Skipped parts of a test that passed as a whole are to be seen, too. */
static void report_inner_skips(struct report *report, const struct ktap_result *result)
{
	for (size_t i = 0; i < result->inner->count; i++) {
		const struct ktap_result *part = &result->inner->results[i];
		char *name;

		if (part->outcome != KTAP_SKIP)
			continue;
		name = must_format("%s, %s", result->name, part->name);
		report_line(report, KTAP_SKIP, name, part->reason);
		free(name);
	}
}

void report_result(struct report *report, const struct ktap_result *result)
{
	char why[512];
	enum ktap_outcome outcome = ktap_result_verdict(result, why, sizeof(why));
	const struct ktap_stream *inner = result->inner;

	if (outcome == KTAP_PASS && inner)
		snprintf(why, sizeof(why), "%zu case%s", inner->count,
			 inner->count == 1 ? "" : "s");
	report_line(report, outcome, result->name, why);
	for (size_t i = 0; inner && outcome == KTAP_FAIL && i < inner->count; i++)
		if (inner->results[i].outcome == KTAP_FAIL)
			printf("     not ok: %s %s\n", inner->results[i].name,
			       inner->results[i].reason);
	if (outcome == KTAP_PASS && inner)
		report_inner_skips(report, result);
}

struct expectation {
	char *name, *reason;
	enum ktap_outcome outcome;
	bool seen;
};

/* Lines of "NAME pass|fail|skip REASON"; '#' starts a comment. */
static struct expectation *read_table(const char *path, size_t *count)
{
	struct expectation *table = NULL;
	FILE *file = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	*count = 0;
	if (!file)
		fail("cannot read %s: %s", path, strerror(errno));
	while (getline(&line, &size, file) > 0) {
		char *rest, *name = strtok_r(line, " \t\n", &rest);
		char *word = strtok_r(NULL, " \t\n", &rest);
		char *reason = strtok_r(NULL, "\n", &rest);
		struct expectation *one;

		if (!name || *name == '#')
			continue;
		table = realloc(table, (*count + 1) * sizeof(*table));
		if (!table)
			fail("out of memory");
		one = &table[(*count)++];
		*one = (struct expectation){ .name = must_format("%s", name) };
		for (one->outcome = KTAP_PASS; word && strcmp(word, ktap_word(one->outcome));
		     one->outcome++)
			if (one->outcome == KTAP_SKIP)
				fail("%s: %s: '%s' is not pass, fail or skip", path, name, word);
		if (!word || !reason)
			fail("%s: %s: an outcome and a reason are needed", path, name);
		one->reason = must_format("%s", reason + strspn(reason, " \t"));
	}
	free(line);
	fclose(file);
	return table;
}

static void compare(struct report *report, const struct ktap_result *part,
		    struct expectation *expected)
{
	char detail[512] = "";

	expected->seen = true;
	if (part->outcome != expected->outcome)
		snprintf(detail, sizeof(detail), "%s where the table says %s (%s)%s%s",
			 ktap_word(part->outcome), ktap_word(expected->outcome), expected->reason,
			 *part->reason ? ": " : "", part->reason);
	else if (part->outcome != KTAP_PASS)
		snprintf(detail, sizeof(detail), "%s, as expected: %s",
			 ktap_word(part->outcome), expected->reason);
	report_line(report, part->outcome == expected->outcome ? KTAP_PASS : KTAP_FAIL,
		    part->name, detail);
}

/* By its exit status a program counts its failures, which may be expected. */
static bool is_exit_status(const char *reason)
{
	return !strncmp(reason, "exit status ", strlen("exit status "));
}

void report_expected(struct report *report, const struct ktap_result *result,
		     const char *path)
{
	static const struct ktap_stream nothing = { .plan = -1 };
	const struct ktap_stream *inner = result->inner ? result->inner : &nothing;
	struct expectation *table;
	size_t rows, failed = 0;
	char why[512];

	table = read_table(path, &rows);
	for (size_t i = 0; i < inner->count; i++) {
		size_t row = 0;

		failed += inner->results[i].outcome == KTAP_FAIL;
		while (row < rows && strcmp(table[row].name, inner->results[i].name))
			row++;
		if (row < rows)
			compare(report, &inner->results[i], &table[row]);
		else
			report_line(report, KTAP_FAIL, inner->results[i].name,
				    "not in the table of expected outcomes");
	}
	for (size_t row = 0; row < rows; row++)
		if (!table[row].seen)
			report_line(report, KTAP_FAIL, table[row].name, "there is no result");
	ktap_verdict(inner, why, sizeof(why));
	if (inner->error || inner->plan != (long)inner->count)
		report_line(report, KTAP_FAIL, result->name, why);
	else if (result->outcome == KTAP_FAIL && !(failed && is_exit_status(result->reason)))
		report_line(report, KTAP_FAIL, result->name, result->reason);
	free(table);
}

void report_totals(const struct report *report)
{
	FILE *file;

	if (!report->options->totals)
		return;
	file = fopen(report->options->totals, "a");
	if (!file || fprintf(file, "%u %u %u\n", report->passed, report->failed,
			     report->skipped) < 0 || fclose(file))
		fail("cannot write %s: %s", report->options->totals, strerror(errno));
}
