/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words of the language, as tables: parser, printer and messages read the same ones. */
#ifndef AVOW_POLICY_GRAMMAR_H
#define AVOW_POLICY_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"

/* A word, and the bits or the number that it stands for. The end has no word. */
struct avow_policy_word {
	const char *word;
	uint64_t bits;
};

extern const struct avow_policy_word avow_policy_actions[], avow_policy_events[];
/* Source classes; without NONE, which no request has. */
extern const struct avow_policy_word avow_policy_classes[];
/* AVOW_RWX bits; "none" is the last. */
extern const struct avow_policy_word avow_policy_rights[];
/* FACT_ bits. */
extern const struct avow_policy_word avow_policy_histories[], avow_policy_mounts[], avow_policy_modes[];

/* How a condition's values are compared. */
enum avow_policy_relation {
	RELATION_HOLDS,		/* no values */
	RELATION_LACKS_IT,	/* no values: the bit is not set */
	RELATION_HAS,		/* all of these bits */
	RELATION_LACKS,		/* none of these bits */
	RELATION_IS,		/* one of these values; or exactly these rights */
	RELATION_WITHIN,	/* no other rights than these */
	RELATION_UNDER,
	RELATION_AT_LEAST,
};

enum avow_policy_type {
	TYPE_NONE,
	TYPE_RIGHTS,	/* one word of avow_policy_rights */
	TYPE_BITS,	/* one word of .words */
	TYPE_CLASS,	/* words of avow_policy_classes, and "or" */
	TYPE_PATH,	/* absolute paths, and "or"; so are all types that follow */
	TYPE_ID,	/* names or numbers of users or groups */
	TYPE_NAME,	/* of a file system */
	TYPE_DIGEST,	/* sha256:HEX or sha512:HEX */
	TYPE_HEX,	/* 64 hexadecimal digits */
	TYPE_NUMBER,	/* up to 65535 */
	TYPE_SVN,	/* such a number, one only */
};

struct avow_policy_form {
	const char *subject;
	uint64_t events;	/* that it belongs to */
	enum avow_policy_relation relation;
	enum avow_policy_type type;
	bool negatable;		/* "is not", "not under" */
	const struct avow_policy_word *words;	/* of TYPE_BITS and TYPE_RIGHTS */
	uint64_t bits;		/* of a condition without values; of TYPE_RIGHTS: all there are */
	enum avow_entry_kind kind;	/* of identities */
};

/* Forms of a subject are neighbours. The end has no subject. */
extern const struct avow_policy_form avow_policy_forms[];

/* The first form of this subject; NULL if there is none. */
const struct avow_policy_form *avow_policy_subject(const char *word);

/* Is it a word of the language, so that a value that looks like it must be quoted? */
bool avow_policy_reserved(const char *word);

const struct avow_policy_word *avow_policy_find_word(const struct avow_policy_word *words, const char *word);
/* "": no such number. */
const char *avow_policy_word_of(const struct avow_policy_word *words, uint64_t bits);

/* "has", "at least"; "" for conditions of one word. */
const char *avow_policy_relation_words(enum avow_policy_relation relation);

/* "a, b or c" of a list that is added to; for messages. */
struct avow_policy_list {
	char text[512];
	size_t length, last;	/* last: where the last word begins */
};

void avow_policy_list_add(struct avow_policy_list *list, const char *word);
void avow_policy_list_add_words(struct avow_policy_list *list, const struct avow_policy_word *words);
/* The subjects that belong to one of these events. */
void avow_policy_list_add_subjects(struct avow_policy_list *list, uint64_t events);
const char *avow_policy_list_end(struct avow_policy_list *list);

#endif
