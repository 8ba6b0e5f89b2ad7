/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The rules of SPEC.md in a sentence each, for those who meet one in a refusal. */
#ifndef AVOW_LIB_RULES_H
#define AVOW_LIB_RULES_H

#include <stddef.h>
#include <stdint.h>

struct avow_rule_words {
	uint32_t number;	/* rule * 100 + clause, as in struct avow_refusal */
	const char *says;	/* what the rule demands; no full stop */
	const char *change;	/* what the caller can do, an imperative; no full stop */
};

/* Ascending by number. */
extern const struct avow_rule_words avow_rules[];
extern const size_t avow_nr_rules;

/* NULL where the number is none of these. */
const struct avow_rule_words *avow_rule_find(uint32_t number);

#endif
