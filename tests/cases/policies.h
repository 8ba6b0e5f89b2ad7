/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R41, R42: core/policy.c */
#ifndef AVOW_CASES_POLICIES_H
#define AVOW_CASES_POLICIES_H

#include "case.h"

/* ---- avow_policy_evaluate ---- */

/*
 * The policy of a row: entries of one kind (set 0: there is none), rules (action 0: there
 * is none), and a default that allows. Before them come as many as the row says that no
 * request matches.
 */
struct policy_evaluate_case {
	CASE_HEAD;
	u32 kind;
	struct avow_entry entries[2];
	struct avow_rule rules[3];
	u32 entries_before, rules_before;
	struct avow_facts facts;
	u32 answers;		/* the number of the rule that answers, with those before */
	u32 action;
};

/* Most rows ask whether the first rule, which denies, matches. */
#define HIT(what)	.name = what, .rule = AVOW_RULE(42, 0), .err = EACCES,	\
			.answers = 1, .action = AVOW_ACTION_DENY
#define MISS(what)	.name = what, .rule = AVOW_RULE(42, 0),			\
			.answers = 2, .action = AVOW_ACTION_ALLOW
#define DENY_IF(...)	.rules = { { .action = AVOW_ACTION_DENY, __VA_ARGS__ } }

/* The one set of most rows, and what is in it. */
#define THE_SET		5
#define IN_SET(which)	(1ULL << (which))
#define ENTRY(k, ...)	.kind = AVOW_ENTRY_##k, .entries = { { .set = THE_SET, __VA_ARGS__ } }
#define DENIED(k, ...)	ENTRY(k, __VA_ARGS__), DENY_IF(.in = IN_SET(THE_SET))
#define ID(d, i)	{ .dev = (d), .ino = (i) }

#define LOAD(...)	.facts = { .bits = FACT_LOAD, __VA_ARGS__ }
#define MAP(...)	.facts = { .bits = FACT_MAP, __VA_ARGS__ }
#define INIT(...)	.facts = { .bits = FACT_INIT, __VA_ARGS__ }
#define BITS(b)		.facts = { .bits = (b) }

#define POLICY_SERIAL	AVOW_SERIAL_MAX

CASE_TABLE struct policy_evaluate_case policy_evaluate_cases[] = {
	{ HIT("the file"), DENIED(FILE, .id = ID(7, 9)), LOAD(.file = ID(7, 9)) },
	{ MISS("another file of the same device"), DENIED(FILE, .id = ID(7, 9)),
	  LOAD(.file = ID(7, 8)) },
	{ MISS("the same number on another device"), DENIED(FILE, .id = ID(7, 9)),
	  LOAD(.file = ID(6, 9)) },
	{ MISS("the file is not the program"), DENIED(FILE, .id = ID(7, 9)),
	  LOAD(.program = ID(7, 9)) },
	{ MISS("the file is no directory above itself"), DENIED(UNDER, .id = ID(7, 9)),
	  LOAD(.file = ID(7, 9)) },
	{ MISS("a mapping has no file"), DENIED(FILE, .id = ID(7, 9)), MAP(.file = ID(7, 9)) },

	{ HIT("the directory it is in"), DENIED(UNDER, .id = ID(7, 9)),
	  LOAD(.nr_dirs = 1, .dirs = { ID(7, 9) }) },
	{ HIT("the outermost directory"), DENIED(UNDER, .id = ID(7, 9)),
	  LOAD(.nr_dirs = AVOW_DIRS_MAX, .dirs = { [AVOW_DIRS_MAX - 1] = ID(7, 9) }) },
	{ MISS("a directory that is not counted"), DENIED(UNDER, .id = ID(7, 9)),
	  LOAD(.nr_dirs = 1, .dirs = { ID(7, 8), ID(7, 9) }) },
	{ MISS("no directory"), DENIED(UNDER, .id = ID(7, 9)), LOAD(.dirs = { ID(7, 9) }) },
	{ MISS("another directory"), DENIED(UNDER, .id = ID(7, 9)),
	  LOAD(.nr_dirs = 2, .dirs = { ID(7, 8), ID(6, 9) }) },
	{ MISS("the directory is not the file"), DENIED(FILE, .id = ID(7, 9)),
	  LOAD(.nr_dirs = 1, .dirs = { ID(7, 9) }) },

	{ HIT("the digest"), DENIED(VERITY, .arg = 1, .bytes = { 1, [63] = 2 }),
	  .facts = { .bits = FACT_LOAD | FACT_FILE_VERITY, .verity_algorithm = 1,
		     .verity = { 1, [63] = 2 } } },
	{ MISS("the last byte of the digest"), DENIED(VERITY, .arg = 1, .bytes = { 1, [63] = 2 }),
	  .facts = { .bits = FACT_LOAD | FACT_FILE_VERITY, .verity_algorithm = 1,
		     .verity = { 1, [63] = 3 } } },
	{ MISS("the first byte of the digest"), DENIED(VERITY, .arg = 1, .bytes = { 1, [63] = 2 }),
	  .facts = { .bits = FACT_LOAD | FACT_FILE_VERITY, .verity_algorithm = 1,
		     .verity = { 0, [63] = 2 } } },
	{ MISS("a digest by another algorithm"), DENIED(VERITY, .arg = 1, .bytes = { 1 }),
	  .facts = { .bits = FACT_LOAD | FACT_FILE_VERITY, .verity_algorithm = 2,
		     .verity = { 1 } } },
	{ MISS("a digest that nothing enforces"), DENIED(VERITY, .arg = 1, .bytes = { 1 }),
	  LOAD(.verity_algorithm = 1, .verity = { 1 }) },

	{ HIT("the file system"), DENIED(FILESYSTEM, .bytes = "ext4"),
	  LOAD(.filesystem = "ext4") },
	{ HIT("a name of fifteen"), DENIED(FILESYSTEM, .bytes = "fifteen-letters"),
	  LOAD(.filesystem = "fifteen-letters") },
	{ MISS("a name of fifteen, but for the last"),
	  DENIED(FILESYSTEM, .bytes = "fifteen-letters"),
	  LOAD(.filesystem = "fifteen-letterz") },
	{ MISS("a longer name"), DENIED(FILESYSTEM, .bytes = "ext"), LOAD(.filesystem = "ext4") },
	{ MISS("a shorter name"), DENIED(FILESYSTEM, .bytes = "ext4"), LOAD(.filesystem = "ext") },

	{ HIT("the program, at load"), DENIED(PROGRAM, .id = ID(7, 9)),
	  LOAD(.program = ID(7, 9)) },
	{ HIT("the program, at map"), DENIED(PROGRAM, .id = ID(7, 9)), MAP(.program = ID(7, 9)) },
	{ HIT("the program, at init"), DENIED(PROGRAM, .id = ID(7, 9)),
	  INIT(.program = ID(7, 9)) },
	{ MISS("another program"), DENIED(PROGRAM, .id = ID(7, 9)), MAP(.program = ID(7, 8)) },
	{ MISS("a program of another device"), DENIED(PROGRAM, .id = ID(7, 9)),
	  INIT(.program = ID(6, 9)) },
	{ MISS("the program is not the file"), DENIED(PROGRAM, .id = ID(7, 9)),
	  LOAD(.file = ID(7, 9)) },

	{ HIT("the user"), DENIED(USER, .arg = 1000), MAP(.uid = 1000) },
	{ HIT("root"), DENIED(USER, .arg = 0), LOAD(.gid = 5) },
	{ MISS("another user"), DENIED(USER, .arg = 1000), MAP(.uid = 1001) },
	{ MISS("the user is not the group"), DENIED(USER, .arg = 1000), INIT(.gid = 1000) },
	{ HIT("the group"), DENIED(GROUP, .arg = 1000), INIT(.gid = 1000) },
	{ MISS("another group"), DENIED(GROUP, .arg = 1000), INIT(.gid = 1001) },
	{ MISS("the group is not the user"), DENIED(GROUP, .arg = 1000), MAP(.uid = 1000) },

	{ HIT("the cgroup it is in"), DENIED(CGROUP, .words = { 77 }),
	  MAP(.nr_cgroups = 1, .cgroups = { 77 }) },
	{ HIT("the outermost cgroup"), DENIED(CGROUP, .words = { 77 }),
	  INIT(.nr_cgroups = AVOW_CGROUPS_MAX, .cgroups = { [AVOW_CGROUPS_MAX - 1] = 77 }) },
	{ MISS("a cgroup that is not counted"), DENIED(CGROUP, .words = { 77 }),
	  LOAD(.nr_cgroups = 1, .cgroups = { 76, 77 }) },
	{ MISS("another cgroup"), DENIED(CGROUP, .words = { 77 }),
	  LOAD(.nr_cgroups = 2, .cgroups = { 76, 77ULL << 32 }) },

	{ HIT("the enclave"), DENIED(ENCLAVE, .bytes = { 1, [31] = 2 }),
	  INIT(.mrenclave = { 1, [31] = 2 }) },
	{ MISS("the last byte of MRENCLAVE"), DENIED(ENCLAVE, .bytes = { 1, [31] = 2 }),
	  INIT(.mrenclave = { 1, [31] = 3 }) },
	{ MISS("an enclave that another one signed"), DENIED(ENCLAVE, .bytes = { 1 }),
	  INIT(.mrsigner = { 1 }) },
	{ MISS("an enclave is measured at init only"), DENIED(ENCLAVE, .bytes = { 1 }),
	  LOAD(.mrenclave = { 1 }) },
	{ HIT("the signer"), DENIED(SIGNER, .bytes = { 1, [31] = 2 }),
	  INIT(.mrsigner = { 1, [31] = 2 }) },
	{ MISS("the last byte of MRSIGNER"), DENIED(SIGNER, .bytes = { 1, [31] = 2 }),
	  INIT(.mrsigner = { 1, [31] = 3 }) },
	{ MISS("a signer is not the enclave"), DENIED(SIGNER, .bytes = { 1 }),
	  INIT(.mrenclave = { 1 }) },
	{ MISS("a mapping has no signer"), DENIED(SIGNER, .bytes = { 1 }),
	  MAP(.mrsigner = { 1 }) },
	{ HIT("the product"), DENIED(PRODUCT, .arg = 0xffff), INIT(.isvprodid = 0xffff) },
	{ HIT("product 0"), DENIED(PRODUCT, .arg = 0), INIT(.isvsvn = 3) },
	{ MISS("another product"), DENIED(PRODUCT, .arg = 7), INIT(.isvprodid = 6) },
	{ MISS("the number of a product has 16 bits"), DENIED(PRODUCT, .arg = 0x10007),
	  INIT(.isvprodid = 7) },
	{ MISS("a product is known at init only"), DENIED(PRODUCT, .arg = 7),
	  LOAD(.isvprodid = 7) },

	{ HIT("the SVN is low enough"), DENY_IF(.all = FACT_INIT, .svn_min = 3),
	  INIT(.isvsvn = 3) },
	{ HIT("the SVN is above"), DENY_IF(.all = FACT_INIT, .svn_min = 3),
	  INIT(.isvsvn = 0xffff) },
	{ MISS("the SVN is below"), DENY_IF(.all = FACT_INIT, .svn_min = 3), INIT(.isvsvn = 2) },
	{ MISS("no SVN is that high"), DENY_IF(.all = FACT_INIT, .svn_min = 0x10000),
	  INIT(.isvsvn = 0xffff) },

	{ HIT("the event"), DENY_IF(.all = FACT_MAP), BITS(FACT_MAP) },
	{ MISS("another event"), DENY_IF(.all = FACT_MAP), BITS(FACT_LOAD) },
	{ HIT("all rights"), DENY_IF(.all = FACT_LOAD | FACT_W | FACT_X),
	  BITS(FACT_LOAD | FACT_R | FACT_W | FACT_X) },
	{ MISS("one right of two"), DENY_IF(.all = FACT_LOAD | FACT_W | FACT_X),
	  BITS(FACT_LOAD | FACT_R | FACT_X) },
	{ HIT("none of two"), DENY_IF(.all = FACT_MAP, .none = FACT_EVER_W | FACT_EVER_X),
	  BITS(FACT_MAP | FACT_W) },
	{ MISS("one of two is one too many"),
	  DENY_IF(.all = FACT_MAP, .none = FACT_EVER_W | FACT_EVER_X),
	  BITS(FACT_MAP | FACT_EVER_X) },
	{ HIT("one of any"), DENY_IF(.any = FACT_CLASS(AVOW_SRC_ANON) | FACT_CLASS(AVOW_SRC_SHMEM)),
	  BITS(FACT_LOAD | FACT_CLASS(AVOW_SRC_SHMEM)) },
	{ MISS("none of any"), DENY_IF(.any = FACT_CLASS(AVOW_SRC_ANON) | FACT_CLASS(AVOW_SRC_OTHER)),
	  BITS(FACT_LOAD | FACT_CLASS(AVOW_SRC_SHMEM)) },
	{ MISS("a bit that is wanted and not wanted"), DENY_IF(.all = FACT_X, .none = FACT_X),
	  BITS(FACT_LOAD | FACT_X) },

	{ HIT("in both sets"), .kind = AVOW_ENTRY_USER,
	  .entries = { { .set = 1, .arg = 5 }, { .set = 2, .arg = 5 } },
	  DENY_IF(.in = IN_SET(1) | IN_SET(2)), MAP(.uid = 5) },
	{ MISS("in one set of two"), .kind = AVOW_ENTRY_USER,
	  .entries = { { .set = 1, .arg = 5 }, { .set = 2, .arg = 6 } },
	  DENY_IF(.in = IN_SET(1) | IN_SET(2)), MAP(.uid = 5) },
	{ HIT("the second of a set"), .kind = AVOW_ENTRY_USER,
	  .entries = { { .set = 1, .arg = 5 }, { .set = 1, .arg = 6 } },
	  DENY_IF(.in = IN_SET(1)), MAP(.uid = 6) },
	{ MISS("a set that nothing is in"), DENY_IF(.in = IN_SET(1)), MAP(.uid = 5) },
	{ HIT("not excepted"), ENTRY(USER, .arg = 5), DENY_IF(.not_in = IN_SET(THE_SET)),
	  MAP(.uid = 6) },
	{ MISS("excepted"), ENTRY(USER, .arg = 5), DENY_IF(.not_in = IN_SET(THE_SET)),
	  MAP(.uid = 5) },
	{ MISS("excepted by the second exception"), .kind = AVOW_ENTRY_USER,
	  .entries = { { .set = 1, .arg = 5 }, { .set = 2, .arg = 6 } },
	  DENY_IF(.not_in = IN_SET(1) | IN_SET(2)), MAP(.uid = 6) },
	{ HIT("in one set, not in the other"), .kind = AVOW_ENTRY_USER,
	  .entries = { { .set = 1, .arg = 5 }, { .set = 2, .arg = 6 } },
	  DENY_IF(.in = IN_SET(1), .not_in = IN_SET(2)), MAP(.uid = 5) },
	{ HIT("an exception that this event does not know"), ENTRY(FILE, .id = ID(7, 9)),
	  DENY_IF(.not_in = IN_SET(THE_SET)), MAP(.file = ID(7, 9)) },

	{ .name = "the default alone", .rule = AVOW_RULE(42, 0), BITS(FACT_INIT),
	  .answers = 1, .action = AVOW_ACTION_ALLOW },
	{ .name = "the first of two that match", .rule = AVOW_RULE(42, 0),
	  .rules = { { .all = FACT_X, .action = AVOW_ACTION_ALLOW },
		     { .all = FACT_LOAD, .action = AVOW_ACTION_DENY } },
	  BITS(FACT_LOAD | FACT_X), .answers = 1, .action = AVOW_ACTION_ALLOW },
	{ .name = "the second, which alone matches", .rule = AVOW_RULE(42, 0), .err = EACCES,
	  .rules = { { .all = FACT_X, .action = AVOW_ACTION_ALLOW },
		     { .all = FACT_LOAD, .action = AVOW_ACTION_DENY } },
	  BITS(FACT_LOAD | FACT_R), .answers = 2, .action = AVOW_ACTION_DENY },
	{ .name = "a rule that audits answers too", .rule = AVOW_RULE(42, 0),
	  .rules = { { .all = FACT_MAP, .action = AVOW_ACTION_AUDIT },
		     { .all = FACT_MAP, .action = AVOW_ACTION_DENY } },
	  BITS(FACT_MAP), .answers = 1, .action = AVOW_ACTION_AUDIT },
	{ .name = "the third", .rule = AVOW_RULE(42, 0), .err = EACCES,
	  .rules = { { .all = FACT_MAP, .action = AVOW_ACTION_ALLOW },
		     { .all = FACT_LOAD, .action = AVOW_ACTION_AUDIT },
		     { .all = FACT_INIT, .action = AVOW_ACTION_DENY } },
	  BITS(FACT_INIT), .answers = 3, .action = AVOW_ACTION_DENY },

	{ HIT("the last entry that there can be"), DENIED(SIGNER, .bytes = { [31] = 9 }),
	  .entries_before = AVOW_ENTRIES_MAX - 1, INIT(.mrsigner = { [31] = 9 }) },
	{ MISS("beside the last entry"), DENIED(SIGNER, .bytes = { [31] = 9 }),
	  .entries_before = AVOW_ENTRIES_MAX - 1, INIT(.mrsigner = { [31] = 8 }) },
	{ HIT("the last set"), .kind = AVOW_ENTRY_PRODUCT,
	  .entries = { { .set = AVOW_SETS_MAX - 1, .arg = 7 } },
	  DENY_IF(.in = IN_SET(AVOW_SETS_MAX - 1)), INIT(.isvprodid = 7) },
	{ .name = "the last rule before the default", .rule = AVOW_RULE(42, 0), .err = EACCES,
	  DENY_IF(.all = FACT_MAP), .rules_before = AVOW_RULES_MAX - 2, BITS(FACT_MAP),
	  .answers = AVOW_RULES_MAX - 1, .action = AVOW_ACTION_DENY },
	{ .name = "the default of the longest policy", .rule = AVOW_RULE(42, 0),
	  DENY_IF(.all = FACT_MAP), .rules_before = AVOW_RULES_MAX - 2, BITS(FACT_LOAD),
	  .answers = AVOW_RULES_MAX, .action = AVOW_ACTION_ALLOW },
};

#undef HIT
#undef MISS
#undef DENY_IF
#undef THE_SET
#undef IN_SET
#undef ENTRY
#undef DENIED
#undef ID
#undef LOAD
#undef MAP
#undef INIT
#undef BITS

CASE_FUNCTION u32 case_policy_entries(const struct policy_evaluate_case *c,
				      struct avow_policy *policy)
{
	u32 i, nr = 0;

	/* An identity that no row has: neither as a file nor as bytes or a number. */
	for (; nr < c->entries_before; nr++) {
		policy->entries[nr].set = c->entries[0].set;
		policy->entries[nr].arg = ~0U;
		policy->entries[nr].words[0] = policy->entries[nr].words[1] = ~0ULL;
	}
	for (i = 0; i < CASE_COUNT(c->entries) && c->entries[i].set; i++)
		policy->entries[nr++] = c->entries[i];
	return nr;
}

CASE_FUNCTION u32 case_policy_rules(const struct policy_evaluate_case *c,
				    struct avow_policy *policy)
{
	u32 i, nr = 0;

	for (; nr < c->rules_before; nr++) {
		policy->rules[nr].all = policy->rules[nr].none = FACT_R;
		policy->rules[nr].action = AVOW_ACTION_DENY;
	}
	for (i = 0; i < CASE_COUNT(c->rules) && c->rules[i].action; i++)
		policy->rules[nr++] = c->rules[i];
	policy->rules[nr++].action = AVOW_ACTION_ALLOW;
	return nr;
}

CASE_FUNCTION void case_policy_evaluate(const struct policy_evaluate_case *c,
					struct case_seen *seen, struct case_scratch *scratch)
{
	struct avow_policy *policy = &scratch->policy;
	u32 kind, nr;

	case_zero(policy, sizeof(*policy));
	policy->serial = POLICY_SERIAL;
	nr = case_policy_entries(c, policy);
	for (kind = c->kind; kind < AVOW_ENTRY_KINDS; kind++)
		policy->first[kind + 1] = nr;
	policy->nr_rules = case_policy_rules(c, policy);
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "wellformed", true, avow_policy_wellformed(policy));
	case_note(seen, "answer", (u32)AVOW_ANSWER(POLICY_SERIAL, c->answers, c->action),
		  (u32)avow_policy_evaluate(policy, &c->facts));
}

/* ---- avow_policy_wellformed ---- */

struct policy_wellformed_case {
	CASE_HEAD;		/* err: any, for a policy that is not */
	struct case_patch patch[4];
};

/* Two rules and the default; one entry of each kind. What is beyond could be a part of it. */
CASE_FUNCTION void case_good_policy(struct avow_policy *policy)
{
	u32 i;

	case_zero(policy, sizeof(*policy));
	policy->serial = 1;
	policy->nr_rules = 3;
	for (i = 0; i < AVOW_RULES_MAX; i++)
		policy->rules[i].action = AVOW_ACTION_ALLOW;
	for (i = 0; i <= AVOW_ENTRY_KINDS; i++)
		policy->first[i] = i;
	for (i = 0; i < AVOW_ENTRIES_MAX; i++)
		policy->entries[i].words[0] = 0x1234;
}

#define GOOD(what)	.name = what, .rule = AVOW_RULE(42, 0)
#define BAD(what)	GOOD(what), .err = EINVAL
#define SET(field, val)	PATCH(avow_policy, field, val)

CASE_TABLE struct policy_wellformed_case policy_wellformed_cases[] = {
	{ GOOD("a good policy") },
	{ BAD("serial 0"), .patch = { SET(serial, 0) } },
	{ GOOD("the last serial"), .patch = { SET(serial, AVOW_SERIAL_MAX) } },
	{ BAD("a serial beyond the last"), .patch = { SET(serial, AVOW_SERIAL_MAX + 1) } },

	{ BAD("no rules"), .patch = { SET(nr_rules, 0) } },
	{ GOOD("the default alone, well-formed"), .patch = { SET(nr_rules, 1) } },
	{ GOOD("as many rules as there can be"), .patch = { SET(nr_rules, AVOW_RULES_MAX) } },
	{ BAD("one rule more"), .patch = { SET(nr_rules, AVOW_RULES_MAX + 1) } },
	/* The first entry, where there is none, as a rule: rules[512].action is in words[4]. */
	{ BAD("one rule more, which looks like a default"),
	  .patch = { SET(nr_rules, AVOW_RULES_MAX + 1), SET(first, 0), SET(entries[0].words[0], 0),
		     SET(entries[0].words[4], 1ULL << 32) } },

	{ BAD("entries before the first kind"), .patch = { SET(first[0], 1) } },
	{ BAD("a kind that ends before it begins"), .patch = { SET(first[5], 3) } },
	{ GOOD("a kind without entries"), .patch = { SET(first[5], 4) } },
	{ BAD("a kind that begins beyond the next"), .patch = { SET(first[5], 7) } },
	{ GOOD("as many entries as there can be"),
	  .patch = { SET(first[AVOW_ENTRY_KINDS], AVOW_ENTRIES_MAX) } },
	{ BAD("one entry more"),
	  .patch = { SET(first[AVOW_ENTRY_KINDS], AVOW_ENTRIES_MAX + 1) } },
	{ GOOD("no entries"), .patch = { PATCH(avow_policy, first, 0) } },

	{ GOOD("the last set of all"), .patch = { SET(entries[0].set, AVOW_SETS_MAX - 1) } },
	{ BAD("a set beyond the last"), .patch = { SET(entries[0].set, AVOW_SETS_MAX) } },
	{ BAD("a set beyond the last, in the last entry"),
	  .patch = { SET(entries[10].set, AVOW_SETS_MAX) } },
	{ GOOD("a set beyond the last, in what is no entry"),
	  .patch = { SET(entries[11].set, AVOW_SETS_MAX) } },
	{ BAD("an unknown file"), .patch = { SET(entries[AVOW_ENTRY_FILE].id.dev, 0) } },
	{ GOOD("a file of device 0"),
	  .patch = { SET(entries[AVOW_ENTRY_FILE].id.dev, 0),
		     SET(entries[AVOW_ENTRY_FILE].id.ino, 1) } },
	{ BAD("an unknown directory"), .patch = { SET(entries[AVOW_ENTRY_UNDER].id.dev, 0) } },
	{ BAD("an unknown program"), .patch = { SET(entries[AVOW_ENTRY_PROGRAM].id.dev, 0) } },
	{ BAD("an unknown cgroup"), .patch = { SET(entries[AVOW_ENTRY_CGROUP].words[0], 0) } },
	{ BAD("a file system without a name"),
	  .patch = { SET(entries[AVOW_ENTRY_FILESYSTEM].bytes[0], 0) } },
	{ GOOD("an enclave that begins with zeros"),
	  .patch = { SET(entries[AVOW_ENTRY_ENCLAVE].words[0], 0) } },

	{ BAD("a rule without an action"), .patch = { SET(rules[0].action, 0) } },
	{ GOOD("a rule that audits"), .patch = { SET(rules[0].action, AVOW_ACTION_AUDIT) } },
	{ BAD("an unknown action"), .patch = { SET(rules[1].action, AVOW_ACTION_AUDIT + 1) } },
	{ BAD("an unknown action of the default"),
	  .patch = { SET(rules[2].action, AVOW_ACTION_AUDIT + 1) } },
	{ GOOD("an unknown action of what is no rule"), .patch = { SET(rules[3].action, 0) } },
	{ GOOD("all bits in a rule"), .patch = { SET(rules[1].all, FACT_KNOWN) } },
	{ BAD("an unknown bit in all"), .patch = { SET(rules[1].all, 1ULL << 11) } },
	{ BAD("an unknown bit in none"), .patch = { SET(rules[1].none, 1ULL << 21) } },
	{ BAD("an unknown bit in any"), .patch = { SET(rules[1].any, 1ULL << 32) } },
	{ GOOD("all sets"), .patch = { SET(rules[1].in, ~0ULL), SET(rules[0].not_in, ~0ULL) } },
	{ GOOD("an SVN at init"),
	  .patch = { SET(rules[0].all, FACT_INIT), SET(rules[0].svn_min, 1) } },
	{ BAD("an SVN at load"),
	  .patch = { SET(rules[0].all, FACT_LOAD), SET(rules[0].svn_min, 1) } },

	{ BAD("a default that wants a bit"), .patch = { SET(rules[2].all, FACT_LOAD) } },
	{ BAD("a default that does not want a bit"), .patch = { SET(rules[2].none, FACT_W) } },
	{ BAD("a default that wants any bit"), .patch = { SET(rules[2].any, FACT_W) } },
	{ BAD("a default for a set"), .patch = { SET(rules[2].in, 1) } },
	{ BAD("a default but for a set"), .patch = { SET(rules[2].not_in, 1ULL << 63) } },
	{ GOOD("a condition of the last rule but one"), .patch = { SET(rules[1].in, 1) } },
};

#undef GOOD
#undef BAD
#undef SET

CASE_FUNCTION void case_policy_wellformed(const struct policy_wellformed_case *c,
					  struct case_seen *seen, struct case_scratch *scratch)
{
	case_good_policy(&scratch->policy);
	case_apply(&scratch->policy, c->patch, CASE_COUNT(c->patch));
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "wellformed", !c->err, avow_policy_wellformed(&scratch->policy));
}

/* ---- avow_policy_verdict ---- */

struct policy_verdict_case {
	CASE_HEAD;
	int answer;
	bool required;
	u32 names;		/* the rule of the refusal; 0: the hook's, 702 */
	u32 audit;
};

#define ANSWER(serial, rule, action)	.answer = AVOW_ANSWER(serial, rule, AVOW_ACTION_##action)
#define NO_ANSWER(what)	.name = what, .rule = AVOW_RULE(41, 4), .err = EPERM,	\
			.names = AVOW_RULE(41, 4)

CASE_TABLE struct policy_verdict_case policy_verdict_cases[] = {
	{ .name = "the first errno", .rule = AVOW_RULE(41, 1), .err = EPERM, .answer = -EPERM },
	{ .name = "EACCES", .rule = AVOW_RULE(41, 1), .err = EACCES, .answer = -EACCES },
	{ .name = "EACCES, policy required", .rule = AVOW_RULE(41, 1), .err = EACCES,
	  .answer = -EACCES, .required = true },
	{ .name = "the last errno", .rule = AVOW_RULE(41, 1), .err = EHWPOISON,
	  .answer = -EHWPOISON },

	{ .name = "nobody answered", .rule = AVOW_RULE(41, 2) },
	{ .name = "nobody answered, policy required", .rule = AVOW_RULE(41, 2), .err = EACCES,
	  .required = true, .names = AVOW_RULE(41, 2) },

	{ .name = "allow", .rule = AVOW_RULE(41, 3), ANSWER(1, 1, ALLOW) },
	{ .name = "allow, policy required", .rule = AVOW_RULE(41, 3), ANSWER(1, 1, ALLOW),
	  .required = true },
	{ .name = "deny", .rule = AVOW_RULE(41, 3), .err = EACCES, ANSWER(1, 1, DENY) },
	{ .name = "deny by the last of all", .rule = AVOW_RULE(41, 3), .err = EACCES,
	  ANSWER(AVOW_SERIAL_MAX, AVOW_RULES_MAX, DENY), .required = true },
	{ .name = "audit", .rule = AVOW_RULE(41, 3), ANSWER(1, 2, AUDIT), .audit = 0x1002 },
	{ .name = "audit by the last of all", .rule = AVOW_RULE(41, 3), .required = true,
	  ANSWER(AVOW_SERIAL_MAX, AVOW_RULES_MAX, AUDIT), .audit = 0xffff200 },

	{ NO_ANSWER("beyond the last errno"), .answer = -EHWPOISON - 1 },
	{ NO_ANSWER("an errno that would start the call anew"), .answer = -512 },
	{ NO_ANSWER("the kernel's last errno"), .answer = -4095 },
	{ NO_ANSWER("no errno"), .answer = -4096 },
	{ NO_ANSWER("the least number"), .answer = (int)0x80000000U },
	{ NO_ANSWER("allow without a policy"), ANSWER(0, 0, ALLOW) },
	{ NO_ANSWER("allow without a serial"), ANSWER(0, 1, ALLOW) },
	{ NO_ANSWER("allow without a rule"), ANSWER(1, 0, ALLOW) },
	{ NO_ANSWER("audit without a rule"), ANSWER(1, 0, AUDIT) },
	{ NO_ANSWER("deny without a rule"), ANSWER(1, 0, DENY) },
	{ NO_ANSWER("no action"), ANSWER(1, 1, NONE) },
	{ NO_ANSWER("no action, policy required"), ANSWER(1, 1, NONE), .required = true },
	{ NO_ANSWER("a rule beyond the last"), ANSWER(1, AVOW_RULES_MAX + 1, ALLOW) },
	{ NO_ANSWER("an answer beyond the last serial"), ANSWER(AVOW_SERIAL_MAX + 1, 1, ALLOW) },
	{ NO_ANSWER("the greatest number"), .answer = 0x7fffffff },
};

#undef ANSWER
#undef NO_ANSWER

CASE_FUNCTION void case_policy_verdict(const struct policy_verdict_case *c,
				       struct case_seen *seen, struct case_scratch *scratch)
{
	u32 rule = c->names ? c->names : AVOW_RULE(7, 2), audit = ~0U;
	avow_verdict got = avow_policy_verdict(c->answer, c->required, AVOW_RULE(7, 2), &audit);

	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "verdict", c->err ? AVOW_REFUSE(rule, c->err) : AVOW_OK, got);
	case_note(seen, "audit", c->audit, audit);
}

#endif
