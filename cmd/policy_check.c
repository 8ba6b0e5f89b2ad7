// SPDX-License-Identifier: LGPL-2.1-or-later
/* avow policy check: is it a policy? */
#include <stdio.h>
#include <stdlib.h>

#include "cmd.h"
#include "policy_read.h"
#include "policy_verbs.h"

/* Without the default. */
static unsigned int rules_of(const struct policy_read *read)
{
	return read->policy->nr_rules - 1;
}

static const char *default_of(const struct policy_read *read)
{
	return policy_action_word(read->policy->rules[rules_of(read)].action);
}

static void print_json(const char *path, const struct policy_read *read)
{
	struct json_object *object = json_object_new_object();

	json_text(object, "file", path);
	json_object_object_add(object, "good", json_object_new_boolean(read->policy != NULL));
	if (read->policy) {
		json_number(object, "rules", rules_of(read));
		json_text(object, "default", default_of(read));
	}
	policy_tell_json(object, read);
	json_print(object);
}

static void print_text(char *path, const struct policy_read *read)
{
	policy_tell(read, true);
	if (read->policy)
		printf("%s: %u rule%s, default %s\n", printable(path), rules_of(read),
		       rules_of(read) == 1 ? "" : "s", default_of(read));
}

int policy_check(const struct policy_arguments *args)
{
	struct avow_policy_dry *dry = avow_policy_dry_new();
	struct avow_policy_resolver resolver;
	struct policy_read read;
	bool good;

	if (!dry) {
		complain("policy check: no memory");
		return EXIT_FAILURE;
	}
	resolver = avow_policy_dry_resolver(dry);
	good = policy_read(&read, args->argv[0], &resolver);
	if (args->json)
		print_json(args->argv[0], &read);
	else
		print_text(args->argv[0], &read);
	policy_read_free(&read);
	avow_policy_dry_free(dry);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
