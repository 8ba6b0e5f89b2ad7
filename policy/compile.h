/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the compiler's files share. */
#ifndef AVOW_POLICY_COMPILE_H
#define AVOW_POLICY_COMPILE_H

#include "grammar.h"
#include "language.h"

/* The sets of a policy while it is compiled: set i is entries[start, start + nr). */
struct avow_policy_sets {
	struct set {
		enum avow_entry_kind kind;
		uint32_t start, nr;
	} list[AVOW_SETS_MAX];
	uint32_t nr, nr_entries;
	struct avow_entry entries[AVOW_ENTRIES_MAX];
};

struct avow_policy_compiler {
	const struct avow_policy_resolver *resolver;
	struct avow_policy_errors *errors;
	struct avow_policy *policy;
	struct avow_policy_sets sets;
};

/* An error or warning at a condition's first word. */
__attribute__((format(printf, 4, 5)))
void avow_policy_compiler_tell(struct avow_policy_compiler *compiler, bool warning,
			       const struct avow_policy_condition *at, const char *format, ...);

/*
 * sets.c: the bit of the set of a condition's values; a set of the same values is shared. 0
 * after an error.
 */
uint64_t avow_policy_set_of(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition);
/* Puts the sets' entries into the policy, by kind. */
void avow_policy_sets_finish(const struct avow_policy_sets *sets, struct avow_policy *policy);

/* reach.c: warns of rules that no request can match, or that none gets to. */
void avow_policy_check_reach(const struct avow_policy_text *text, const struct avow_policy *policy,
			     struct avow_policy_errors *errors);

#endif
