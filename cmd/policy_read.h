/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all verbs that take a policy's file do with it. */
#ifndef AVOW_CMD_POLICY_READ_H
#define AVOW_CMD_POLICY_READ_H

#include "json.h"
#include "language.h"

/* A policy from its file. */
struct policy_read {
	struct avow_policy_text *text;		/* NULL after an error */
	struct avow_policy *policy;		/* NULL after an error */
	struct avow_policy_errors errors;
};

/* Reads and compiles. The caller frees in any case. */
bool policy_read(struct policy_read *read, const char *path, const struct avow_policy_resolver *resolver);
void policy_read_free(struct policy_read *read);

/* Errors, and warnings if they are wanted, with source line and caret, on standard error. */
void policy_tell(const struct policy_read *read, bool warnings);
/* "errors" and "warnings", arrays of objects; "not_listed", how many more there were. */
void policy_tell_json(struct json_object *to, const struct policy_read *read);

/* "allow" */
const char *policy_action_word(unsigned int action);

#endif
