// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/*
 * What a policy answers to a request, and what the module makes of an answer: R41, R42.
 *
 * A BPF program calls avow_policy_evaluate() with two maps' values. Its verifier trusts
 * neither: every index is compared with the size of its array, also where a policy that
 * is well-formed could not exceed it.
 */
#include "policy.h"

#define KINDS_OF_WHO	(1U << AVOW_ENTRY_PROGRAM | 1U << AVOW_ENTRY_USER | \
			 1U << AVOW_ENTRY_GROUP | 1U << AVOW_ENTRY_CGROUP)
#define KINDS_OF_LOAD	(1U << AVOW_ENTRY_FILE | 1U << AVOW_ENTRY_UNDER | \
			 1U << AVOW_ENTRY_VERITY | 1U << AVOW_ENTRY_FILESYSTEM)
#define KINDS_OF_INIT	(1U << AVOW_ENTRY_ENCLAVE | 1U << AVOW_ENTRY_SIGNER | \
			 1U << AVOW_ENTRY_PRODUCT)

/* ---- R42: evaluating ---- */

/* What the turns of the loops share. */
struct search {
	const struct avow_policy *policy;
	const struct avow_facts *facts;
	u64 sets;		/* that the request is in */
	u32 kinds;		/* of entries that say something about the request, one bit each */
	u32 kind, first;	/* of the entries that are looked through */
	int answer;
};

static bool same_bytes(const u8 *a, const u8 *b, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

static bool same_file(const struct avow_file_id *a, const struct avow_file_id *b)
{
	return a->ino == b->ino && a->dev == b->dev;
}

static bool under(const struct avow_entry *entry, const struct avow_facts *facts)
{
	u32 i;

	for (i = 0; i < AVOW_DIRS_MAX && i < facts->nr_dirs; i++)
		if (same_file(&entry->id, &facts->dirs[i]))
			return true;
	return false;
}

static bool within_cgroup(const struct avow_entry *entry, const struct avow_facts *facts)
{
	u32 i;

	for (i = 0; i < AVOW_CGROUPS_MAX && i < facts->nr_cgroups; i++)
		if (entry->words[0] == facts->cgroups[i])
			return true;
	return false;
}

static bool entry_matches(const struct avow_entry *entry, u32 kind, const struct avow_facts *facts)
{
	switch (kind) {
	case AVOW_ENTRY_FILE:
		return same_file(&entry->id, &facts->file);
	case AVOW_ENTRY_UNDER:
		return under(entry, facts);
	case AVOW_ENTRY_VERITY:
		return (facts->bits & FACT_FILE_VERITY) && entry->arg == facts->verity_algorithm &&
		       same_bytes(entry->bytes, facts->verity, sizeof(facts->verity));
	case AVOW_ENTRY_FILESYSTEM:
		return same_bytes(entry->bytes, facts->filesystem, sizeof(facts->filesystem));
	case AVOW_ENTRY_PROGRAM:
		return same_file(&entry->id, &facts->program);
	case AVOW_ENTRY_USER:
		return entry->arg == facts->uid;
	case AVOW_ENTRY_GROUP:
		return entry->arg == facts->gid;
	case AVOW_ENTRY_CGROUP:
		return within_cgroup(entry, facts);
	case AVOW_ENTRY_ENCLAVE:
		return same_bytes(entry->bytes, facts->mrenclave, sizeof(facts->mrenclave));
	case AVOW_ENTRY_SIGNER:
		return same_bytes(entry->bytes, facts->mrsigner, sizeof(facts->mrsigner));
	case AVOW_ENTRY_PRODUCT:
		return entry->arg == facts->isvprodid;
	}
	return false;
}

static long look_at_entry(u64 i, void *context)
{
	struct search *search = context;
	const struct avow_entry *entry;
	u64 at = search->first + i;

	if (at >= AVOW_ENTRIES_MAX)
		return 1;
	entry = &search->policy->entries[at];
	if (entry_matches(entry, search->kind, search->facts))
		search->sets |= 1ULL << (entry->set % AVOW_SETS_MAX);
	return 0;
}

static long look_at_kind(u64 kind, void *context)
{
	struct search *search = context;
	u32 end;

	if (kind >= AVOW_ENTRY_KINDS)
		return 1;
	search->kind = (u32)kind;
	search->first = search->policy->first[kind];
	end = search->policy->first[kind + 1];
	if ((search->kinds >> kind & 1) && search->first < end)
		avow_repeat(end - search->first, look_at_entry, search);
	return 0;
}

static u32 kinds_of_event(u64 bits)
{
	u32 kinds = KINDS_OF_WHO;

	if (bits & FACT_LOAD)
		kinds |= KINDS_OF_LOAD;
	if (bits & FACT_INIT)
		kinds |= KINDS_OF_INIT;
	return kinds;
}

static bool rule_matches(const struct avow_rule *rule, const struct avow_facts *facts, u64 sets)
{
	return (facts->bits & rule->all) == rule->all && !(facts->bits & rule->none) &&
	       (!rule->any || (facts->bits & rule->any)) &&
	       (sets & rule->in) == rule->in && !(sets & rule->not_in) &&
	       facts->isvsvn >= rule->svn_min;
}

static long look_at_rule(u64 i, void *context)
{
	struct search *search = context;
	const struct avow_rule *rule;

	if (i >= AVOW_RULES_MAX)
		return 1;
	rule = &search->policy->rules[i];
	if (!rule_matches(rule, search->facts, search->sets))
		return 0;
	search->answer = AVOW_ANSWER(search->policy->serial, i + 1, rule->action);
	return 1;
}

int avow_policy_evaluate(const struct avow_policy *policy, const struct avow_facts *facts)
{
	struct search search = {
		.policy = policy,
		.facts = facts,
		.kinds = kinds_of_event(facts->bits),
	};

	/* A loop in a loop, because what is verified is then one turn for all kinds. */
	avow_repeat(AVOW_ENTRY_KINDS, look_at_kind, &search);
	avow_repeat(policy->nr_rules, look_at_rule, &search);
	return search.answer;
}

/* ---- what can be evaluated ---- */

/* Zero stands for what a hook does not know: no entry may be found there. */
static bool entry_wellformed(const struct avow_entry *entry, u32 kind)
{
	if (entry->set >= AVOW_SETS_MAX)
		return false;
	switch (kind) {
	case AVOW_ENTRY_FILE:
	case AVOW_ENTRY_UNDER:
	case AVOW_ENTRY_PROGRAM:
		return entry->id.dev || entry->id.ino;
	case AVOW_ENTRY_CGROUP:
		return entry->words[0];
	case AVOW_ENTRY_FILESYSTEM:
		return entry->bytes[0];
	default:
		return true;
	}
}

static bool entries_wellformed(const struct avow_policy *policy)
{
	u32 kind, i = 0;

	if (policy->first[0])
		return false;
	for (kind = 0; kind < AVOW_ENTRY_KINDS; kind++) {
		u32 end = policy->first[kind + 1];

		if (end < i || end > AVOW_ENTRIES_MAX)
			return false;
		for (; i < end; i++)
			if (!entry_wellformed(&policy->entries[i], kind))
				return false;
	}
	return true;
}

static bool rule_wellformed(const struct avow_rule *rule)
{
	if ((rule->all | rule->none | rule->any) & ~FACT_KNOWN)
		return false;
	if (rule->svn_min && !(rule->all & FACT_INIT))
		return false;
	return rule->action >= AVOW_ACTION_ALLOW && rule->action <= AVOW_ACTION_AUDIT;
}

static bool unconditional(const struct avow_rule *rule)
{
	return !(rule->all | rule->none | rule->any | rule->in | rule->not_in | rule->svn_min);
}

bool avow_policy_wellformed(const struct avow_policy *policy)
{
	u32 i;

	if (!policy->serial || policy->serial > AVOW_SERIAL_MAX)
		return false;
	if (!policy->nr_rules || policy->nr_rules > AVOW_RULES_MAX)
		return false;
	for (i = 0; i < policy->nr_rules; i++)
		if (!rule_wellformed(&policy->rules[i]))
			return false;
	return unconditional(&policy->rules[policy->nr_rules - 1]) && entries_wellformed(policy);
}

/* ---- R41: answers ---- */

/* Is it an answer that a policy can give? */
static bool policy_can_answer(int answer)
{
	u32 rule = avow_policy_rule(avow_answer_policy(answer));
	u32 serial = avow_policy_serial(avow_answer_policy(answer));

	return serial && serial <= AVOW_SERIAL_MAX && rule && rule <= AVOW_RULES_MAX;
}

avow_verdict avow_policy_verdict(int answer, bool required, u32 rule, u32 *audit)
{
	*audit = 0;
	if (!answer)
		return required ? AVOW_REFUSE(AVOW_RULE(41, 2), EACCES) : AVOW_OK;
	/* Beyond are the kernel's own numbers, some of which would start the call anew. */
	if (answer < 0 && answer >= -EHWPOISON)
		return AVOW_REFUSE(rule, -answer);
	if (!policy_can_answer(answer))
		return AVOW_REFUSE(AVOW_RULE(41, 4), EPERM);

	switch (avow_answer_action(answer)) {
	case AVOW_ACTION_AUDIT:
		*audit = avow_answer_policy(answer);
		return AVOW_OK;
	case AVOW_ACTION_ALLOW:
		return AVOW_OK;
	case AVOW_ACTION_DENY:
		return AVOW_REFUSE(rule, EACCES);
	default:
		return AVOW_REFUSE(AVOW_RULE(41, 4), EPERM);
	}
}
