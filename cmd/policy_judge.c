// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>

#include "policy_judge.h"

#define RULE_OF_NOTHING	0	/* a verdict's rule; here the policy's line tells it */

struct policy_outcome policy_judge(const struct policy_read *read, const struct avow_facts *facts)
{
	int answer = avow_policy_evaluate(read->policy, facts);
	struct policy_outcome outcome = { .action = avow_answer_action(answer) };
	u32 audit;

	outcome.rule = avow_policy_rule(avow_answer_policy(answer));
	outcome.statement = avow_policy_statement_at(read->text, outcome.rule);
	outcome.error = -avow_errno(avow_policy_verdict(answer, true, RULE_OF_NOTHING, &audit));
	return outcome;
}

void policy_outcome_print(const struct policy_outcome *outcome)
{
	char word[AVOW_WORD_SIZE];

	printf("%s: %s", policy_action_word(outcome->action), outcome->statement->line);
	if (outcome->error)
		printf(" (%s)", avow_errno_word(outcome->error, word));
}

void policy_outcome_json(struct json_object *to, const struct policy_outcome *outcome)
{
	const struct avow_policy_statement *statement = outcome->statement;
	char *text = avow_policy_print_statement(statement), word[AVOW_WORD_SIZE];

	json_text(to, "action", policy_action_word(outcome->action));
	json_text(to, "errno", outcome->error ? avow_errno_word(outcome->error, word) : NULL);
	json_text(to, "file", statement->place.file);
	json_number(to, "line", statement->place.line);
	json_number(to, "rule", outcome->rule);
	json_text(to, "text", text);
	free(text);
}
