/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy as it was written: what the parser makes, and the compiler and the printer read. */
#ifndef AVOW_POLICY_AST_H
#define AVOW_POLICY_AST_H

#include "error.h"
#include "policy.h"

struct avow_policy_form;	/* grammar.h: a row of the table of conditions */

/* One of the values between which "or" stands. */
struct avow_policy_value {
	struct avow_policy_value *next;
	struct avow_policy_place place;
	const char *word;	/* as it is in the source, for errors */
	const char *text;	/* what it means: without quotes; hexadecimal digits in small letters */
	uint64_t bits;		/* of rights, classes and other fixed words */
	uint32_t number;	/* where is_number: of users, groups, products; of a digest its algorithm */
	uint8_t bytes[AVOW_VERITY_MAX];	/* of a measurement or digest */
	bool is_number;
};

struct avow_policy_condition {
	struct avow_policy_condition *next;
	struct avow_policy_place place;		/* its first word */
	const struct avow_policy_form *form;
	struct avow_policy_value *values;
	bool negated;				/* "is not", "not under" */
};

struct avow_policy_statement {
	struct avow_policy_statement *next;
	struct avow_policy_place place;		/* its first word */
	const char *line;			/* "file:line: text", the text as the printer writes it */
	uint32_t action;			/* enum avow_action */
	uint64_t event;				/* FACT_LOAD, FACT_MAP or FACT_INIT; 0: the default */
	struct avow_policy_condition *conditions;	/* all of them hold */
	struct avow_policy_condition *unless;		/* none of them holds */
};

struct avow_policy_text {
	struct avow_policy_statement *first;	/* the rules in order, then the default */
	uint32_t nr;				/* statements */
	struct avow_policy_arena arena;
};

#endif
