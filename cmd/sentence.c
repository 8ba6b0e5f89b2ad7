// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"
#include "sentence.h"
#include "words.h"

#define INDENT		4
#define TEXT_SIZE	1024

/* A paragraph that grows. What does not fit is cut, and nothing here is as long. */
struct text {
	char at[TEXT_SIZE];
	size_t used;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
	size_t room = sizeof(text->at) - text->used;
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->at + text->used, room, format, args);
	va_end(args);
	if (length > 0)
		text->used += (size_t)length < room ? (size_t)length : room - 1;
}

void wrap(FILE *to, int indent, int width, const char *text)
{
	int column = 0;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column && column + 1 + length > width) {
			fputc('\n', to);
			column = 0;
		}
		column += fprintf(to, "%*s%.*s", column ? 1 : indent, "", length, text);
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

static void add_range(struct text *text, const struct told *t)
{
	const struct avow_refusal *r = t->refusal;
	unsigned long long pages = (r->end - r->start + 4095) / 4096;

	add(text, "0x%llx-0x%llx (", (unsigned long long)r->start, (unsigned long long)r->end);
	if (r->start >= t->base && r->start - t->base < t->size)
		add(text, "offset 0x%llx, ", (unsigned long long)r->start - t->base);
	else if (t->size)
		add(text, "outside the enclave's range, ");
	add(text, "%llu page%s)", pages, pages == 1 ? "" : "s");
}

static const char *access_word(unsigned int rwx)
{
	return rwx & AVOW_W ? "write to" : rwx & AVOW_X ? "execute" : "read";
}

/* Of ADD_PAGES: what was refused before SECINFO was looked at has none (R18.1). */
static bool intent_known(const struct avow_refusal *r)
{
	return r->requested || r->source_class != AVOW_SRC_NONE;
}

static void add_asked(struct text *text, const struct told *t)
{
	const struct avow_refusal *r = t->refusal;
	char rights[RIGHTS_SIZE];

	if (!r->start && !r->end) {
		add(text, "It called %s. ", op_word(r->op));
		return;
	}
	rights_word(r->requested, rights);
	switch (r->op) {
	case AVOW_OP_MMAP:
	case AVOW_OP_MPROTECT:
		add(text, "It asked %s for %s", op_word(r->op), rights);
		break;
	case AVOW_OP_MREMAP:
		add(text, "It asked mremap() to move a mapping with %s", rights);
		break;
	case AVOW_OP_ADD_PAGES:
		if (!intent_known(r))
			add(text, "It called ADD_PAGES");
		else
			add(text, "It asked ADD_PAGES for %s with intent %s",
			    r->end - r->start > 4096 ? "pages" : "a page", rights);
		break;
	case AVOW_OP_LOWER_INTENT:
		add(text, "It asked LOWER_INTENT for %s", rights);
		break;
	case AVOW_OP_RESTRICT:
		add(text, "It asked RESTRICT_PERMISSIONS for %s", rights);
		break;
	case AVOW_OP_FAULT:
		add(text, "It tried to %s memory", access_word(r->requested));
		break;
	case AVOW_OP_DEBUG_ACCESS:
		add(text, "It tried, as a debugger, to %s memory", access_word(r->requested));
		break;
	default:
		add(text, "It called %s", op_word(r->op));
	}
	add(text, " at ");
	add_range(text, t);
	add(text, ". ");
}

/* Rules that compare with an intent; others are about something else and have none. */
static bool is_about_intent(const struct avow_refusal *r)
{
	switch (r->rule) {
	case 201:
	case 801:
	case 802:
	case 1001:
	case 1002:
	case 1303:
	case 1401:
	case 1402:
	case 1702:
		return true;
	case 4102:
	case 4104:
		return r->op == AVOW_OP_MMAP || r->op == AVOW_OP_MPROTECT || r->op == AVOW_OP_FAULT;
	default:
		return false;
	}
}

const char *declared_word(const struct avow_refusal *r)
{
	if (r->op == AVOW_OP_ADD_PAGES && r->source_class != AVOW_SRC_NONE)
		return "source";
	return is_about_intent(r) ? "declared" : NULL;
}

static void add_declared(struct text *text, const struct avow_refusal *r)
{
	const char *word = declared_word(r);
	char rights[RIGHTS_SIZE];

	rights_word(r->declared, rights);
	if (word)
		add(text, *word == 's' ? "Its source is mapped %s. " : "The intent there is %s. ", rights);
}

static void add_answer(struct text *text, const struct avow_refusal *r)
{
	char word[SIGNAL_SIZE > ERRNO_SIZE ? SIGNAL_SIZE : ERRNO_SIZE];

	if (r->signo)
		add(text, "The answer was %s; inside the enclave that is an exception (#PF).",
		    signal_word(r->signo, word));
	else
		add(text, "The kernel answered %s (%s).", errno_word((int)r->err, word),
		    strerror((int)r->err));
}

static void print_rule(FILE *to, const struct avow_refusal *r, int width)
{
	const struct rule *rule = rule_find(r->rule);
	struct text text = { .used = 0 };
	char name[RULE_NAME_SIZE];

	add(&text, "%s: %s.", rule_name(r->rule, name),
	    rule ? rule->says : "a rule that this avow does not know; see SPEC.md of the module");
	wrap(to, INDENT, width, text.at);
}

static void print_source(FILE *to, const struct told *t, int width)
{
	unsigned int class = t->refusal->source_class;
	struct text text = { .used = 0 };

	if (class == AVOW_SRC_NONE)
		return;
	if (t->path)
		add(&text, "Source: %s, %s.", printable(t->path), class_phrase(class));
	else
		add(&text, "Source: %s.", class_phrase(class));
	wrap(to, INDENT, width, text.at);
}

static void print_policy(FILE *to, const struct told *t, int width)
{
	struct text text = { .used = 0 };

	if (!t->line)
		return;
	add(&text, "Policy: %s", t->line);
	wrap(to, INDENT, width, text.at);
}

const char *what_to_change(const struct told *t)
{
	const struct rule *rule = rule_find(t->refusal->rule);

	if (!t->line)
		return rule ? rule->change : NULL;
	switch (t->refusal->op) {
	case AVOW_OP_ADD_PAGES:
		return "declare an intent, or load from a source, that this line lets pass; or change the line "
		       "and load the policy again (avow policy load)";
	case AVOW_OP_INIT:
		return "sign or build the enclave as this line demands; or change the line and load the policy "
		       "again (avow policy load)";
	default:
		return "ask for rights that this line lets pass, given what the page was mapped as before (avow "
		       "maps: HISTORY); or change the line and load the policy again (avow policy load)";
	}
}

void refusal_print(FILE *to, const struct told *t, int width)
{
	const struct avow_refusal *r = t->refusal;
	const char *change = what_to_change(t);
	struct text text = { .used = 0 };
	char comm[sizeof(r->comm) + 1];
	double age = t->now > r->time ? (double)(t->now - r->time) / 1e9 : 0;

	snprintf(comm, sizeof(comm), "%.*s", (int)sizeof(r->comm), r->comm);
	fprintf(to, "%3llu. %s (process %u, thread %u), %.1f s ago\n", (unsigned long long)r->seq,
		printable(comm), r->tgid, r->pid, age);
	add_asked(&text, t);
	add_declared(&text, r);
	add_answer(&text, r);
	wrap(to, INDENT, width, text.at);
	print_rule(to, r, width);
	print_policy(to, t, width);
	print_source(to, t, width);
	if (change) {
		text.used = 0;
		add(&text, "To get on: %s.", change);
		wrap(to, INDENT, width, text.at);
	}
}
