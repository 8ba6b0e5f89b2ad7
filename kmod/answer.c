// SPDX-License-Identifier: GPL-2.0-only
/* R41, R43.5: what a hook's answer means, and when policies end to answer. */
#include <linux/ratelimit.h>

#include "encl.h"

/* Serial number of the policy that answered last; 0: none, or it was told that none does now. */
static u32 last_serial;

/*
 * A policy ends when the last pin of its programs goes, by unloading it or by unmounting
 * bpffs, and then nothing runs that could tell of it but the module.
 */
static void note(int answer)
{
	u32 serial = avow_policy_serial(avow_answer_policy(answer));

	if (serial && READ_ONCE(last_serial) != serial)
		WRITE_ONCE(last_serial, serial);
	if (answer || !READ_ONCE(last_serial))
		return;
	serial = xchg(&last_serial, 0);
	if (serial)
		pr_warn_ratelimited("nobody answers any more at the hooks, where policy %u answered: what is asked there is %s\n",
				    serial, avow_policy_required ? "denied (R41.2)" : "allowed (R41.2)");
}

avow_verdict hook_verdict(int answer, u32 rule, u32 *policy)
{
	avow_verdict v = avow_policy_verdict(answer, avow_policy_required, rule, policy);

	note(answer);
	/* Not of what is no answer of a policy. */
	if (v && avow_rule(v) == rule)
		*policy = avow_answer_policy(answer);
	return v;
}
