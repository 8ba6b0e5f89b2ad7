// SPDX-License-Identifier: LGPL-2.1-or-later
/* Tree to text. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "language.h"
#include "utf8.h"

/* ---- names ---- */

static bool is_fine(const char *name)
{
	size_t length = strlen(name), bytes;
	uint32_t character;

	if (!length)
		return false;
	for (; length; name += bytes, length -= bytes) {
		bytes = avow_policy_utf8_next(name, length, &character);
		if (!bytes || avow_policy_utf8_kind(character) != CHARACTER_FINE)
			return false;
	}
	return true;
}

static void print_name(FILE *to, const char *name, bool quote)
{
	if (!quote && !strpbrk(name, " \t,#\"\\") && !avow_policy_reserved(name)) {
		fputs(name, to);
		return;
	}
	putc('"', to);
	for (; *name; name++) {
		if (*name == '"' || *name == '\\')
			putc('\\', to);
		putc(*name, to);
	}
	putc('"', to);
}

/* Closes the stream. What could not be written is NULL. */
static char *end_stream(FILE *to, char **text)
{
	bool failed = ferror(to);

	if (fclose(to) || failed) {
		free(*text);
		*text = NULL;
	}
	return *text;
}

int avow_policy_quote(const char *name, char **quoted)
{
	size_t size;
	FILE *to;

	if (!is_fine(name))
		return -EINVAL;
	to = open_memstream(quoted, &size);
	if (!to)
		return -ENOMEM;
	/* A user's name of digits would be a number. */
	print_name(to, name, strspn(name, "0123456789") == strlen(name));
	return end_stream(to, quoted) ? 0 : -ENOMEM;
}

/* ---- statements ---- */

static void print_value(FILE *to, const struct avow_policy_form *form, const struct avow_policy_value *value)
{
	if (value->is_number)
		fprintf(to, "%u", value->number);
	else if (form->type == TYPE_PATH || form->type == TYPE_ID || form->type == TYPE_NAME)
		print_name(to, value->text,
			   form->type == TYPE_ID && strspn(value->text, "0123456789") == strlen(value->text));
	else
		fputs(value->text, to);
}

static void print_condition(FILE *to, const struct avow_policy_condition *condition)
{
	const struct avow_policy_form *form = condition->form;
	const char *relation = avow_policy_relation_words(form->relation);
	const struct avow_policy_value *value;

	fputs(form->subject, to);
	if (!*relation)
		return;
	if (condition->negated)
		fputs(form->relation == RELATION_IS ? " is not" : " not under", to);
	else
		fprintf(to, " %s", relation);
	for (value = condition->values; value; value = value->next) {
		fputs(value == condition->values ? " " : " or ", to);
		print_value(to, form, value);
	}
}

static void print_conditions(FILE *to, const struct avow_policy_condition *condition, const char *first,
			     const char *between)
{
	const char *before = first;

	for (; condition; condition = condition->next) {
		fputs(before, to);
		print_condition(to, condition);
		before = between;
	}
}

static void print_statement(FILE *to, const struct avow_policy_statement *statement)
{
	const char *action = avow_policy_word_of(avow_policy_actions, statement->action);

	if (!statement->event) {
		fprintf(to, "default %s", action);
		return;
	}
	fprintf(to, "%s %s", action, avow_policy_word_of(avow_policy_events, statement->event));
	print_conditions(to, statement->conditions, " ", ", ");
	print_conditions(to, statement->unless, " unless ", " or ");
}

char *avow_policy_print_statement(const struct avow_policy_statement *statement)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	print_statement(to, statement);
	return end_stream(to, &text);
}

char *avow_policy_print(const struct avow_policy_text *policy)
{
	const struct avow_policy_statement *statement;
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		return NULL;
	for (statement = policy->first; statement; statement = statement->next) {
		print_statement(to, statement);
		putc('\n', to);
	}
	return end_stream(to, &text);
}

const char *avow_policy_class_word(unsigned int class)
{
	const char *word = class < 64 - FACT_CLASS_SHIFT ?
			   avow_policy_word_of(avow_policy_classes, FACT_CLASS(class)) : "";

	return *word ? word : NULL;
}
