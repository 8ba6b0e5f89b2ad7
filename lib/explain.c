// SPDX-License-Identifier: LGPL-2.1-or-later
/* A refusal in sentences. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "message.h"

/* A text that grows. */
struct text {
	char *at;
	size_t used, size;
	bool failed;		/* for lack of memory */
};

static bool make_room(struct text *text, size_t length)
{
	size_t size = text->used + length + 1;
	char *bigger;

	if (text->failed)
		return false;
	if (size <= text->size)
		return true;
	bigger = realloc(text->at, 2 * size);
	if (!bigger) {
		text->failed = true;
		return false;
	}
	text->at = bigger;
	text->size = 2 * size;
	return true;
}

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	if (length > 0 && make_room(text, (size_t)length)) {
		vsnprintf(text->at + text->used, text->size - text->used, format, again);
		text->used += (size_t)length;
	}
	va_end(again);
	va_end(args);
}

/* A name that others chose: a terminal obeys control characters. */
static void add_name(struct text *text, const char *name)
{
	for (; *name; name++)
		add(text, "%c", (unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name);
}

static void add_range(struct text *text, const struct avow_told *t)
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

static void add_asked(struct text *text, const struct avow_told *t)
{
	const struct avow_refusal *r = t->refusal;
	char rights[AVOW_WORD_SIZE];

	if (!r->start && !r->end) {
		add(text, "It called %s. ", avow_op_word(r->op));
		return;
	}
	avow_rights_word(r->requested, rights);
	switch (r->op) {
	case AVOW_OP_MMAP:
	case AVOW_OP_MPROTECT:
		add(text, "It asked %s for %s", avow_op_word(r->op), rights);
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
		add(text, "It called %s", avow_op_word(r->op));
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

const char *avow_declared_word(const struct avow_refusal *r)
{
	if (r->op == AVOW_OP_ADD_PAGES && r->source_class != AVOW_SRC_NONE)
		return "source";
	return is_about_intent(r) ? "declared" : NULL;
}

static void add_declared(struct text *text, const struct avow_refusal *r)
{
	const char *word = avow_declared_word(r);
	char rights[AVOW_WORD_SIZE];

	avow_rights_word(r->declared, rights);
	if (word)
		add(text, *word == 's' ? "Its source is mapped %s. " : "The intent there is %s. ", rights);
}

static void add_answer(struct text *text, const struct avow_refusal *r)
{
	char word[AVOW_WORD_SIZE];

	if (r->signo)
		add(text, "The answer was %s; inside the enclave that is an exception (#PF).",
		    avow_signal_word(r->signo, word));
	else
		add(text, "The kernel answered %s (%s).", avow_errno_word((int)r->err, word),
		    strerror((int)r->err));
}

static void add_rule(struct text *text, const struct avow_refusal *r)
{
	const char *says = avow_rule_says(r->rule);
	char name[AVOW_WORD_SIZE];

	add(text, "%s: %s.\n", avow_rule_name(r->rule, name),
	    says ? says : "a rule that this libavow does not know; see SPEC.md of the module");
}

static void add_policy(struct text *text, const struct avow_told *t)
{
	if (!t->line)
		return;
	add(text, "Policy: ");
	add_name(text, t->line);
	add(text, "\n");
}

static void add_source(struct text *text, const struct avow_told *t)
{
	unsigned int class = t->refusal->source_class;

	if (class == AVOW_SRC_NONE)
		return;
	add(text, "Source: ");
	if (t->path) {
		add_name(text, t->path);
		add(text, ", ");
	}
	add(text, "%s.\n", avow_source_phrase(class));
}

const char *avow_what_to_change(const struct avow_told *t)
{
	if (!t->line)
		return avow_rule_change(t->refusal->rule);
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

int avow_explain(const struct avow_told *told, char **text)
{
	const char *change = avow_what_to_change(told);
	struct text all = { .used = 0 };

	add_asked(&all, told);
	add_declared(&all, told->refusal);
	add_answer(&all, told->refusal);
	add(&all, "\n");
	add_rule(&all, told->refusal);
	add_policy(&all, told);
	add_source(&all, told);
	if (change)
		add(&all, "To get on: %s.\n", change);
	if (all.failed) {
		free(all.at);
		all.at = NULL;
	}
	*text = all.at;
	return all.failed ? avow_no_memory() : 0;
}

/* The number of the last refusal: those before it are asked for and thrown away. */
static int last_refusal(int fd, struct avow_refusal *last)
{
	struct avow_refusal kept[AVOW_REFUSALS_KEPT];
	u64 seq = 0;
	int nr, err = -ENOENT;

	do {
		nr = avow_read_refusals(fd, &seq, kept, AVOW_REFUSALS_KEPT, NULL);
		if (nr < 0)
			return nr;
		if (nr) {
			*last = kept[nr - 1];
			err = 0;
		}
	} while (nr == AVOW_REFUSALS_KEPT);
	return err ? avow_fail(err, "nothing was refused") : 0;
}

int avow_explain_last(int fd, char **text)
{
	struct avow_refusal last;
	struct avow_told told = { .refusal = &last };
	struct avow_info info;
	char *path = NULL;
	int err;

	*text = NULL;
	err = avow_get_info(fd, &info);
	if (!err)
		err = last_refusal(fd, &last);
	if (!err && last.source)
		err = avow_source_path(fd, last.source, &path, NULL);
	if (err)
		return err;
	told.base = info.base;
	told.size = info.size;
	told.path = path;
	err = avow_explain(&told, text);
	free(path);
	return err;
}
