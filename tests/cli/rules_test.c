// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Every clause that core/ or kmod/ can put into a refusal has a sentence in
 * lib/rules.c, and every sentence there is of a clause of SPEC.md.
 * Run with the repository's directory as the argument.
 */
#include <glob.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <libavow.h>

#include "rules.h"

#define CLAUSES_AT_LEAST	60	/* fewer: the sources were not read as they are written */

static const char *top;
static unsigned int missing;

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	fclose(file);
	return text;
}

/* Calls found() with each AVOW_RULE(a, b) and REFUSE(a, b, ...) of numbers in a text. */
static unsigned int scan(const char *path, const char *text,
			 void (*found)(const char *path, uint32_t number))
{
	regmatch_t m[4];
	unsigned int nr = 0;
	regex_t re;

	assert_int_equal(regcomp(&re, "(AVOW_RULE|REFUSE)\\(([0-9]+),[[:space:]]*([0-9]+)", REG_EXTENDED), 0);
	for (; !regexec(&re, text, 4, m, 0); text += m[0].rm_eo, nr++)
		found(path, (uint32_t)atoi(text + m[2].rm_so) * 100 + (uint32_t)atoi(text + m[3].rm_so));
	regfree(&re);
	return nr;
}

static void must_have_sentence(const char *path, uint32_t number)
{
	char name[AVOW_WORD_SIZE];

	if (avow_rule_find(number))
		return;
	print_error("%s refuses by %s, which has no sentence in lib/rules.c\n", path,
		    avow_rule_name(number, name));
	missing++;
}

static void every_clause_has_a_sentence(void **state)
{
	static const char *const patterns[] = {
		"/core/*.c", "/core/*.h", "/kmod/*.c", "/kmod/*.h",
	};
	unsigned int nr = 0;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		char pattern[4096];
		glob_t files;

		snprintf(pattern, sizeof(pattern), "%s%s", top, patterns[i]);
		assert_int_equal(glob(pattern, 0, NULL, &files), 0);
		for (j = 0; j < files.gl_pathc; j++) {
			char *text = read_all(files.gl_pathv[j]);

			nr += scan(files.gl_pathv[j], text, must_have_sentence);
			free(text);
		}
		globfree(&files);
	}
	assert_true(nr >= CLAUSES_AT_LEAST);
	assert_int_equal(missing, 0);
}

/* "R8.2" that is not the beginning of "R8.20". */
static bool names(const char *spec, const char *name)
{
	const char *at = spec;

	while ((at = strstr(at, name))) {
		at += strlen(name);
		if (*at < '0' || *at > '9')
			return true;
	}
	return false;
}

static void every_sentence_is_of_a_clause(void **state)
{
	char path[4096], name[AVOW_WORD_SIZE];
	unsigned int unknown = 0;
	char *spec;
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/SPEC.md", top);
	spec = read_all(path);
	for (i = 0; i < avow_nr_rules; i++) {
		if (names(spec, avow_rule_name(avow_rules[i].number, name)))
			continue;
		print_error("lib/rules.c has a sentence for %s, which SPEC.md does not know\n", name);
		unknown++;
	}
	free(spec);
	assert_int_equal(unknown, 0);
}

static void the_table_is_in_order(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < avow_nr_rules; i++) {
		const struct avow_rule_words *r = &avow_rules[i];

		if (i)
			assert_true(avow_rules[i - 1].number < r->number);
		assert_ptr_equal(avow_rule_find(r->number), r);
		assert_true(strlen(r->says) > 10 && strlen(r->change) > 5);
		/* Whoever prints them adds the full stop. */
		assert_true(r->says[strlen(r->says) - 1] != '.');
		assert_true(r->change[strlen(r->change) - 1] != '.');
	}
	assert_null(avow_rule_find(0));
	assert_null(avow_rule_find(9999));
}

static void names_of_rules(void **state)
{
	char name[AVOW_WORD_SIZE];

	(void)state;
	assert_string_equal(avow_rule_name(802, name), "R8.2");
	assert_string_equal(avow_rule_name(1001, name), "R10.1");
	assert_string_equal(avow_rule_name(1200, name), "R12");
	assert_string_equal(avow_rule_name(UINT32_MAX, name), "R42949672.95");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_clause_has_a_sentence),
		cmocka_unit_test(every_sentence_is_of_a_clause),
		cmocka_unit_test(the_table_is_in_order),
		cmocka_unit_test(names_of_rules),
	};

	if (argc != 2) {
		fprintf(stderr, "usage: rules_test DIRECTORY\n");
		return 2;
	}
	top = argv[1];
	return cmocka_run_group_tests_name("avow's sentences", tests, NULL, NULL);
}
