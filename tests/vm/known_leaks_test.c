// SPDX-License-Identifier: LGPL-2.1-or-later
/* Unit test of what is left out of kmemleak's report, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guest/init.h"

#define FRAME(name)	"    [<ffffffff81430c3b>] " name "+0x1db/0x2c0\n"
#define HEAD(address)	"unreferenced object 0x" address " (size 16):\n  backtrace:\n" FRAME("kstrdup")
/* The kernel's own; a cache that was lost whole; a name that somebody else lost. */
#define NAME	HEAD("1") FRAME("kobject_set_name_vargs") FRAME("sysfs_slab_add") \
	FRAME("kmem_cache_create_usercopy") FRAME("avow_init")
#define CACHE	HEAD("2") FRAME("kmem_cache_create_usercopy") FRAME("avow_init")
#define OTHER	HEAD("3") FRAME("kobject_set_name_vargs") FRAME("device_add") FRAME("avow_init")

static const struct {
	const char *report, *rest;
} cases[] = {
	{ "", "" },
	{ NAME, "" },
	{ NAME NAME NAME, "" },
	{ CACHE, CACHE },
	{ OTHER, OTHER },
	{ CACHE OTHER, CACHE OTHER },
	{ NAME CACHE, CACHE },
	{ CACHE NAME, CACHE },
	{ NAME CACHE NAME NAME OTHER NAME, CACHE OTHER },
};

static void test_left_out(void **state)
{
	char report[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(strlen(cases[i].report) < sizeof(report));
		strcpy(report, cases[i].report);
		known_leaks_leave_out(report);
		assert_string_equal(report, cases[i].rest);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_left_out) };

	return cmocka_run_group_tests_name("known_leaks", tests, NULL, NULL);
}
