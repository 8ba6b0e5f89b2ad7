// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "grammar.h"
#include "policy_read.h"

bool policy_read(struct policy_read *read, const char *path, const struct avow_policy_resolver *resolver)
{
	*read = (struct policy_read){ .policy = malloc(sizeof(*read->policy)) };
	if (!read->policy) {
		read->errors.no_memory = true;
		return false;
	}
	read->text = avow_policy_read(NULL, path, &read->errors);
	if (read->text && avow_policy_compile(read->text, resolver, read->policy, &read->errors))
		return true;
	free(read->policy);
	read->policy = NULL;
	return false;
}

void policy_read_free(struct policy_read *read)
{
	avow_policy_text_free(read->text);
	free(read->policy);
	avow_policy_errors_free(&read->errors);
}

const char *policy_action_word(unsigned int action)
{
	return avow_policy_word_of(avow_policy_actions, action);
}

/* ---- text ---- */

/* "'word': ", or where the text ends too soon. */
static void tell_word(const struct avow_policy_error *error)
{
	if (*error->word)
		fprintf(stderr, "'%s': ", error->word);
	else if (error->place.line)
		fprintf(stderr, "end of %s: ", *error->place.source ? "line" : "file");
}

/* The line, and below it "^~~~"; tabs stay tabs, so that both have the same width. */
static void tell_source(const struct avow_policy_place *place)
{
	const char *at = place->source;
	uint32_t column, width;

	fprintf(stderr, "  %s\n  ", place->source);
	for (column = 1; column < place->column; column++) {
		putc(*at == '\t' ? '\t' : ' ', stderr);
		if (*at)
			at++;
		while ((*at & 0xc0) == 0x80)	/* the rest of a character */
			at++;
	}
	putc('^', stderr);
	for (width = 1; width < place->width; width++)
		putc('~', stderr);
	putc('\n', stderr);
}

static void tell_error(const struct avow_policy_error *error)
{
	const struct avow_policy_place *place = &error->place;

	fputs(place->file, stderr);
	if (place->line)
		fprintf(stderr, ":%u:%u", place->line, place->column);
	fprintf(stderr, ": %s", error->warning ? "warning: " : "");
	tell_word(error);
	fprintf(stderr, "%s\n", error->message);
	if (*place->source)
		tell_source(place);
}

/* How many there were when the list was full. */
static size_t not_listed(const struct avow_policy_errors *errors)
{
	return errors->nr_errors + errors->nr_warnings - errors->nr;
}

void policy_tell(const struct policy_read *read, bool warnings)
{
	const struct avow_policy_errors *errors = &read->errors;
	size_t i;

	for (i = 0; i < errors->nr; i++)
		if (warnings || !errors->list[i].warning)
			tell_error(&errors->list[i]);
	if (not_listed(errors))
		complain("policy: %zu more errors and warnings", not_listed(errors));
	if (errors->no_memory)
		complain("policy: no memory");
}

/* ---- JSON ---- */

static void add_error(struct json_object *array, const struct avow_policy_error *error)
{
	struct json_object *one = json_object_new_object();

	json_text(one, "file", error->place.file);
	json_number(one, "line", error->place.line);
	json_number(one, "column", error->place.column);
	json_text(one, "word", error->word);
	json_text(one, "message", error->message);
	json_text(one, "source", error->place.source);
	json_object_array_add(array, one);
}

void policy_tell_json(struct json_object *to, const struct policy_read *read)
{
	struct json_object *errors = json_object_new_array(), *warnings = json_object_new_array();
	size_t i;

	for (i = 0; i < read->errors.nr; i++)
		add_error(read->errors.list[i].warning ? warnings : errors, &read->errors.list[i]);
	json_object_object_add(to, "errors", errors);
	json_object_object_add(to, "warnings", warnings);
	json_number(to, "not_listed", not_listed(&read->errors));
}
