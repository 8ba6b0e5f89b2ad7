// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.4, R18.5, R19: what the avow command makes of runs and records, without a module. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "lines.h"
#include "policy.h"
#include "record.h"
#include "runs.h"

#define BASE	0x7f0000000000ULL
#define NOW	3000000000ULL
#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static char *text;		/* what print() printed last */
static size_t text_size;

static FILE *begin(void)
{
	FILE *to;

	free(text);
	to = open_memstream(&text, &text_size);
	assert_non_null(to);
	return to;
}

static struct avow_run run_of(unsigned long long first, unsigned long long pages, unsigned int intent)
{
	return (struct avow_run){
		.offset = first * 4096,
		.length = pages * 4096,
		.intent = (__u8)intent,
		.epcm = (__u8)intent,
		.type = 2,
		.state = AVOW_RUN_PRESENT | AVOW_RUN_MEASURED,
		.source_class = AVOW_SRC_FILE_EXEC,
	};
}

static struct mapping mapping_of(unsigned long long first, unsigned long long pages, unsigned int rights)
{
	return (struct mapping){ BASE + first * 4096, BASE + (first + pages) * 4096, rights };
}

static void expect_part(const struct mapped_run *part, unsigned long long first, unsigned long long pages,
			bool mapped, unsigned int rights)
{
	assert_int_equal(part->run.offset, first * 4096);
	assert_int_equal(part->run.length, pages * 4096);
	assert_int_equal(part->mapped, mapped);
	assert_int_equal(part->rights, rights);
}

static void runs_are_split_where_the_mapping_differs(void **state)
{
	const struct avow_run runs[] = { run_of(1, 6, AVOW_R), run_of(8, 2, AVOW_RWX) };
	const struct mapping mappings[] = {
		mapping_of(0, 2, AVOW_R), mapping_of(3, 1, AVOW_W), mapping_of(4, 1, AVOW_W),
		mapping_of(6, 3, 0), mapping_of(100, 1, AVOW_RWX),
	};
	struct mapped_run *parts;
	size_t nr;

	(void)state;
	parts = split_runs(BASE, runs, 2, mappings, COUNT(mappings), &nr);
	assert_int_equal(nr, 7);
	expect_part(&parts[0], 1, 1, true, AVOW_R);
	expect_part(&parts[1], 2, 1, false, 0);
	expect_part(&parts[2], 3, 2, true, AVOW_W);	/* two mappings of the same rights are one */
	expect_part(&parts[3], 5, 1, false, 0);
	expect_part(&parts[4], 6, 1, true, 0);
	expect_part(&parts[5], 8, 1, true, 0);		/* a hole and another intent between */
	expect_part(&parts[6], 9, 1, false, 0);
	assert_int_equal(parts[6].run.intent, AVOW_RWX);
	free(parts);
	parts = split_runs(BASE, runs, 2, NULL, 0, &nr);
	assert_int_equal(nr, 2);
	expect_part(&parts[0], 1, 6, false, 0);
	free(parts);
	parts = split_runs(BASE, NULL, 0, mappings, COUNT(mappings), &nr);
	assert_int_equal(nr, 0);
	free(parts);
}

/* One of each kind of line. */
static size_t some_runs(struct mapped_run runs[5], char *paths[5])
{
	runs[0] = (struct mapped_run){ run_of(0, 1, AVOW_R | AVOW_X), true, AVOW_R | AVOW_X };
	runs[1] = (struct mapped_run){ run_of(1, 1, AVOW_RWX), true, AVOW_RWX };
	runs[1].run.state |= AVOW_RUN_EVER_W | AVOW_RUN_EVER_X;
	runs[2] = (struct mapped_run){ run_of(2, 1, AVOW_R), true, AVOW_R | AVOW_W };
	runs[2].run.state |= AVOW_RUN_LOWERED;
	runs[3] = (struct mapped_run){ run_of(3, 1, AVOW_R | AVOW_W), true, 0 };
	runs[3].run.type = 1;
	runs[3].run.epcm = 0;
	runs[4] = (struct mapped_run){ run_of(4, 16, AVOW_R | AVOW_W), false, 0 };
	runs[4].run.state = AVOW_RUN_KEPT;
	runs[4].run.type = 0;
	runs[4].run.source_class = AVOW_SRC_NONE;
	memset(paths, 0, 5 * sizeof(*paths));
	paths[0] = (char *)"/opt/plugin.bin";
	return 5;
}

static void maps_as_text(void **state)
{
	struct mapped_run runs[5];
	char *paths[5], *line, *rest;
	FILE *to = begin();

	(void)state;
	print_runs(to, runs, paths, some_runs(runs, paths), false);
	fclose(to);
	assert_string_equal(text,
		"  OFFSET   LENGTH  INTENT  EPCM  MAPPING  TYPE  HISTORY  STATE             SOURCE\n"
		"     0x0   0x1000  R-X     R-X   R-X      REG   -        measured          file-exec /opt/plugin.bin\n"
		"  0x1000   0x1000  RWX     RWX   RWX      REG   WX       measured          file-exec\n"
		"  0x2000   0x1000  R--     R--   RW-      REG   -        measured lowered  file-exec\n"
		"  0x3000   0x1000  RW-     ---   ---      TCS   -        measured          file-exec\n"
		"  0x4000  0x10000  RW-     -     -        -     -        kept              none\n");
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		assert_true(strlen(line) <= 100);
}

static void maps_in_colors(void **state)
{
	struct mapped_run runs[5];
	char *paths[5];
	FILE *to = begin();

	(void)state;
	print_runs(to, runs, paths, some_runs(runs, paths), true);
	fclose(to);
	assert_non_null(strstr(text, "\033[1mOFFSET\033[m"));
	/* Writable and executable: as intent, of the page, as mapping, ever. */
	assert_non_null(strstr(text, "\033[1;31mRWX\033[m     \033[1;31mRWX\033[m   \033[1;31mRWX\033[m"));
	assert_non_null(strstr(text, "\033[1;31mWX\033[m"));
	assert_non_null(strstr(text, "\033[33mR--\033[m     R--   \033[35mRW-\033[m"));	/* lowered; too wide */
	assert_non_null(strstr(text, "\033[36mTCS\033[m"));
	assert_non_null(strstr(text, "\033[33mkept\033[m"));
	assert_null(strstr(text, "\033[1;31mR-X"));
}

static const struct avow_refusal by_rule = {
	.seq = 3,
	.time = 1000000000,
	.start = BASE + 0x7000,
	.end = BASE + 0x8000,
	.rule = 802,
	.err = 13,
	.op = AVOW_OP_MPROTECT,
	.pid = 90,
	.tgid = 89,
	.requested = AVOW_R | AVOW_X,
	.declared = AVOW_R,
	.source_class = AVOW_SRC_FILE_EXEC,
	.source = 1,
	.comm = "lo\nader",
};

static struct avow_told told_of(const struct avow_refusal *r, const char *path, const char *line)
{
	return (struct avow_told){
		.refusal = r,
		.base = BASE,
		.size = 0x10000,
		.path = path,
		.line = line,
	};
}

static void expect_line(const struct avow_refusal *r, const char *path, const char *line, const char *want)
{
	struct avow_told t = told_of(r, path, line);
	FILE *to = begin();

	record_line(to, &t);
	fclose(to);
	/* The time of day is what it is, of a known length. */
	assert_true(text_size > 31);
	assert_int_equal(text[10], 'T');
	assert_int_equal(text[19], '.');
	assert_string_equal(text + 31, want);
}

static void records_as_lines(void **state)
{
	struct avow_refusal r = by_rule;

	(void)state;
	expect_line(&r, "/opt/plug\nin", NULL,
		    " lo?ader[89/90] R8.2 mprotect() 0x7f0000007000-0x7f0000008000 asked R-X declared R--: "
		    "EACCES, source file-exec /opt/plug?in\n");
	r.op = AVOW_OP_FAULT;
	r.rule = 1001;
	r.err = 0;
	r.signo = 7;
	r.source_class = AVOW_SRC_NONE;
	expect_line(&r, NULL, NULL,
		    " lo?ader[89/90] R10.1 access 0x7f0000007000-0x7f0000008000 asked R-X declared R--: SIGBUS\n");
	r = by_rule;
	r.op = AVOW_OP_ADD_PAGES;
	r.rule = 702;
	r.policy = AVOW_POLICY_RULE(7, 3);
	expect_line(&r, NULL, "/etc/avow/site.policy:12: deny load intent has x",
		    " lo?ader[89/90] R7.2 [/etc/avow/site.policy:12: deny load intent has x] ADD_PAGES "
		    "0x7f0000007000-0x7f0000008000 asked R-X source R--: EACCES, source file-exec\n");
	r.err = 0;
	r.seq = 0;
	expect_line(&r, NULL, "rule 3 of policy 7",
		    " lo?ader[89/90] R7.2 [rule 3 of policy 7] ADD_PAGES "
		    "0x7f0000007000-0x7f0000008000 asked R-X source R--: audited, source file-exec\n");
	r = (struct avow_refusal){ .rule = 2101, .err = 22, .op = AVOW_OP_CREATE, .comm = "x" };
	expect_line(&r, NULL, NULL, " x[0/0] R21.1 CREATE: EINVAL\n");
}

static const char *member(struct json_object *object, const char *key)
{
	struct json_object *found;

	assert_true(json_object_object_get_ex(object, key, &found));
	return found ? json_object_get_string(found) : "(null)";
}

static void records_as_json(void **state)
{
	static const char line[] = "/etc/avow/\"site\".policy:12: deny map prot has wx";
	struct avow_refusal r = by_rule;
	struct json_object *object, *again;
	struct avow_told t;

	(void)state;
	r.policy = AVOW_POLICY_RULE(7, 3);
	r.rule = 1401;
	t = told_of(&r, "/a \"b\"\n", line);
	object = record_json(&t);
	again = json_tokener_parse(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	assert_non_null(again);
	assert_null(strchr(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN), '\n'));
	assert_string_equal(member(again, "policy"), line);
	assert_string_equal(member(again, "source"), "/a \"b\"\n");
	assert_string_equal(member(again, "rule"), "R14.1");
	assert_string_equal(member(again, "verdict"), "refused");
	assert_string_equal(member(again, "base"), "0x7f0000000000");
	assert_string_equal(member(again, "signal"), "(null)");
	assert_non_null(strstr(member(again, "change"), "avow policy load"));
	json_object_put(again);
	json_object_put(object);
	r.err = 0;
	t = told_of(&r, NULL, NULL);
	object = record_json(&t);
	assert_string_equal(member(object, "verdict"), "audited");
	assert_string_equal(member(object, "policy"), "(null)");
	json_object_put(object);
}

static void sentences_name_the_line(void **state)
{
	struct avow_refusal r = by_rule;
	struct avow_told t;
	FILE *to;

	(void)state;
	r.op = AVOW_OP_ADD_PAGES;
	r.rule = 702;
	r.policy = AVOW_POLICY_RULE(7, 3);
	t = told_of(&r, "/opt/plugin.bin", "/etc/avow/site.policy:12: deny load intent has x");
	to = begin();
	refusal_print(to, &t, NOW, 100);
	fclose(to);
	assert_string_equal(text,
		"  3. lo?ader (process 89, thread 90), 2.0 s ago\n"
		"    It asked ADD_PAGES for a page with intent R-X at 0x7f0000007000-0x7f0000008000 (offset 0x7000, 1\n"
		"    page). Its source is mapped R--. The kernel answered EACCES (Permission denied).\n"
		"    R7.2: The policy of this machine is asked about every page, and it said no.\n"
		"    Policy: /etc/avow/site.policy:12: deny load intent has x\n"
		"    Source: /opt/plugin.bin, a file mapped executable, unmodified.\n"
		"    To get on: declare an intent, or load from a source, that this line lets pass; or change the\n"
		"    line and load the policy again (avow policy load).\n");
}

static const char *told_by_sentence(const struct avow_refusal *r)
{
	struct avow_told t = told_of(r, NULL, NULL);
	FILE *to = begin();

	refusal_print(to, &t, NOW, 1000);
	fclose(to);
	return text;
}

/* R18.1: what was refused as a whole has the range that was asked for, and what rights are known. */
static void a_request_refused_as_a_whole(void **state)
{
	struct avow_refusal r = by_rule;

	(void)state;
	r.op = AVOW_OP_ADD_PAGES;
	r.rule = 2203;
	r.end = r.start + 3 * 4096;
	r.requested = r.declared = r.source_class = 0;
	assert_non_null(strstr(told_by_sentence(&r), "It called ADD_PAGES at 0x7f0000007000-0x7f000000a000 (offset 0x7000, "
						     "3 pages). The kernel answered "));
	r.rule = 2205;
	r.requested = AVOW_W;
	assert_non_null(strstr(told_by_sentence(&r), "It asked ADD_PAGES for pages with intent -W- at 0x7f0000007000-"));
	r.op = AVOW_OP_DECLARE_DYNAMIC;
	r.rule = 303;
	r.end = r.start + 4096;
	assert_non_null(strstr(told_by_sentence(&r), "It called DECLARE_DYNAMIC at 0x7f0000007000-0x7f0000008000 (offset"));
	r.start = r.end = 0;
	assert_non_null(strstr(told_by_sentence(&r), "It called DECLARE_DYNAMIC. The"));
}

/* No policy was ever loaded on the machine that builds. */
static void a_line_that_cannot_be_read(void **state)
{
	struct lines *lines = lines_open();

	(void)state;
	assert_non_null(lines);
	assert_non_null(strstr(lines_text(lines, AVOW_POLICY_RULE(7, 3)), "rule 3 of policy 7 ("));
	lines_close(lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(runs_are_split_where_the_mapping_differs),
		cmocka_unit_test(maps_as_text),
		cmocka_unit_test(maps_in_colors),
		cmocka_unit_test(records_as_lines),
		cmocka_unit_test(records_as_json),
		cmocka_unit_test(sentences_name_the_line),
		cmocka_unit_test(a_request_refused_as_a_whole),
		cmocka_unit_test(a_line_that_cannot_be_read),
	};
	int failed = cmocka_run_group_tests_name("avow's tables and records", tests, NULL, NULL);

	free(text);
	return failed;
}
