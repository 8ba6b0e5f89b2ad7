// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the module makes of an answer, and which policies are well-formed: R41 and policy.h.
 * (What a policy answers is in test_policy.c: a rule has 330 bits.)
 *
 * An answer is of 31 bits and a sign: every serial number and every rule, each with all that
 * decides about the other; every negative number of four digits, and each edge.
 */
#include <limits.h>

#include "whole.h"
#include "policy.h"

/* ---- answers ---- */

static void compare_answer(int answer)
{
	u32 action = answer & 3, rule = answer >> 2 & 0xfff, serial = (u32)answer >> 14, required;

	for (required = 0; required < 2; required++) {
		struct m_verdict want = M_ALLOWED;
		u32 audit = 12345, want_audit = 0;
		avow_verdict got = avow_policy_verdict(answer, required, 1500, &audit);

		if (!answer && required)
			want = (struct m_verdict){ EACCES, 4102 };
		else if (answer < 0 && answer >= -133)
			want = (struct m_verdict){ -answer, 1500 };
		else if (answer && (answer < 0 || !action || !rule || rule > 512 || !serial || serial > 65535))
			want = (struct m_verdict){ EPERM, 4104 };
		else if (answer && action == AVOW_ACTION_DENY)
			want = (struct m_verdict){ EACCES, 1500 };
		else if (answer && action == AVOW_ACTION_AUDIT)
			want_audit = serial << 12 | rule;
		expect(got == verdict_of(want) && audit == want_audit, "answer %#x: %#x, %#x", answer, got, audit);
		compared++;
	}
}

static void answers(void **state)
{
	static const u32 rules[] = { 0, 1, 2, 511, 512, 513, 0xfff };
	static const u32 serials[] = { 0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x1ffff };
	u32 serial, rule, n;
	int answer;

	(void)state;
	for (serial = 0; serial < 1U << 17; serial++)
		for (n = 0; n < 28; n++)
			compare_answer((int)(serial << 14 | rules[n / 4] << 2 | n % 4));
	for (rule = 0; rule < 1U << 12; rule++)
		for (n = 0; n < 28; n++)
			compare_answer((int)(serials[n / 4] << 14 | rule << 2 | n % 4));
	for (answer = -9999; answer < 0; answer++)
		compare_answer(answer);
	for (n = 0; n < 31; n++) {
		compare_answer((int)(0x80000000 | 1U << n));
		compare_answer((int)(0x80000000 | ~(1U << n)));
	}
	compare_answer(INT_MIN);
	whole_domain("avow_policy_verdict", 2 * ((1 << 17) * 28 + (1 << 12) * 28 + 9999 + 62 + 1));
}

/* ---- policies ---- */

static struct avow_policy policy;

/* One rule, the default: deny. */
static void smallest(void)
{
	memset(&policy, 0, sizeof(policy));
	policy.serial = 1;
	policy.nr_rules = 1;
	policy.rules[0].action = AVOW_ACTION_DENY;
}

static void compare_shape(bool good, const char *what, u32 a, u32 b)
{
	expect(avow_policy_wellformed(&policy) == good, "%s %#x %#x: it is %swell-formed", what, a, b,
	       good ? "not " : "");
	compared++;
}

static void counts(void **state)
{
	u32 n, rules;

	(void)state;
	smallest();
	for (n = 0; n < 1U << 18; n++) {
		policy.serial = n;
		compare_shape(n >= 1 && n <= 65535, "serial", n, 0);
	}
	smallest();
	for (n = 0; n < AVOW_RULES_MAX; n++)
		policy.rules[n].action = AVOW_ACTION_ALLOW;
	for (rules = 0; rules < 4096; rules++) {
		policy.nr_rules = rules;
		compare_shape(rules >= 1 && rules <= 512, "rules", rules, 0);
	}
	for (n = 12; n < 32; n++) {
		policy.nr_rules = 1U << n;
		compare_shape(false, "rules", policy.nr_rules, 0);
	}
	whole_domain("avow_policy_wellformed: counts", (1 << 18) + 4096 + 20);
}

/* Before the default, and as the default. */
static void one_rule(const struct avow_rule *rule, bool good, bool last_too, u32 a, u32 b)
{
	smallest();
	policy.nr_rules = 2;
	policy.rules[0] = *rule;
	policy.rules[1].action = AVOW_ACTION_ALLOW;
	compare_shape(good, "a rule", a, b);
	policy.rules[1] = *rule;
	policy.rules[0] = (struct avow_rule){ .action = AVOW_ACTION_ALLOW };
	compare_shape(good && last_too, "a default", a, b);
}

/* Bits 0 to 10, 16 to 20, 24 to 31 mean something. */
static bool known_bit(u32 bit)
{
	return bit <= 10 || (bit >= 16 && bit <= 20) || (bit >= 24 && bit <= 31);
}

static void rules(void **state)
{
	u32 bit, n;

	(void)state;
	for (bit = 0; bit < 64; bit++) {
		u64 one = 1ULL << bit;

		one_rule(&(struct avow_rule){ .all = one, .action = 1 }, known_bit(bit), false, 0, bit);
		one_rule(&(struct avow_rule){ .none = one, .action = 1 }, known_bit(bit), false, 1, bit);
		one_rule(&(struct avow_rule){ .any = one, .action = 1 }, known_bit(bit), false, 2, bit);
		one_rule(&(struct avow_rule){ .in = one, .action = 1 }, true, false, 3, bit);
		one_rule(&(struct avow_rule){ .not_in = one, .action = 1 }, true, false, 4, bit);
	}
	for (n = 0; n < 512; n++)
		one_rule(&(struct avow_rule){ .action = n }, n >= 1 && n <= 3, true, 5, n);
	for (bit = 9; bit < 32; bit++)
		one_rule(&(struct avow_rule){ .action = 1U << bit | 1 }, false, true, 6, bit);
	/* An SVN only where INIT is asked about: bit 2. */
	for (n = 0; n < 8; n++)
		for (bit = 0; bit < 33; bit++) {
			struct avow_rule rule = { .all = n, .action = 1, .svn_min = bit ? 1U << (bit - 1) : 0 };

			one_rule(&rule, !bit || (n & 4), !bit && !n, 7, bit);
		}
	whole_domain("avow_policy_wellformed: rules", 2 * (64 * 5 + 512 + 23 + 8 * 33));
}

/* All ways to share three entries among the kinds, and all ways not to: first[] of 0 to 3 each. */
static void sharing(void **state)
{
	u32 n, kind;

	(void)state;
	smallest();
	for (n = 0; n < 3; n++)
		memset(policy.entries[n].bytes, 1, 64);
	for (n = 0; n < 1U << 24; n++) {
		bool good = !(n & 3);

		for (kind = 0; kind <= AVOW_ENTRY_KINDS; kind++) {
			policy.first[kind] = n >> 2 * kind & 3;
			good = good && (!kind || policy.first[kind] >= policy.first[kind - 1]);
		}
		if (avow_policy_wellformed(&policy) != good)
			fail_msg("first %#x", n);
		compared++;
	}
	whole_domain("avow_policy_wellformed: first", 1 << 24);
}

/* What no hook knows is zero, and no entry may stand for it: file, directory, program; cgroup; name. */
static bool entry_good(u32 kind, const struct avow_entry *entry)
{
	u32 i, until = kind == AVOW_ENTRY_FILE || kind == AVOW_ENTRY_UNDER || kind == AVOW_ENTRY_PROGRAM ? 16 :
		       kind == AVOW_ENTRY_CGROUP ? 8 : kind == AVOW_ENTRY_FILESYSTEM ? 1 : 0;

	for (i = 0; i < until; i++)
		if (entry->bytes[i])
			until = 0;
	return !until && entry->set < 64;
}

static void entries(void **state)
{
	u32 kind, bit, set, place, i;

	(void)state;
	for (kind = 0; kind < AVOW_ENTRY_KINDS; kind++)
		/* The first and the last that there can be. */
		for (place = 0; place < AVOW_ENTRIES_MAX; place += AVOW_ENTRIES_MAX - 1) {
			smallest();
			for (i = 0; i <= place; i++)
				memset(policy.entries[i].bytes, 1, 64);
			for (i = kind + 1; i <= AVOW_ENTRY_KINDS; i++)
				policy.first[i] = place + 1;
			for (bit = 0; bit <= 64 * 8; bit++)
				for (set = 0; set < (place ? 2 : 66); set++) {
					struct avow_entry *entry = &policy.entries[place];

					memset(entry, 0, sizeof(*entry));
					if (bit)
						entry->bytes[(bit - 1) / 8] = 1U << (bit - 1) % 8;
					entry->set = set < 65 ? set : 0x80000000;
					if (place)
						entry->set = set ? 64 : 63;
					compare_shape(entry_good(kind, entry), "entry", kind, bit);
				}
			for (i = AVOW_ENTRIES_MAX + 1; i < AVOW_ENTRIES_MAX + 3 && place; i++) {
				policy.first[AVOW_ENTRY_KINDS] = i;
				compare_shape(false, "too many", kind, i);
			}
		}
	whole_domain("avow_policy_wellformed: entries", 11 * (513 * (66 + 2) + 2));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(answers, whole_begin),
		cmocka_unit_test_setup(counts, whole_begin),
		cmocka_unit_test_setup(rules, whole_begin),
		cmocka_unit_test_setup(sharing, whole_begin),
		cmocka_unit_test_setup(entries, whole_begin),
	};

	return cmocka_run_group_tests_name("whole_policy", tests, NULL, NULL);
}
