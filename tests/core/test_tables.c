// SPDX-License-Identifier: LGPL-2.1-or-later
/* The decision tables of tests/cases, and whether they are complete. */
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "all.h"

static struct case_scratch scratch;

static void judge(const struct case_seen *seen)
{
	u32 i;

	if (case_passed(seen))
		return;
	for (i = 0; i < seen->items && i < CASE_ITEMS; i++)
		if (seen->item[i].want != seen->item[i].got)
			print_error("R%u.%u, %s: %s: %#llx, not %#llx\n", seen->rule / 100,
				    seen->rule % 100, seen->name, seen->item[i].what,
				    seen->item[i].got, seen->item[i].want);
	fail();
}

#define TEST(t)								\
static void test_##t(void **state)					\
{									\
	struct case_seen seen;						\
	u32 i;								\
									\
	(void)state;							\
	for (i = 0; i < CASE_COUNT(t##_cases); i++) {			\
		case_##t(&t##_cases[i], &seen, &scratch);		\
		judge(&seen);						\
	}								\
}

CASE_TABLES(TEST)

/* ---- completeness ---- */

/* What core decides. Where nothing can be refused, or accepted, there is no row for it. */
static const struct decided {
	u32 rule;
	bool accepts, refuses;
} decided[] = {
#define BOTH(rule, clause)	{ AVOW_RULE(rule, clause), true, true }
#define ACCEPTS(rule, clause)	{ AVOW_RULE(rule, clause), true, false }
#define REFUSES(rule, clause)	{ AVOW_RULE(rule, clause), false, true }
	ACCEPTS(1, 1), BOTH(1, 2), BOTH(1, 3), BOTH(1, 4),
	BOTH(2, 1), ACCEPTS(2, 3), ACCEPTS(2, 4), BOTH(2, 5),
	ACCEPTS(3, 1), BOTH(3, 2), BOTH(3, 3), BOTH(3, 4),
	BOTH(5, 1), BOTH(5, 2), BOTH(5, 3), BOTH(6, 1), BOTH(6, 2), ACCEPTS(7, 1),
	BOTH(8, 1), BOTH(8, 2), ACCEPTS(8, 3), ACCEPTS(9, 1), BOTH(9, 2),
	BOTH(10, 1), BOTH(10, 2), ACCEPTS(10, 3), BOTH(11, 2), BOTH(12, 0),
	ACCEPTS(13, 1), ACCEPTS(13, 2), BOTH(13, 3), BOTH(17, 1), BOTH(17, 2),
	BOTH(21, 1), BOTH(21, 3), BOTH(21, 4),
	BOTH(22, 1), BOTH(22, 2), BOTH(22, 3), BOTH(22, 5), BOTH(22, 6),
	BOTH(22, 9),
	BOTH(23, 1), BOTH(23, 3), BOTH(23, 4), BOTH(23, 5), BOTH(23, 6), BOTH(23, 7),
	BOTH(23, 8), BOTH(23, 9),
	BOTH(24, 1), BOTH(24, 2), BOTH(24, 3), BOTH(24, 4), BOTH(24, 5), BOTH(24, 6), BOTH(24, 7),
	BOTH(25, 1), BOTH(25, 2), BOTH(25, 3), BOTH(25, 4), BOTH(25, 6),
	BOTH(26, 1), BOTH(26, 2), BOTH(26, 3), BOTH(28, 1), BOTH(28, 3),
	BOTH(29, 1), BOTH(29, 2), BOTH(29, 4),
	REFUSES(34, 0), BOTH(34, 1), BOTH(34, 2), BOTH(34, 3),
	BOTH(36, 1), BOTH(36, 2), ACCEPTS(37, 1), BOTH(37, 2), BOTH(37, 3), BOTH(40, 1),
	REFUSES(41, 1), BOTH(41, 2), BOTH(41, 3), REFUSES(41, 4), BOTH(42, 0),
};

#define RULE_LIMIT	AVOW_RULE(43, 0)

static bool accepted[RULE_LIMIT], refused[RULE_LIMIT];

static void collect(void)
{
	struct case_seen seen;
	u32 i;

#define COLLECT(t)							\
	for (i = 0; i < CASE_COUNT(t##_cases); i++) {			\
		case_##t(&t##_cases[i], &seen, &scratch);		\
		assert_true(seen.rule < RULE_LIMIT);			\
		*(seen.refuses ? &refused[seen.rule] : &accepted[seen.rule]) = true; \
	}
	CASE_TABLES(COLLECT)
}

static void every_rule_is_accepted_and_refused(void **state)
{
	size_t i;

	(void)state;
	collect();
	for (i = 0; i < CASE_COUNT(decided); i++) {
		u32 rule = decided[i].rule;

		expect(accepted[rule] == decided[i].accepts, "R%u.%u", rule / 100, rule % 100);
		expect(refused[rule] == decided[i].refuses, "R%u.%u", rule / 100, rule % 100);
		accepted[rule] = refused[rule] = false;
	}
	for (i = 0; i < RULE_LIMIT; i++)
		expect(!accepted[i] && !refused[i], "R%zu.%zu is not in the list", i / 100,
		       i % 100);
}

/* A row that is there twice, or that has no name, is a slip. */
static void every_row_has_its_own_name(void **state)
{
	u32 i, j;

	(void)state;
#define NAMES(t)							\
	for (i = 0; i < CASE_COUNT(t##_cases); i++) {			\
		expect(t##_cases[i].name && *t##_cases[i].name, "%s row %u", #t, i);	\
		for (j = 0; j < i; j++)					\
			expect(strcmp(t##_cases[i].name, t##_cases[j].name),	\
			       "%s: '%s' twice", #t, t##_cases[i].name);	\
	}
	CASE_TABLES(NAMES)
}

/* What a world without cmocka runs must see the same rows. */
u32 avow_core_selftest(struct case_scratch *scratch, const char **table, struct case_seen *seen);

static void selftest_runs_every_row(void **state)
{
	struct case_seen seen;
	const char *table;
	u32 rows = 0;

	(void)state;
#define COUNT(t)	rows += CASE_COUNT(t##_cases);
	CASE_TABLES(COUNT)
	assert_int_equal(avow_core_selftest(&scratch, &table, &seen), rows);
	assert_null(table);
}

int main(void)
{
#define UNIT(t)	{ .name = #t, .test_func = test_##t },
	static const struct CMUnitTest tests[] = {
		CASE_TABLES(UNIT)
		cmocka_unit_test(every_rule_is_accepted_and_refused),
		cmocka_unit_test(every_row_has_its_own_name),
		cmocka_unit_test(selftest_runs_every_row),
	};

	return cmocka_run_group_tests_name("tables", tests, NULL, NULL);
}
