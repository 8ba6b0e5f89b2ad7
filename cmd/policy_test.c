// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy test: what would happen to a request, by the function that BPF calls (R42). */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "policy_judge.h"
#include "policy_verbs.h"
#include "request.h"

static void print_text(const struct policy_outcome *outcome)
{
	policy_outcome_print(outcome);
	putchar('\n');
}

static void print_json(const struct policy_outcome *outcome)
{
	struct json_object *object = json_object_new_object();

	policy_outcome_json(object, outcome);
	json_print(object);
}

static int answer(const struct policy_arguments *args, const struct policy_read *read, struct avow_policy_dry *dry)
{
	char why[AVOW_POLICY_REQUEST_WHY];
	struct policy_outcome outcome;
	struct avow_facts facts;

	if (!avow_policy_request(dry, args->argv[1], args->argv + 2, (size_t)args->argc - 2, &facts, why)) {
		complain("policy test: %s", printable(why));
		return EXIT_USAGE;
	}
	outcome = policy_judge(read, &facts);
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
