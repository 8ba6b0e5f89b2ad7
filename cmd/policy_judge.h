/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would happen to a request, by the function that BPF calls (R42). */
#ifndef AVOW_CMD_POLICY_JUDGE_H
#define AVOW_CMD_POLICY_JUDGE_H

#include "policy_read.h"

/* What the module would make of a request. */
struct policy_outcome {
	const struct avow_policy_statement *statement;
	unsigned int rule, action;
	int error;		/* positive errno; 0: allowed */
};

struct policy_outcome policy_judge(const struct policy_read *read, const struct avow_facts *facts);

/* "deny: site.policy:3: deny load ... (EACCES)"; no line feed. */
void policy_outcome_print(const struct policy_outcome *outcome);
/* action, errno, file, line, rule, text */
void policy_outcome_json(struct json_object *to, const struct policy_outcome *outcome);

#endif
