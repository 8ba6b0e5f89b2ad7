// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/*
 * All tables in one function that needs nothing but core/: what shows that the
 * tables compile in every world, and what a world without cmocka can run.
 */
#include "all.h"

u32 avow_core_selftest(struct case_scratch *scratch, const char **table, struct case_seen *seen);

/* The number of rows that passed; the first that fails is left in table and seen. */
u32 avow_core_selftest(struct case_scratch *scratch, const char **table, struct case_seen *seen)
{
	u32 passed = 0, i;

#define RUN(t)								\
	*table = #t;							\
	for (i = 0; i < CASE_COUNT(t##_cases); i++) {			\
		case_##t(&t##_cases[i], seen, scratch);			\
		if (!case_passed(seen))					\
			return passed;					\
		passed++;						\
	}
	CASE_TABLES(RUN)
#undef RUN
	*table = (void *)0;
	return passed;
}
