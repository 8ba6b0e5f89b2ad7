// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Properties of a policy's answers. The second model has no sets and no loops over kinds:
 * it asks of each rule, and for each set that the rule names, whether there is an entry in
 * this set that the request matches.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "policy.h"

static struct avow_policy policy;
static struct avow_facts facts;

/* ---- numbers by chance, the same in each run ---- */

static u64 seed = 88172645463325252ULL;

static u64 any64(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static u32 below(u32 n)
{
	return (u32)((any64() >> 24) % n);
}

static bool one_in(u32 n)
{
	return !below(n);
}

static u64 some_bit(void)
{
	static const u64 known[] = {
		FACT_LOAD, FACT_MAP, FACT_INIT, FACT_R, FACT_W, FACT_X, FACT_EVER_W, FACT_EVER_X,
		FACT_MEASURED, FACT_DEBUG, FACT_PROVISION, FACT_MOUNT_NOEXEC, FACT_MOUNT_NOSUID,
		FACT_FILE_SETUID, FACT_FILE_SETGID, FACT_FILE_VERITY, FACT_CLASS(0), FACT_CLASS(1),
		FACT_CLASS(2), FACT_CLASS(3), FACT_CLASS(4), FACT_CLASS(5), FACT_CLASS(6),
		FACT_CLASS(7),
	};

	return known[below(sizeof(known) / sizeof(known[0]))];
}

/* Few values, so that what is compared is often equal. */
static struct avow_file_id some_file(void)
{
	return (struct avow_file_id){ .dev = below(2), .ino = 1 + below(3) };
}

static void some_bytes(u8 *bytes, u32 size)
{
	memset(bytes, 0, size);
	bytes[one_in(2) ? 0 : size - 1] = (u8)(1 + below(2));
}

static void some_entry(struct avow_entry *e, u32 kind, u32 sets)
{
	static const u32 sizes[AVOW_ENTRY_KINDS] = {
		[AVOW_ENTRY_VERITY] = 64, [AVOW_ENTRY_FILESYSTEM] = 16,
		[AVOW_ENTRY_ENCLAVE] = 32, [AVOW_ENTRY_SIGNER] = 32,
	};

	memset(e, 0, sizeof(*e));
	e->set = below(sets) * 7 % AVOW_SETS_MAX;
	e->arg = below(3);
	if (kind == AVOW_ENTRY_FILE || kind == AVOW_ENTRY_UNDER || kind == AVOW_ENTRY_PROGRAM)
		e->id = some_file();
	else if (kind == AVOW_ENTRY_CGROUP)
		e->words[0] = 1 + below(20);
	else if (sizes[kind])
		some_bytes(e->bytes, sizes[kind]);
	/* A name is not empty. */
	if (kind == AVOW_ENTRY_FILESYSTEM)
		e->bytes[0] |= 1;
}

static u64 some_sets(u32 sets)
{
	return one_in(2) ? 0 : 1ULL << (below(sets) * 7 % AVOW_SETS_MAX);
}

static void some_rule(struct avow_rule *r, u32 sets)
{
	memset(r, 0, sizeof(*r));
	r->all = some_bit();
	if (one_in(3))
		r->all |= some_bit();
	if (one_in(2))
		r->none = some_bit();
	if (one_in(3))
		r->any = some_bit() | some_bit();
	r->in = some_sets(sets);
	r->not_in = some_sets(sets);
	if (one_in(3))
		r->in |= some_sets(sets);
	if (r->all & FACT_INIT)
		r->svn_min = below(4);
	r->action = 1 + below(3);
}

static void some_policy(u32 rules, u32 each)
{
	u32 kind, i, nr = 0, sets = 1 + below(one_in(2) ? 4 : 64);

	memset(&policy, 0, sizeof(policy));
	policy.serial = 1 + below(AVOW_SERIAL_MAX);
	for (kind = 0; kind < AVOW_ENTRY_KINDS; kind++) {
		policy.first[kind] = nr;
		for (i = below(each + 1); i && nr < AVOW_ENTRIES_MAX; i--)
			some_entry(&policy.entries[nr++], kind, sets);
	}
	policy.first[kind] = nr;
	policy.nr_rules = rules;
	for (i = 0; i + 1 < rules; i++)
		some_rule(&policy.rules[i], sets);
	policy.rules[i].action = 1 + below(3);
}

static void some_facts(void)
{
	u32 i;

	memset(&facts, 0, sizeof(facts));
	facts.bits = (1ULL << below(3)) | (any64() & any64() & FACT_KNOWN & ~7ULL);
	facts.program = some_file();
	facts.file = some_file();
	facts.uid = below(3);
	facts.gid = below(3);
	facts.nr_cgroups = below(AVOW_CGROUPS_MAX + 1);
	facts.nr_dirs = one_in(2) ? below(4) : below(AVOW_DIRS_MAX + 1);
	/* Beyond what is counted, too. */
	for (i = 0; i < AVOW_CGROUPS_MAX; i++)
		facts.cgroups[i] = 1 + below(20);
	for (i = 0; i < AVOW_DIRS_MAX; i++) {
		facts.dirs[i] = some_file();
		facts.dirs[i].ino += below(8);
	}
	some_bytes(facts.filesystem, sizeof(facts.filesystem));
	facts.filesystem[0] |= 1;
	facts.verity_algorithm = below(3);
	some_bytes(facts.verity, sizeof(facts.verity));
	facts.isvprodid = (u16)below(3);
	facts.isvsvn = (u16)below(4);
	some_bytes(facts.mrenclave, sizeof(facts.mrenclave));
	some_bytes(facts.mrsigner, sizeof(facts.mrsigner));
}

/* ---- the second model ---- */

static bool equal_ids(struct avow_file_id a, struct avow_file_id b)
{
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static bool says_something(u32 kind)
{
	switch (kind) {
	case 0: case 1: case 2: case 3:
		return facts.bits & FACT_LOAD;
	case 8: case 9: case 10:
		return facts.bits & FACT_INIT;
	default:
		return true;
	}
}

static bool model_among_dirs(struct avow_file_id id)
{
	const struct avow_file_id *dir = facts.dirs, *end = dir + facts.nr_dirs;

	while (dir < end)
		if (equal_ids(*dir++, id))
			return true;
	return false;
}

static bool model_among_cgroups(u64 id)
{
	u32 left = facts.nr_cgroups;

	while (left--)
		if (facts.cgroups[left] == id)
			return true;
	return false;
}

static bool model_entry(u32 kind, const struct avow_entry *e)
{
	if (!says_something(kind))
		return false;
	if (kind == AVOW_ENTRY_FILE)
		return equal_ids(e->id, facts.file);
	if (kind == AVOW_ENTRY_PROGRAM)
		return equal_ids(e->id, facts.program);
	if (kind == AVOW_ENTRY_UNDER)
		return model_among_dirs(e->id);
	if (kind == AVOW_ENTRY_CGROUP)
		return model_among_cgroups(e->words[0]);
	if (kind == AVOW_ENTRY_USER)
		return facts.uid == e->arg;
	if (kind == AVOW_ENTRY_GROUP)
		return facts.gid == e->arg;
	if (kind == AVOW_ENTRY_PRODUCT)
		return facts.isvprodid == e->arg;
	if (kind == AVOW_ENTRY_FILESYSTEM)
		return memcmp(e->bytes, facts.filesystem, 16) == 0;
	if (kind == AVOW_ENTRY_ENCLAVE)
		return memcmp(e->bytes, facts.mrenclave, 32) == 0;
	if (kind == AVOW_ENTRY_SIGNER)
		return memcmp(e->bytes, facts.mrsigner, 32) == 0;
	if (!(facts.bits & FACT_FILE_VERITY) || facts.verity_algorithm != e->arg)
		return false;
	return memcmp(e->bytes, facts.verity, 64) == 0;
}

static bool model_in_set(u32 set)
{
	u32 kind, i;

	for (kind = 0; kind < 11; kind++)
		for (i = policy.first[kind]; i < policy.first[kind + 1]; i++)
			if (policy.entries[i].set == set && model_entry(kind, &policy.entries[i]))
				return true;
	return false;
}

static bool model_sets(const struct avow_rule *r)
{
	u32 set;

	for (set = 0; set < 64; set++) {
		bool in = r->in >> set & 1, not_in = r->not_in >> set & 1;

		if (!in && !not_in)
			continue;
		if (model_in_set(set) ? not_in : in)
			return false;
	}
	return true;
}

static bool model_bits(const struct avow_rule *r)
{
	bool found = false;
	u32 bit;

	for (bit = 0; bit < 64; bit++) {
		bool has = facts.bits >> bit & 1;

		if ((r->all >> bit & 1) && !has)
			return false;
		if ((r->none >> bit & 1) && has)
			return false;
		found |= has && (r->any >> bit & 1);
	}
	return found || r->any == 0;
}

static int model_answer(void)
{
	u32 i;

	for (i = 0; i < policy.nr_rules; i++) {
		const struct avow_rule *r = &policy.rules[i];

		if (model_bits(r) && r->svn_min <= facts.isvsvn && model_sets(r))
			return (int)(policy.serial * 16384 + (i + 1) * 4 + r->action);
	}
	return 0;
}

/* ---- R42 ---- */

static void compare_policies(u32 policies, u32 rules, u32 each)
{
	u32 i, j;

	for (i = 0; i < policies; i++) {
		some_policy(1 + below(rules), each);
		expect(avow_policy_wellformed(&policy), "policy %u of %u rules", i, rules);
		for (j = 0; j < 500; j++) {
			int got, want;

			some_facts();
			got = avow_policy_evaluate(&policy, &facts);
			want = model_answer();
			expect(got == want, "policy %u of %u rules, request %u: %#x, not %#x", i,
			       rules, j, got, want);
		}
	}
}

static void answers_are_the_models(void **state)
{
	(void)state;
	compare_policies(3000, 10, 3);
	compare_policies(800, 60, 8);
	compare_policies(20, AVOW_RULES_MAX, AVOW_ENTRIES_MAX / AVOW_ENTRY_KINDS);
}

/* Four bits of the facts, and each that a rule can ask of them; two sets likewise. */
static void every_combination_of_a_rule(void **state)
{
	static const u64 bits[] = { FACT_R, FACT_X, FACT_EVER_W, FACT_CLASS(7) };
	u32 n, bit;

	(void)state;
	some_policy(2, 0);
	policy.first[AVOW_ENTRY_KINDS] = 2;
	for (n = AVOW_ENTRY_USER + 1; n < AVOW_ENTRY_KINDS; n++)
		policy.first[n] = 2;
	for (n = 0; n < 1U << 22; n++) {
		struct avow_rule *r = &policy.rules[0];
		u32 sets = n >> 16;
		int got;

		*r = (struct avow_rule){ .action = AVOW_ACTION_AUDIT };
		facts = (struct avow_facts){ .bits = FACT_MAP, .uid = 8 };
		for (bit = 0; bit < 4; bit++) {
			facts.bits |= n >> bit & 1 ? bits[bit] : 0;
			r->all |= n >> (4 + bit) & 1 ? bits[bit] : 0;
			r->none |= n >> (8 + bit) & 1 ? bits[bit] : 0;
			r->any |= n >> (12 + bit) & 1 ? bits[bit] : 0;
		}
		r->in = sets & 3;
		r->not_in = sets >> 2 & 3;
		policy.entries[0] = (struct avow_entry){ .set = 0, .arg = sets & 16 ? 8 : 9 };
		policy.entries[1] = (struct avow_entry){ .set = 1, .arg = sets & 32 ? 8 : 9 };
		got = avow_policy_evaluate(&policy, &facts);
		expect(got == model_answer(), "combination %#x: %#x", n, got);
	}
}

/* A policy of one entry of this kind, and a rule for it. */
static struct avow_entry *one_entry(u32 kind)
{
	u32 i;

	memset(&policy, 0, sizeof(policy));
	policy.serial = 1;
	policy.nr_rules = 2;
	policy.rules[0].in = 1;
	policy.rules[0].action = AVOW_ACTION_DENY;
	policy.rules[1].action = AVOW_ACTION_ALLOW;
	for (i = kind + 1; i <= AVOW_ENTRY_KINDS; i++)
		policy.first[i] = 1;
	return &policy.entries[0];
}

static bool denied(void)
{
	return avow_answer_action(avow_policy_evaluate(&policy, &facts)) == AVOW_ACTION_DENY;
}

/* Found as it is, and with each of its bits changed not. */
static void every_bit_counts(u32 kind, u64 event, void *fact, u32 size)
{
	struct avow_entry *e = one_entry(kind);
	u8 *bytes = fact;
	u32 i;

	facts.bits = event;
	for (i = 0; i < size; i++)
		e->bytes[i] = bytes[i] = (u8)(i * 7 + 1);
	expect(denied(), "kind %u", kind);
	for (i = 0; i < size * 8; i++) {
		bytes[i / 8] ^= (u8)(1 << i % 8);
		expect(!denied(), "kind %u, bit %u", kind, i);
		bytes[i / 8] ^= (u8)(1 << i % 8);
	}
	facts.bits ^= FACT_LOAD | FACT_MAP | FACT_INIT;
	expect(denied() == (kind == AVOW_ENTRY_PROGRAM || kind == AVOW_ENTRY_CGROUP),
	       "kind %u at another event", kind);
	memset(&facts, 0, sizeof(facts));
}

static void every_bit_of_an_identity_counts(void **state)
{
	u32 i;

	(void)state;
	memset(&facts, 0, sizeof(facts));
	every_bit_counts(AVOW_ENTRY_FILE, FACT_LOAD, &facts.file, sizeof(facts.file));
	every_bit_counts(AVOW_ENTRY_FILESYSTEM, FACT_LOAD, facts.filesystem,
			 sizeof(facts.filesystem));
	every_bit_counts(AVOW_ENTRY_VERITY, FACT_LOAD | FACT_FILE_VERITY, facts.verity,
			 sizeof(facts.verity));
	every_bit_counts(AVOW_ENTRY_PROGRAM, FACT_MAP, &facts.program, sizeof(facts.program));
	every_bit_counts(AVOW_ENTRY_ENCLAVE, FACT_INIT, facts.mrenclave, sizeof(facts.mrenclave));
	every_bit_counts(AVOW_ENTRY_SIGNER, FACT_INIT, facts.mrsigner, sizeof(facts.mrsigner));
	for (i = 0; i < AVOW_DIRS_MAX; i++) {
		facts.nr_dirs = AVOW_DIRS_MAX;
		every_bit_counts(AVOW_ENTRY_UNDER, FACT_LOAD, &facts.dirs[i],
				 sizeof(facts.dirs[i]));
	}
	for (i = 0; i < AVOW_CGROUPS_MAX; i++) {
		facts.nr_cgroups = AVOW_CGROUPS_MAX;
		every_bit_counts(AVOW_ENTRY_CGROUP, FACT_INIT, &facts.cgroups[i],
				 sizeof(facts.cgroups[i]));
	}
}

/* More dirs and cgroups than there is room for are not read. */
static void counts_are_bounded(void **state)
{
	struct avow_entry *e = one_entry(AVOW_ENTRY_UNDER);

	(void)state;
	memset(&facts, 0, sizeof(facts));
	facts.bits = FACT_LOAD;
	facts.nr_dirs = facts.nr_cgroups = UINT_MAX;
	/* What is behind the arrays: filesystem, and file. */
	memset(facts.filesystem, 1, sizeof(facts.filesystem));
	memset(&e->id, 1, sizeof(e->id));
	assert_false(denied());
	e = one_entry(AVOW_ENTRY_CGROUP);
	facts.file.dev = e->words[0] = 0x55;
	assert_false(denied());
}

/* What memory may hold is evaluated without leaving it, and never to what is no answer. */
static void any_memory_is_evaluated(void **state)
{
	u32 i, at, answered = 0;

	(void)state;
	for (i = 0; i < 3000; i++) {
		u32 word = (u32)any64();

		some_policy(1 + below(20), 20);
		some_facts();
		at = below(one_in(2) ? 14 : sizeof(policy) / sizeof(word));
		memcpy((u8 *)&policy + at * sizeof(word), &word, sizeof(word));
		if (!avow_policy_wellformed(&policy)) {
			avow_policy_evaluate(&policy, &facts);
			continue;
		}
		word = avow_policy_verdict(avow_policy_evaluate(&policy, &facts), true, 702, &at);
		expect(!word || word == AVOW_REFUSE(702, EACCES), "%u: %#x", i, word);
		answered++;
	}
	/* Neither always nor never well-formed. */
	assert_in_range(answered, 500, 2500);
}

/* ---- R41 ---- */

static void check_verdict(int answer)
{
	u32 action = answer & 3, rule = answer >> 2 & 0xfff, serial = (u32)answer >> 14;
	bool policys = answer > 0 && action && rule >= 1 && rule <= 512 && serial >= 1 &&
		       serial <= 65535;
	u32 want_rule = 1400, want_errno = 0, want_audit = 0, required;

	if (answer < 0 && answer >= -133) {
		want_errno = (u32)-answer;
	} else if (answer && !policys) {
		want_rule = 4104;
		want_errno = EPERM;
	} else if (answer && action == 2) {
		want_errno = EACCES;
	} else if (answer && action == 3) {
		want_audit = serial * 4096 + rule;
	}
	for (required = 0; required < 2; required++) {
		u32 audit = 12345;
		avow_verdict got = avow_policy_verdict(answer, required, 1400, &audit);

		if (!answer && required) {
			want_rule = 4102;
			want_errno = EACCES;
		}
		expect(avow_errno(got) == -(int)want_errno, "answer %#x: %#x", answer, got);
		expect(avow_rule(got) == (want_errno ? want_rule : 0), "answer %#x: %#x", answer, got);
		expect(audit == want_audit, "answer %#x: %#x", answer, audit);
	}
}

/* Every rule and action with the serials at every edge; every serial with some rules. */
static void every_answer(void **state)
{
	static const u32 rules[] = { 0, 1, 2, 511, 512, 513, 4095 };
	u32 rule, serial, power, i;
	long long answer;

	(void)state;
	for (rule = 0; rule < 4096 * 4; rule++)
		for (power = 0; power <= 17; power++)
			for (serial = (1U << power) - 1; serial <= (1U << power) + 1; serial++)
				if (serial < 1U << 17)
					check_verdict((int)(serial << 14 | rule));
	for (serial = 0; serial < 1U << 17; serial++)
		for (i = 0; i < 7 * 4; i++)
			check_verdict((int)(serial << 14 | rules[i / 4] << 2 | i % 4));
	for (answer = -10000; answer < 0; answer++)
		check_verdict((int)answer);
	for (answer = INT_MIN; answer <= INT_MAX; answer += 4099)
		check_verdict((int)answer);
	check_verdict(INT_MIN);
	check_verdict(INT_MAX);
}

/* What AVOW_ANSWER() packs is what the accessors find. */
static void an_answer_is_taken_apart(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < 1000000; i++) {
		u32 serial = 1 + below(AVOW_SERIAL_MAX), rule = 1 + below(AVOW_RULES_MAX);
		u32 action = 1 + below(3);
		int answer = AVOW_ANSWER(serial, rule, action);

		assert_true(answer > 0);
		assert_int_equal(avow_answer_action(answer), action);
		assert_int_equal(avow_answer_policy(answer), AVOW_POLICY_RULE(serial, rule));
		assert_int_equal(avow_policy_serial(avow_answer_policy(answer)), serial);
		assert_int_equal(avow_policy_rule(avow_answer_policy(answer)), rule);
	}
	for (i = 0; i < 5000; i++) {
		assert_int_equal(avow_answer_action(-(int)i), AVOW_ACTION_NONE);
		assert_int_equal(avow_answer_policy(-(int)i), 0);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_the_models),
		cmocka_unit_test(every_combination_of_a_rule),
		cmocka_unit_test(every_bit_of_an_identity_counts),
		cmocka_unit_test(counts_are_bounded),
		cmocka_unit_test(any_memory_is_evaluated),
		cmocka_unit_test(every_answer),
		cmocka_unit_test(an_answer_is_taken_apart),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
