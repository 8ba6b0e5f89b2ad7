// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <time.h>

#include "json.h"
#include "record.h"
#include "words.h"

#define SECOND	1000000000ULL	/* in nanoseconds */

#define COMM_SIZE	(sizeof(((struct avow_refusal *)0)->comm) + 1)

static char *comm_of(const struct avow_refusal *r, char comm[COMM_SIZE])
{
	snprintf(comm, COMM_SIZE, "%.*s", (int)sizeof(r->comm), r->comm);
	return comm;
}

static unsigned long long nanoseconds(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (unsigned long long)t.tv_sec * SECOND + (unsigned long long)t.tv_nsec;
}

unsigned long long boottime(void)
{
	return nanoseconds(CLOCK_BOOTTIME);
}

/* "2026-11-24T15:54:03.123456+0000": the local time of day, if the clock was never set meanwhile. */
#define DAYTIME_SIZE	48
static const char *daytime(unsigned long long boot, char text[DAYTIME_SIZE])
{
	unsigned long long at = nanoseconds(CLOCK_REALTIME) - boottime() + boot;
	time_t seconds = (time_t)(at / SECOND);
	char day[24], zone[8];
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	snprintf(text, DAYTIME_SIZE, "%s.%06llu%s", day, at % SECOND / 1000, zone);
	return text;
}

static bool is_audit(const struct avow_refusal *r)
{
	return !r->err && !r->signo;
}

struct json_object *record_json(const struct avow_told *t)
{
	struct json_object *one = json_object_new_object();
	const struct avow_refusal *r = t->refusal;
	char name[AVOW_WORD_SIZE], word[AVOW_WORD_SIZE], signal[AVOW_WORD_SIZE], comm[COMM_SIZE], day[DAYTIME_SIZE];

	json_number(one, "seq", r->seq);
	json_number(one, "time", r->time);
	json_text(one, "date", daytime(r->time, day));
	json_text(one, "verdict", is_audit(r) ? "audited" : "refused");
	json_text(one, "rule", avow_rule_name(r->rule, name));
	json_text(one, "says", avow_rule_says(r->rule));
	json_text(one, "change", avow_what_to_change(t));
	json_text(one, "policy", t->line);
	json_text(one, "operation", avow_op_word(r->op));
	json_address(one, "base", t->base);
	json_address(one, "start", r->start);
	json_address(one, "end", r->end);
	json_rights(one, "requested", r->requested);
	json_rights(one, "declared", r->declared);
	json_text(one, "errno", r->err ? avow_errno_word((int)r->err, word) : NULL);
	json_text(one, "signal", r->signo ? avow_signal_word(r->signo, signal) : NULL);
	json_text(one, "source_class", class_word(r->source_class));
	json_text(one, "source", t->path);
	json_number(one, "pid", r->tgid);
	json_number(one, "thread", r->pid);
	json_text(one, "command", comm_of(r, comm));
	return one;
}

static void print_range(FILE *to, const struct avow_refusal *r)
{
	if (r->start || r->end)
		fprintf(to, " 0x%llx-0x%llx", (unsigned long long)r->start, (unsigned long long)r->end);
}

static void print_rights(FILE *to, const struct avow_refusal *r)
{
	const char *word = avow_declared_word(r);
	char rights[AVOW_WORD_SIZE];

	if (r->requested || word)
		fprintf(to, " asked %s", avow_rights_word(r->requested, rights));
	if (word)
		fprintf(to, " %s %s", word, avow_rights_word(r->declared, rights));
}

static void print_answer(FILE *to, const struct avow_refusal *r)
{
	char word[AVOW_WORD_SIZE];

	if (r->signo)
		fprintf(to, ": %s", avow_signal_word(r->signo, word));
	else if (r->err)
		fprintf(to, ": %s", avow_errno_word((int)r->err, word));
	else
		fputs(": audited", to);
}

void record_line(FILE *to, const struct avow_told *t)
{
	const struct avow_refusal *r = t->refusal;
	char day[DAYTIME_SIZE], comm[COMM_SIZE], name[AVOW_WORD_SIZE];

	fprintf(to, "%s %s[%u/%u] %s", daytime(r->time, day), printable(comm_of(r, comm)), r->tgid,
		r->pid, avow_rule_name(r->rule, name));
	if (t->line)
		fprintf(to, " [%s]", t->line);
	fprintf(to, " %s", avow_op_word(r->op));
	print_range(to, r);
	print_rights(to, r);
	print_answer(to, r);
	if (r->source_class != AVOW_SRC_NONE)
		fprintf(to, ", source %s", class_word(r->source_class));
	if (t->path && *t->path) {
		fputc(' ', to);
		print_printable(to, t->path);
	}
	fputc('\n', to);
}
