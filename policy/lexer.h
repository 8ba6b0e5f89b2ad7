/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of one line. */
#ifndef AVOW_POLICY_LEXER_H
#define AVOW_POLICY_LEXER_H

#include "error.h"

#define AVOW_POLICY_LINE_MAX	4096	/* bytes of a line, without its end */

enum avow_policy_token {
	TOKEN_WORD,
	TOKEN_STRING,	/* was in quotes */
	TOKEN_COMMA,
	TOKEN_END,	/* of the line, or a comment */
	TOKEN_BAD,	/* an error was added */
};

/* The rest of a line, and the token that was read last. */
struct avow_policy_lexer {
	struct avow_policy_arena *arena;	/* of texts */
	struct avow_policy_errors *errors;
	const char *line;
	size_t length, next;			/* next: where the next token is looked for */
	size_t counted;				/* so many bytes are column characters */
	uint32_t column;
	enum avow_policy_token token;
	struct avow_policy_place place;		/* of the token */
	const char *word;			/* of the token, word_length bytes of the line */
	size_t word_length;
	const char *text;			/* what it means; "" where it is no word or string */
};

/*
 * place: file, line number and source of the line. Looks at the whole line first, also at its
 * comment: false, and an error was added, for one that is too long, or that has characters that
 * a policy must not have. Then the first token is there.
 */
bool avow_policy_lexer_begin(struct avow_policy_lexer *lexer, const struct avow_policy_place *place,
			     const char *line, size_t length);

void avow_policy_lexer_next(struct avow_policy_lexer *lexer);

/* An error at the token. */
__attribute__((format(printf, 2, 3)))
void avow_policy_lexer_error(struct avow_policy_lexer *lexer, const char *format, ...);

#endif
