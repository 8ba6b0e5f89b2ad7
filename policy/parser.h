/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parser's files share. */
#ifndef AVOW_POLICY_PARSER_H
#define AVOW_POLICY_PARSER_H

#include "grammar.h"
#include "language.h"
#include "lexer.h"

/* A file that is being read, and the one that includes it. */
struct avow_policy_file {
	const struct avow_policy_file *from;	/* NULL: the main file */
	const char *name, *identity;
	uint32_t depth;				/* of the main file 0 */
};

struct avow_policy_parser {
	const struct avow_policy_reader *reader;
	struct avow_policy_errors *errors;
	struct avow_policy_text *text;
	struct avow_policy_statement **tail;
	const struct avow_policy_file *file;
	uint32_t nr_files;
	bool has_default;
	bool goes_on, too_many;			/* was told */
	struct avow_policy_lexer lexer;		/* of the line that is being read */
};

void *avow_policy_parser_take(struct avow_policy_parser *parser, size_t size);

/* Is the token this word of the language? Then it goes on to the next. */
bool avow_policy_parser_eat(struct avow_policy_parser *parser, const char *word);

/*
 * condition.c: what follows an event, up to the end of the line. False after an error, which
 * was added.
 */
bool avow_policy_parse_conditions(struct avow_policy_parser *parser, struct avow_policy_statement *rule);

/* value.c: one value, which is the token; then the next token is there. NULL after an error. */
struct avow_policy_value *avow_policy_parse_value(struct avow_policy_parser *parser,
						  const struct avow_policy_form *form);

/*
 * value.c: the value of a text, as the language and "avow policy test" have it. Fills in text,
 * bits, number and bytes; or why, for "'word': why".
 */
bool avow_policy_value_read(struct avow_policy_arena *arena, const struct avow_policy_form *form,
			    const char *text, bool quoted, struct avow_policy_value *value,
			    struct avow_policy_list *why);

#endif
