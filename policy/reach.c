// SPDX-License-Identifier: LGPL-2.1-or-later
/* Rules that are there in vain. */
#include <string.h>

#include "compile.h"

#define CLASSES		(0xffULL << FACT_CLASS_SHIFT)

/* Of the classes a request has exactly one, and with W an intent has R (R1.3). */
static bool can_match(const struct avow_rule *rule)
{
	uint64_t classes = rule->all & CLASSES, all = rule->all;

	if ((all & FACT_LOAD) && (all & FACT_W))
		all |= FACT_R;
	if (classes)
		classes &= classes - 1;
	if ((all & rule->none) || classes || (rule->in & rule->not_in))
		return false;
	if (rule->any && !(rule->any & ~rule->none))
		return false;
	/* any is of rights or classes, not of both. */
	return !(rule->any & CLASSES) || !(all & CLASSES) || (rule->any & all);
}

static bool within(uint64_t bits, uint64_t of)
{
	return !(bits & ~of);
}

/* Does it match whatever the other matches? */
static bool covers(const struct avow_rule *rule, const struct avow_rule *other)
{
	if (!within(rule->all, other->all) || !within(rule->none, other->none) ||
	    !within(rule->in, other->in) || !within(rule->not_in, other->not_in) ||
	    rule->svn_min > other->svn_min)
		return false;
	return !rule->any || (rule->any & other->all) || (other->any && within(other->any, rule->any));
}

static void warn(struct avow_policy_errors *errors, const struct avow_policy_statement *rule,
		 const struct avow_policy_statement *before)
{
	const char *word = avow_policy_word_of(avow_policy_actions, rule->action);
	size_t length = strlen(word);

	if (before)
		avow_policy_error_add(errors, true, &rule->place, word, length,
				      "never gets its turn: %s:%u answers all that it matches",
				      before->place.file, before->place.line);
	else
		avow_policy_error_add(errors, true, &rule->place, word, length,
				      "matches nothing: its conditions exclude one another");
}

/* Not of the default, which is there for what a policy does not think of. */
void avow_policy_check_reach(const struct avow_policy_text *text, const struct avow_policy *policy,
			     struct avow_policy_errors *errors)
{
	const struct avow_policy_statement *rule, *before;
	uint32_t i, j;

	for (i = 0, rule = text->first; rule && rule->event; rule = rule->next, i++) {
		if (!can_match(&policy->rules[i])) {
			warn(errors, rule, NULL);
			continue;
		}
		for (j = 0, before = text->first; before != rule; before = before->next, j++)
			if (covers(&policy->rules[j], &policy->rules[i])) {
				warn(errors, rule, before);
				break;
			}
	}
}
