/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of SPEC.md in a sentence each, for those who meet one in a refusal. */
#ifndef AVOW_CMD_RULES_H
#define AVOW_CMD_RULES_H

#include <stddef.h>
#include <stdint.h>

struct rule {
	uint32_t number;	/* rule * 100 + clause, as in struct avow_refusal */
	const char *says;	/* what the rule demands; no full stop */
	const char *change;	/* what the caller can do, an imperative; no full stop */
};

/* Ascending by number. */
extern const struct rule rules[];
extern const size_t nr_rules;

/* NULL where the number is none of these. */
const struct rule *rule_find(uint32_t number);

/* "R8.2", or "R12" for a rule without clauses. */
#define RULE_NAME_SIZE	24
const char *rule_name(uint32_t number, char name[RULE_NAME_SIZE]);

#endif
