// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>

#include "cmd.h"
#include "policy_verbs.h"

int policy_test(const struct policy_arguments *args)
{
	complain("policy test: %s: nothing reads policies yet", args->argv[0]);
	return EXIT_FAILURE;
}
