// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy test: what would happen to a request, by the function that BPF calls (R42). */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "policy_read.h"
#include "policy_verbs.h"
#include "request.h"

#define RULE_OF_NOTHING	0	/* a verdict's rule; here the policy's line tells it */

/* What the module would make of it. */
struct outcome {
	const struct avow_policy_statement *statement;
	unsigned int rule, action;
	int error;		/* positive errno; 0: allowed */
};

static struct outcome judge(const struct policy_read *read, const struct avow_facts *facts)
{
	int answer = avow_policy_evaluate(read->policy, facts);
	struct outcome outcome = { .action = avow_answer_action(answer) };
	u32 audit;

	outcome.rule = avow_policy_rule(avow_answer_policy(answer));
	outcome.statement = avow_policy_statement_at(read->text, outcome.rule);
	outcome.error = -avow_errno(avow_policy_verdict(answer, true, RULE_OF_NOTHING, &audit));
	return outcome;
}

static void print_text(const struct outcome *outcome)
{
	char word[AVOW_WORD_SIZE];

	printf("%s: %s", policy_action_word(outcome->action), outcome->statement->line);
	if (outcome->error)
		printf(" (%s)", avow_errno_word(outcome->error, word));
	putchar('\n');
}

static void print_json(const struct outcome *outcome)
{
	struct json_object *object = json_object_new_object();
	const struct avow_policy_statement *statement = outcome->statement;
	char *text = avow_policy_print_statement(statement), word[AVOW_WORD_SIZE];

	json_text(object, "action", policy_action_word(outcome->action));
	json_text(object, "errno", outcome->error ? avow_errno_word(outcome->error, word) : NULL);
	json_text(object, "file", statement->place.file);
	json_number(object, "line", statement->place.line);
	json_number(object, "rule", outcome->rule);
	json_text(object, "text", text);
	json_print(object);
	free(text);
}

static int answer(const struct policy_arguments *args, const struct policy_read *read, struct avow_policy_dry *dry)
{
	char why[AVOW_POLICY_REQUEST_WHY];
	struct outcome outcome;
	struct avow_facts facts;

	if (!avow_policy_request(dry, args->argv[1], args->argv + 2, (size_t)args->argc - 2, &facts, why)) {
		complain("policy test: %s", printable(why));
		return EXIT_USAGE;
	}
	outcome = judge(read, &facts);
	if (args->json)
		print_json(&outcome);
	else
		print_text(&outcome);
	return outcome.error ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* A policy that cannot be read denies nothing and allows nothing: that is wrong usage. */
int policy_test(const struct policy_arguments *args)
{
	struct avow_policy_dry *dry = avow_policy_dry_new();
	struct avow_policy_resolver resolver;
	struct policy_read read;
	int status = EXIT_USAGE;

	if (!dry) {
		complain("policy test: no memory");
		return EXIT_USAGE;
	}
	resolver = avow_policy_dry_resolver(dry);
	if (policy_read(&read, args->argv[0], &resolver))
		status = answer(args, &read, dry);
	else
		policy_tell(&read, false);
	policy_read_free(&read);
	avow_policy_dry_free(dry);
	return status;
}
