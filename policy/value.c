// SPDX-License-Identifier: LGPL-2.1-or-later
/* Values of conditions: rights, classes, paths, names, digests, numbers. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <linux/fsverity.h>

#include "parser.h"

#define FILESYSTEM_MAX	(sizeof(((struct avow_facts *)0)->filesystem) - 1)
#define ID_MAX		0xfffffffeULL	/* the one above means "none" to the kernel */

static bool refuse(struct avow_policy_list *why, const char *text)
{
	*why = (struct avow_policy_list){ 0 };
	avow_policy_list_add(why, text);
	return false;
}

static bool read_word(const struct avow_policy_word *words, bool none, const char *text,
		      struct avow_policy_value *value, struct avow_policy_list *why)
{
	const struct avow_policy_word *word = avow_policy_find_word(words, text);

	if (word && (word->bits || none)) {
		value->bits = word->bits;
		return true;
	}
	*why = (struct avow_policy_list){ 0 };
	for (; words->word; words++)
		if (words->bits || none)
			avow_policy_list_add(why, words->word);
	return false;
}

/* The path without double and trailing slashes. */
static bool read_path(struct avow_policy_arena *arena, const char *text, struct avow_policy_value *value,
		      struct avow_policy_list *why)
{
	char *path, *to;

	if (*text != '/')
		return refuse(why, "an absolute path");
	path = to = avow_policy_arena_copy(arena, text, strlen(text));
	if (!path)
		return refuse(why, "memory");
	while (*text) {
		size_t length;

		text += strspn(text, "/");
		length = strcspn(text, "/");
		if (!length)
			break;
		if ((length == 1 && *text == '.') || (length == 2 && !strncmp(text, "..", 2)))
			return refuse(why, "a path without . and ..");
		*to++ = '/';
		memmove(to, text, length);
		to += length;
		text += length;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
	value->text = path;
	return true;
}

static bool all_digits(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

static bool read_number(const char *text, uint64_t max, struct avow_policy_value *value)
{
	if (!all_digits(text) || strlen(text) > 10 || strtoull(text, NULL, 10) > max)
		return false;
	value->number = (uint32_t)strtoull(text, NULL, 10);
	value->is_number = true;
	return true;
}

static bool read_hex(struct avow_policy_arena *arena, const char *text, size_t bytes, struct avow_policy_value *value)
{
	char *small = avow_policy_arena_copy(arena, text, strlen(text)), pair[3] = "";
	size_t i;

	if (!small || strlen(text) != 2 * bytes || strspn(text, "0123456789abcdefABCDEF") != 2 * bytes)
		return false;
	for (i = 0; i < 2 * bytes; i++)
		small[i] = (char)tolower((unsigned char)small[i]);
	for (i = 0; i < bytes; i++) {
		memcpy(pair, small + 2 * i, 2);
		value->bytes[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
	value->text = small;
	return true;
}

static bool read_digest(struct avow_policy_arena *arena, const char *text, struct avow_policy_value *value)
{
	static const struct algorithm {
		const char *name;
		size_t bytes;
		uint32_t number;
	} algorithms[] = {
		{ "sha256:", 32, FS_VERITY_HASH_ALG_SHA256 },
		{ "sha512:", 64, FS_VERITY_HASH_ALG_SHA512 },
	};
	size_t i, length;
	char *whole;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		length = strlen(algorithms[i].name);
		if (strncmp(text, algorithms[i].name, length))
			continue;
		if (!read_hex(arena, text + length, algorithms[i].bytes, value))
			return false;
		whole = avow_policy_arena_take(arena, length + strlen(value->text) + 1);
		if (!whole)
			return false;
		memcpy(whole, algorithms[i].name, length);
		strcpy(whole + length, value->text);
		value->text = whole;
		value->number = algorithms[i].number;
		return true;
	}
	return false;
}

bool avow_policy_value_read(struct avow_policy_arena *arena, const struct avow_policy_form *form,
			    const char *text, bool quoted, struct avow_policy_value *value,
			    struct avow_policy_list *why)
{
	value->text = text;
	switch (form->type) {
	case TYPE_RIGHTS:
		return read_word(form->words, form->relation == RELATION_IS || form->relation == RELATION_WITHIN,
				 text, value, why);
	case TYPE_BITS:
		return read_word(form->words, false, text, value, why);
	case TYPE_CLASS:
		return read_word(avow_policy_classes, false, text, value, why);
	case TYPE_PATH:
		return read_path(arena, text, value, why);
	case TYPE_ID:
		return quoted || !all_digits(text) || read_number(text, ID_MAX, value) ||
		       refuse(why, "a name, or a number up to 4294967294");
	case TYPE_NAME:
		return strlen(text) <= FILESYSTEM_MAX || refuse(why, "the name of a file system, of at most 15 bytes");
	case TYPE_DIGEST:
		return read_digest(arena, text, value) ||
		       refuse(why, "sha256: and 64, or sha512: and 128 hexadecimal digits");
	case TYPE_HEX:
		return read_hex(arena, text, 32, value) || refuse(why, "64 hexadecimal digits");
	case TYPE_NUMBER:
	case TYPE_SVN:
		return read_number(text, 65535, value) || refuse(why, "a number up to 65535");
	case TYPE_NONE:
		break;
	}
	return refuse(why, "nothing");
}

/* May it be in quotes? */
static bool is_name(enum avow_policy_type type)
{
	return type == TYPE_PATH || type == TYPE_ID || type == TYPE_NAME;
}

struct avow_policy_value *avow_policy_parse_value(struct avow_policy_parser *parser,
						  const struct avow_policy_form *form)
{
	struct avow_policy_lexer *lexer = &parser->lexer;
	struct avow_policy_list why = { 0 };
	struct avow_policy_value *value;
	bool quoted = lexer->token == TOKEN_STRING;

	if (lexer->token == TOKEN_BAD)
		return NULL;
	value = avow_policy_parser_take(parser, sizeof(*value));
	if (!value)
		return NULL;
	/* An empty text is no value of any type: then why says what is. */
	if (!avow_policy_value_read(&parser->text->arena, form,
				    quoted && !is_name(form->type) ? "" : lexer->text, quoted, value, &why) ||
	    !*lexer->text) {
		if (!why.length)
			avow_policy_list_add(&why, "a name");
		avow_policy_lexer_error(lexer, "expected %s%s", avow_policy_list_end(&why),
					quoted && !is_name(form->type) ? ", without quotes" : "");
		return NULL;
	}
	if (!quoted && is_name(form->type) && avow_policy_reserved(lexer->text)) {
		avow_policy_lexer_error(lexer, "a word of the language: put it in \"...\" if it is a name");
		return NULL;
	}
	value->place = lexer->place;
	value->word = avow_policy_arena_copy(&parser->text->arena, lexer->word, lexer->word_length);
	if (!value->word) {
		parser->errors->no_memory = true;
		return NULL;
	}
	avow_policy_lexer_next(lexer);
	return value;
}
