// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lexer.h"
#include "utf8.h"

void avow_policy_lexer_error(struct avow_policy_lexer *lexer, const char *format, ...)
{
	char *message = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	va_end(args);
	avow_policy_error_add(lexer->errors, false, &lexer->place, lexer->word, lexer->word_length, "%s",
			      message ? message : "");
	free(message);
}

/* Tokens come in order, so that no character need be counted twice. */
static uint32_t column_of(struct avow_policy_lexer *lexer, size_t at)
{
	if (at < lexer->counted) {
		lexer->counted = 0;
		lexer->column = 0;
	}
	lexer->column += avow_policy_utf8_width(lexer->line + lexer->counted, at - lexer->counted);
	lexer->counted = at;
	return lexer->column + 1;
}

/* Makes line[start, end) the token. */
static void set_token(struct avow_policy_lexer *lexer, enum avow_policy_token token, size_t start, size_t end)
{
	lexer->token = token;
	lexer->word = lexer->line + start;
	lexer->word_length = end - start;
	lexer->text = "";
	lexer->place.column = column_of(lexer, start);
	lexer->place.width = avow_policy_utf8_width(lexer->word, lexer->word_length);
	lexer->next = end;
}

static void bad(struct avow_policy_lexer *lexer, size_t start, size_t end, const char *why)
{
	set_token(lexer, TOKEN_BAD, start, end);
	avow_policy_lexer_error(lexer, "%s", why);
}

/* ---- the line as a whole ---- */

static const char *fault_of(uint32_t character, size_t bytes)
{
	if (!bytes)
		return "not UTF-8";
	if (!character)
		return "a NUL byte";
	if (character == '\r')
		return "a carriage return: lines end with a line feed alone";
	switch (avow_policy_utf8_kind(character)) {
	case CHARACTER_CONTROL:
		return "a control character";
	case CHARACTER_INVISIBLE:
		return "an invisible character: the line would not be what it looks like";
	case CHARACTER_FINE:
		break;
	}
	return NULL;
}

static bool line_is_fine(struct avow_policy_lexer *lexer)
{
	uint32_t character = 0;
	const char *fault;
	size_t at, bytes;

	if (lexer->length > AVOW_POLICY_LINE_MAX) {
		set_token(lexer, TOKEN_BAD, AVOW_POLICY_LINE_MAX, AVOW_POLICY_LINE_MAX + 1);
		avow_policy_lexer_error(lexer, "a line has at most %d bytes", AVOW_POLICY_LINE_MAX);
		return false;
	}
	for (at = 0; at < lexer->length; at += bytes) {
		bytes = avow_policy_utf8_next(lexer->line + at, lexer->length - at, &character);
		fault = fault_of(character, bytes);
		if (fault) {
			bad(lexer, at, at + (bytes ? bytes : 1), fault);
			return false;
		}
	}
	return true;
}

bool avow_policy_lexer_begin(struct avow_policy_lexer *lexer, const struct avow_policy_place *place,
			     const char *line, size_t length)
{
	lexer->place = *place;
	lexer->line = line;
	lexer->length = length;
	lexer->next = 0;
	lexer->counted = 0;
	lexer->column = 0;
	if (!line_is_fine(lexer))
		return false;
	avow_policy_lexer_next(lexer);
	return true;
}

/* ---- tokens ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void keep_text(struct avow_policy_lexer *lexer, const char *text, size_t length)
{
	lexer->text = avow_policy_arena_copy(lexer->arena, text, length);
	if (!lexer->text) {
		lexer->errors->no_memory = true;
		lexer->token = TOKEN_BAD;
		lexer->text = "";
	}
}

/* A word goes on to a blank or comma. What would mean something else elsewhere must be quoted. */
static void read_word(struct avow_policy_lexer *lexer, size_t start)
{
	size_t end = start;

	while (end < lexer->length && !is_blank(lexer->line[end]) && lexer->line[end] != ',') {
		if (strchr("#\"\\", lexer->line[end])) {
			bad(lexer, end, end + 1, "in a word: put the whole word in \"...\", with \\ before \" and \\");
			return;
		}
		end++;
	}
	set_token(lexer, TOKEN_WORD, start, end);
	keep_text(lexer, lexer->word, lexer->word_length);
}

/* What is between the quotes goes to text. Returns where the string ends; 0 after an error. */
static size_t unquote(struct avow_policy_lexer *lexer, size_t start, char *text, size_t *length)
{
	size_t at;

	*length = 0;
	for (at = start + 1; at < lexer->length; at++) {
		char c = lexer->line[at];

		if (c == '"')
			return at + 1;
		if (c == '\\') {
			if (++at == lexer->length)
				break;
			c = lexer->line[at];
			if (c != '"' && c != '\\') {
				bad(lexer, at - 1, at + 1, "expected \\\" or \\\\ after a backslash");
				return 0;
			}
		}
		text[(*length)++] = c;
	}
	bad(lexer, start, lexer->length, "the closing \" is missing");
	return 0;
}

static void read_string(struct avow_policy_lexer *lexer, size_t start)
{
	char text[AVOW_POLICY_LINE_MAX];
	size_t length, end = unquote(lexer, start, text, &length);

	if (!end)
		return;
	if (end < lexer->length && !strchr(" \t,#", lexer->line[end])) {
		bad(lexer, end, end + 1, "expected a blank, a comma or the end of the line after \"...\"");
		return;
	}
	set_token(lexer, TOKEN_STRING, start, end);
	if (!length)
		bad(lexer, start, end, "nothing is between the quotes");
	else
		keep_text(lexer, text, length);
}

void avow_policy_lexer_next(struct avow_policy_lexer *lexer)
{
	size_t at = lexer->next;

	while (at < lexer->length && is_blank(lexer->line[at]))
		at++;
	if (at == lexer->length || lexer->line[at] == '#') {
		set_token(lexer, TOKEN_END, at, at);
		lexer->next = lexer->length;
	} else if (lexer->line[at] == ',') {
		set_token(lexer, TOKEN_COMMA, at, at + 1);
	} else if (lexer->line[at] == '"') {
		read_string(lexer, at);
	} else {
		read_word(lexer, at);
	}
}
