// SPDX-License-Identifier: LGPL-2.1-or-later
/* Lines and files: text to tree. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "source.h"
#include "utf8.h"

void *avow_policy_parser_take(struct avow_policy_parser *parser, size_t size)
{
	void *taken = avow_policy_arena_take(&parser->text->arena, size);

	if (!taken)
		parser->errors->no_memory = true;
	return taken;
}

bool avow_policy_parser_eat(struct avow_policy_parser *parser, const char *word)
{
	if (parser->lexer.token != TOKEN_WORD || strcmp(parser->lexer.text, word))
		return false;
	avow_policy_lexer_next(&parser->lexer);
	return true;
}

/* ---- rules and the default ---- */

/* "file:line: text" */
static const char *line_of(struct avow_policy_parser *parser, const struct avow_policy_statement *statement)
{
	char *text = avow_policy_print_statement(statement), *line = NULL, *copy = NULL;

	if (text && asprintf(&line, "%s:%u: %s", statement->place.file, statement->place.line, text) >= 0) {
		copy = avow_policy_arena_copy(&parser->text->arena, line, strlen(line));
		free(line);
	}
	free(text);
	if (!copy)
		parser->errors->no_memory = true;
	return copy;
}

static void append(struct avow_policy_parser *parser, struct avow_policy_statement *statement)
{
	if (statement->event && parser->text->nr >= AVOW_RULES_MAX - 1) {
		const char *action = avow_policy_word_of(avow_policy_actions, statement->action);

		if (!parser->too_many)
			avow_policy_error_add(parser->errors, false, &statement->place, action, strlen(action),
					      "one rule too many: a policy has at most %d and its default",
					      AVOW_RULES_MAX - 1);
		parser->too_many = true;
		return;
	}
	statement->line = line_of(parser, statement);
	*parser->tail = statement;
	parser->tail = &statement->next;
	parser->text->nr++;
}

static void parse_rule(struct avow_policy_parser *parser, struct avow_policy_statement *rule)
{
	const struct avow_policy_word *event = NULL;
	struct avow_policy_list list = { 0 };

	if (parser->lexer.token == TOKEN_WORD)
		event = avow_policy_find_word(avow_policy_events, parser->lexer.text);
	if (!event) {
		avow_policy_list_add_words(&list, avow_policy_events);
		if (parser->lexer.token != TOKEN_BAD)
			avow_policy_lexer_error(&parser->lexer, "expected %s", avow_policy_list_end(&list));
		return;
	}
	rule->event = event->bits;
	avow_policy_lexer_next(&parser->lexer);
	if (avow_policy_parse_conditions(parser, rule))
		append(parser, rule);
}

static void parse_default(struct avow_policy_parser *parser, struct avow_policy_statement *statement)
{
	struct avow_policy_lexer *lexer = &parser->lexer;
	const struct avow_policy_word *action = NULL;
	struct avow_policy_list list = { 0 };

	/* Also if its action is wrong: what follows is judged as if it were right. */
	parser->has_default = true;
	if (lexer->token == TOKEN_WORD)
		action = avow_policy_find_word(avow_policy_actions, lexer->text);
	if (!action) {
		avow_policy_list_add_words(&list, avow_policy_actions);
	} else {
		avow_policy_lexer_next(lexer);
		if (lexer->token != TOKEN_END)
			avow_policy_list_add(&list, "the end of the line");
	}
	if (list.length && lexer->token != TOKEN_BAD)
		avow_policy_lexer_error(lexer, "expected %s", avow_policy_list_end(&list));
	if (!action)
		return;
	statement->action = (uint32_t)action->bits;
	append(parser, statement);
}

/* ---- include ---- */

static void parse_file(struct avow_policy_parser *parser, const char *name, const struct avow_policy_place *from,
		       const char *word, size_t length);

/* Relative to the file that it is in. */
static const char *beside(struct avow_policy_parser *parser, const char *path)
{
	const char *name = parser->file->name, *slash = strrchr(name, '/');
	size_t directory = slash ? (size_t)(slash - name) + 1 : 0;
	char *joined;

	if (*path == '/' || !directory)
		return path;
	joined = avow_policy_parser_take(parser, directory + strlen(path) + 1);
	if (!joined)
		return NULL;
	memcpy(joined, name, directory);
	strcpy(joined + directory, path);
	return joined;
}

static void parse_include(struct avow_policy_parser *parser)
{
	struct avow_policy_lexer *lexer = &parser->lexer;
	struct avow_policy_place place = lexer->place;
	const char *word = lexer->word, *name;
	size_t length = lexer->word_length;

	if (lexer->token != TOKEN_STRING) {
		if (lexer->token != TOKEN_BAD)
			avow_policy_lexer_error(lexer, "expected the name of a file in \"...\"");
		return;
	}
	name = beside(parser, lexer->text);
	avow_policy_lexer_next(lexer);
	if (lexer->token == TOKEN_BAD)
		return;
	if (lexer->token != TOKEN_END) {
		avow_policy_lexer_error(lexer, "expected the end of the line");
		return;
	}
	if (name)
		parse_file(parser, name, &place, word, length);
}

/* ---- lines ---- */

static void wrong_start(struct avow_policy_parser *parser)
{
	struct avow_policy_list list = { 0 };

	avow_policy_list_add_words(&list, avow_policy_actions);
	avow_policy_list_add(&list, "include");
	avow_policy_list_add(&list, "default");
	avow_policy_lexer_error(&parser->lexer, "expected %s", avow_policy_list_end(&list));
}

static void parse_statement(struct avow_policy_parser *parser)
{
	struct avow_policy_lexer *lexer = &parser->lexer;
	const struct avow_policy_word *action;
	struct avow_policy_statement *statement;

	if (lexer->token == TOKEN_END || lexer->token == TOKEN_BAD)
		return;
	if (parser->has_default && !parser->file->from) {
		if (!parser->goes_on)
			avow_policy_lexer_error(lexer, "nothing may follow the default");
		parser->goes_on = true;
		return;
	}
	action = lexer->token == TOKEN_WORD ? avow_policy_find_word(avow_policy_actions, lexer->text) : NULL;
	if (!action && parser->file->from && lexer->token == TOKEN_WORD && !strcmp(lexer->text, "default")) {
		avow_policy_lexer_error(lexer, "only the main file has a default");
		return;
	}
	statement = avow_policy_parser_take(parser, sizeof(*statement));
	if (!statement)
		return;
	statement->place = lexer->place;
	if (action) {
		statement->action = (uint32_t)action->bits;
		avow_policy_lexer_next(lexer);
		parse_rule(parser, statement);
	} else if (avow_policy_parser_eat(parser, "default")) {
		parse_default(parser, statement);
	} else if (avow_policy_parser_eat(parser, "include")) {
		parse_include(parser);
	} else {
		wrong_start(parser);
	}
}

static void parse_line(struct avow_policy_parser *parser, uint32_t number, const char *line, size_t length)
{
	size_t shown = length < AVOW_POLICY_LINE_MAX ? length : AVOW_POLICY_LINE_MAX + 1;
	struct avow_policy_place place = { .file = parser->file->name, .line = number };
	char *bytes = avow_policy_arena_copy(&parser->text->arena, line, length);
	char *source = avow_policy_arena_copy(&parser->text->arena, line, shown);

	if (!bytes || !source) {
		parser->errors->no_memory = true;
		return;
	}
	avow_policy_utf8_tame(source, shown);
	place.source = source;
	parser->lexer = (struct avow_policy_lexer){ .arena = &parser->text->arena, .errors = parser->errors };
	if (avow_policy_lexer_begin(&parser->lexer, &place, bytes, length))
		parse_statement(parser);
}

/* Returns how many lines there are. */
static uint32_t parse_lines(struct avow_policy_parser *parser, const char *bytes, size_t size)
{
	const char *at = bytes, *end = bytes + size;
	uint32_t number = 0;

	while (at < end) {
		const char *line_end = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((line_end ? line_end : end) - at);

		parse_line(parser, ++number, at, length);
		at += length + 1;
	}
	return number;
}

/* ---- files ---- */

static const char *may_include(const struct avow_policy_parser *parser, const char *identity)
{
	const struct avow_policy_file *file;

	for (file = parser->file; file; file = file->from)
		if (!strcmp(file->identity, identity))
			return "a file that includes itself";
	if (parser->file && parser->file->depth == AVOW_POLICY_DEPTH_MAX)
		return "included too deep: at most 8 files may include one another";
	if (parser->nr_files == AVOW_POLICY_FILES_MAX)
		return "one file too many: a policy has at most 64";
	return NULL;
}

static void check_default(struct avow_policy_parser *parser, const char *name, uint32_t lines)
{
	const struct avow_policy_place end = { .file = name, .source = "", .line = lines + 1, .column = 1 };

	if (!parser->has_default)
		avow_policy_error_add(parser->errors, false, &end, "", 0,
				      "the default is missing: expected default allow, default deny or default audit");
}

static void parse_bytes(struct avow_policy_parser *parser, const char *name, const char *identity,
			const char *bytes, size_t size)
{
	const struct avow_policy_file *from = parser->file;
	const struct avow_policy_file file = {
		.from = from,
		.name = name,
		.identity = identity,
		.depth = from ? from->depth + 1 : 0,
	};
	uint32_t lines;

	parser->nr_files++;
	parser->file = &file;
	lines = parse_lines(parser, bytes, size);
	if (!from)
		check_default(parser, name, lines);
	parser->file = from;
}

static void parse_file(struct avow_policy_parser *parser, const char *path, const struct avow_policy_place *from,
		       const char *word, size_t length)
{
	char *bytes = NULL, *identity = NULL;
	const char *name = avow_policy_arena_copy(&parser->text->arena, path, strlen(path)), *why;
	size_t size = 0;
	int err;

	if (!name) {
		parser->errors->no_memory = true;
		return;
	}
	err = parser->reader->read(parser->reader->context, name, &bytes, &size, &identity);
	if (err) {
		avow_policy_error_add(parser->errors, false, from, word, length, "cannot read %s: %s", name,
				      err == -EFBIG ? "a policy has at most 1 MiB" : strerror(-err));
		return;
	}
	why = may_include(parser, identity);
	if (why)
		avow_policy_error_add(parser->errors, false, from, word, length, "%s", why);
	else
		parse_bytes(parser, name, identity, bytes, size);
	free(bytes);
	free(identity);
}

struct avow_policy_text *avow_policy_read(const struct avow_policy_reader *reader, const char *path,
					  struct avow_policy_errors *errors)
{
	struct avow_policy_place whole = { .file = path, .source = "" };
	struct avow_policy_parser parser = { .errors = errors, .reader = reader ? reader : &avow_policy_files };

	parser.text = calloc(1, sizeof(*parser.text));
	if (!parser.text) {
		errors->no_memory = true;
		return NULL;
	}
	parser.tail = &parser.text->first;
	parse_file(&parser, path, &whole, "", 0);
	if (avow_policy_errors_none(errors))
		return parser.text;
	avow_policy_text_free(parser.text);
	return NULL;
}

void avow_policy_text_free(struct avow_policy_text *text)
{
	if (!text)
		return;
	avow_policy_arena_free(&text->arena);
	free(text);
}

const struct avow_policy_statement *avow_policy_statement_at(const struct avow_policy_text *text, uint32_t rule)
{
	const struct avow_policy_statement *statement = rule ? text->first : NULL;

	for (; statement && rule > 1; rule--)
		statement = statement->next;
	return statement;
}
