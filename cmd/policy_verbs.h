/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* avow policy: its verbs, one file policy_VERB.c each. */
#ifndef AVOW_CMD_POLICY_VERBS_H
#define AVOW_CMD_POLICY_VERBS_H

#include <stdbool.h>

/* argv: the operands, without verb and options. As many as the table allows, then NULL. */
struct policy_arguments {
	int argc;
	char **argv;
	bool json;
};

/* Return the exit status: 0, EXIT_FAILURE, or EXIT_USAGE, the last two after a message. */
int policy_check(const struct policy_arguments *args);
int policy_test(const struct policy_arguments *args);
int policy_load(const struct policy_arguments *args);
int policy_show(const struct policy_arguments *args);
int policy_unload(const struct policy_arguments *args);
/* argv[0] is the verb. */
int policy_learn(int argc, char **argv);

#endif
