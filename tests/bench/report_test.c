// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * bench/report on the numbers of a run, recorded.raw, and on spoilt ones. Run with the
 * program and the repository's directory as arguments.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <json-c/json.h>

static const char *report, *top;
static char work[] = "/tmp/report-XXXXXX";

static char *in_work(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", work, name) > 0);
	return path;
}

static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(file);
	if (getdelim(&text, &size, '\0', file) < 0)
		text[0] = '\0';
	fclose(file);
	return text;
}

static void write_all(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* The program's exit status; what it printed, in the files out and err. */
static int run(const char *arguments)
{
	char *command;
	int status;

	assert_true(asprintf(&command, "cd %s && %s %s >out 2>err", work, report, arguments) > 0);
	status = system(command);
	free(command);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int run_real(const char *arguments)
{
	char *all;
	int status;

	assert_true(asprintf(&all, "-c %s/bench/comparisons %s %s/tests/bench/recorded.raw", top,
			     arguments, top) > 0);
	status = run(all);
	free(all);
	return status;
}

static size_t comparisons(void)
{
	char *path, *text, *line, *rest;
	size_t nr = 0;

	assert_true(asprintf(&path, "%s/bench/comparisons", top) > 0);
	text = read_all(path);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		nr += *line != '#';
	free(text);
	free(path);
	return nr;
}

static struct json_object *field(struct json_object *row, const char *key, enum json_type type)
{
	struct json_object *value;

	assert_true(json_object_object_get_ex(row, key, &value));
	assert_int_equal(json_object_get_type(value), type);
	return value;
}

static void check_row(struct json_object *row)
{
	int64_t value = json_object_get_int64(field(row, "value", json_type_int));
	int64_t baseline = json_object_get_int64(field(row, "baseline", json_type_int));
	double ratio = json_object_get_double(field(row, "ratio", json_type_double));
	struct json_object *target;

	assert_true(json_object_get_string_len(field(row, "name", json_type_string)) > 0);
	assert_true(json_object_get_string_len(field(row, "unit", json_type_string)) > 0);
	assert_true(value > 0 && baseline > 0);
	assert_true(ratio == (double)value / (double)baseline);
	assert_true(json_object_object_get_ex(row, "target", &target));
	if (!target)
		field(row, "met", json_type_null);
	else
		assert_int_equal(json_object_get_boolean(field(row, "met", json_type_boolean)),
				 ratio <= json_object_get_double(target));
	assert_int_equal(json_object_object_length(row), 7);
}

static void every_comparison_is_an_object(void **state)
{
	struct json_object *list;
	char *path = in_work("json");
	size_t i;

	(void)state;
	assert_int_equal(run_real("--json json"), 0);
	list = json_object_from_file(path);
	assert_non_null(list);
	assert_int_equal(json_object_get_type(list), json_type_array);
	assert_int_equal(json_object_array_length(list), comparisons());
	for (i = 0; i < json_object_array_length(list); i++)
		check_row(json_object_array_get_idx(list, i));
	json_object_put(list);
	free(path);
}

static void the_table_tells_where_it_comes_from(void **state)
{
	char *path = in_work("out"), *text;

	(void)state;
	assert_int_equal(run_real(""), 0);
	text = read_all(path);
	assert_non_null(strstr(text, "kernel: 6.1"));
	assert_non_null(strstr(text, "CPU: max"));
	assert_non_null(strstr(text, "commit: "));
	free(text);
	free(path);
}

static void markdown_has_a_row_for_each(void **state)
{
	char *path = in_work("md"), *text, *at;
	size_t rows = 0;

	(void)state;
	assert_int_equal(run_real("--markdown md"), 0);
	text = read_all(path);
	for (at = text; (at = strstr(at, "\n| ")); at++)
		rows++;
	assert_int_equal(rows, comparisons() + 1);
	free(text);
	free(path);
}

/* A small run, and the only line of its table. */
static int run_small(const char *raw, const char *line, const char *arguments)
{
	char *raw_path = in_work("raw"), *line_path = in_work("lines"), *all;
	int status;

	write_all(raw_path, raw);
	write_all(line_path, line);
	assert_true(asprintf(&all, "-c lines %s raw", arguments) > 0);
	status = run(all);
	free(all);
	free(raw_path);
	free(line_path);
	return status;
}

#define GOOD	"a 30 x\na 10 x\na 20 x\nb 4 x\n"
#define LINE	"a 2 b 2.5 A, to two Bs\n"

static void a_ratio_is_of_medians(void **state)
{
	char *path = in_work("out"), *text;

	(void)state;
	assert_int_equal(run_small(GOOD, LINE, ""), 0);
	text = read_all(path);
	assert_non_null(strstr(text, "        20         8 x              2.5000     2.5  yes"));
	free(text);
	assert_int_equal(run_small(GOOD "a 21 x\na 22 x\n", LINE, ""), 0);
	text = read_all(path);
	assert_non_null(strstr(text, "        21         8 x              2.6250     2.5   no"));
	free(text);
	free(path);
}

static void bad_input_is_refused(void **state)
{
	static const struct {
		const char *raw, *line, *says;
	} bad[] = {
		{ "", LINE, "no number" },
		{ "# kernel: x\n", LINE, "no number" },
		{ GOOD "a 0 x\n", LINE, "raw:5: a is not a positive number: 0" },
		{ GOOD "a -3 x\n", LINE, "not a positive number: -3" },
		{ GOOD "a 3y x\n", LINE, "not a positive number: 3y" },
		{ GOOD "a 99999999999999999999 x\n", LINE, "not a positive number" },
		{ GOOD "a 3\n", LINE, "raw:5: not NAME VALUE UNIT: a 3" },
		{ GOOD "a 3 y\n", LINE, "a is in x and in y" },
		{ "a 3 x\nb 3 y\n", LINE, "a is in x, b in y" },
		{ GOOD "a 3 x", LINE, "the last line is not whole" },
		{ "a 3 x\n", LINE, "b was not measured" },
		{ GOOD, "", "no comparison" },
		{ GOOD, "a 0 b 2 A\n", "not VALUE TIMES BASELINE TARGET NAME" },
		{ GOOD, "a 1 b A\n", "not VALUE TIMES BASELINE TARGET NAME" },
		{ GOOD, "a 1 b x A\n", "not a target: x" },
	};
	char *path = in_work("err");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *text;

		assert_int_equal(run_small(bad[i].raw, bad[i].line, ""), 2);
		text = read_all(path);
		if (!strstr(text, bad[i].says))
			fail_msg("not said: %s; but: %s", bad[i].says, text);
		free(text);
	}
	free(path);
}

#define TWICE(a)	"a " a " x\na " a " x\nb 4 x\nb 4 x\n"

static void two_runs_have_to_agree(void **state)
{
	char *other = in_work("other");

	(void)state;
	write_all(other, "a 20 x\nb 4 x\nb 4 x\n");
	assert_int_equal(run_small(TWICE("21"), LINE, "--against other --bound 5"), 0);
	assert_int_equal(run_small(TWICE("19"), LINE, "--against other --bound 5"), 0);
	assert_int_equal(run_small(TWICE("22"), LINE, "--against other --bound 5"), 1);
	assert_int_equal(run_small(TWICE("18"), LINE, "--against other --bound 5"), 1);
	/* What was measured once is not compared. */
	assert_int_equal(run_small("a 40 x\nb 4 x\nb 4 x\n", LINE, "--against other --bound 5"), 0);
	write_all(other, "b 4 x\n");
	assert_int_equal(run_small(GOOD, LINE, "--against other --bound 5"), 2);
	/* Nor is what is of time, bench/threads.c's. */
	assert_int_equal(run_small("a 40 thousandths\na 50 thousandths\nb 4 thousandths\nb 5 thousandths\n", LINE,
				   "--against other --bound 5"), 0);
	free(other);
}

/* What is missing is left out, and told, where that was asked for. */
static void a_part_is_enough_if_so_asked(void **state)
{
	char *path = in_work("out"), *text;

	(void)state;
	assert_int_equal(run_small(GOOD, LINE "c 1 b - C\n", ""), 2);
	assert_int_equal(run_small(GOOD, LINE "c 1 b - C\n", "--partial"), 0);
	text = read_all(path);
	assert_non_null(strstr(text, "A, to two Bs"));
	assert_non_null(strstr(text, "1 comparisons left out"));
	free(text);
	free(path);
}

/* The points of a small run's plots; NULL: none was written. */
static char *plot_small(const char *curves, int status)
{
	char *path = in_work("curves"), *dat = in_work("p.dat"), *text = NULL;

	write_all(path, curves);
	unlink(dat);
	assert_int_equal(run_small(GOOD, LINE, "--curves curves --plots ."), status);
	if (!access(dat, F_OK))
		text = read_all(dat);
	free(path);
	free(dat);
	return text;
}

#define PLOT	"plot\tp\tTitle of it\tpages\tx of it\n"

static void plots_are_of_medians(void **state)
{
	char *out = in_work("out"), *text;

	(void)state;
	text = plot_small("# so\n\n" PLOT "one\t1\ta\none\t2\tb\nother\t4\ta\t10\tb\n", 0);
	assert_string_equal(text, "\"one\"\n1 20\n2 4\n\n\n\"other\"\n4 0.5\n");
	free(text);
	text = read_all(out);
	assert_string_equal(text, "p\t2\tpages\tx of it\tTitle of it\n");
	free(text);
	/* A plot is whole, or there is none. */
	assert_null(plot_small(PLOT "one\t1\ta\none\t2\tmissing\n", 0));
	text = read_all(out);
	assert_string_equal(text, "");
	free(text);
	free(plot_small(PLOT "one\t1\n", 2));
	free(plot_small("one\t1\ta\n", 2));
	free(plot_small("plot\tp\tTitle\n", 2));
	free(out);
}

static void clean_up(void)
{
	char *command;

	if (asprintf(&command, "rm -rf %s", work) < 0 || system(command))
		fprintf(stderr, "%s is left\n", work);
	else
		free(command);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_comparison_is_an_object),
		cmocka_unit_test(the_table_tells_where_it_comes_from),
		cmocka_unit_test(markdown_has_a_row_for_each),
		cmocka_unit_test(a_ratio_is_of_medians),
		cmocka_unit_test(bad_input_is_refused),
		cmocka_unit_test(two_runs_have_to_agree),
		cmocka_unit_test(a_part_is_enough_if_so_asked),
		cmocka_unit_test(plots_are_of_medians),
	};
	int status;

	if (argc != 3 || !mkdtemp(work)) {
		fprintf(stderr, "usage: report_test REPORT DIRECTORY\n");
		return 2;
	}
	report = argv[1];
	top = argv[2];
	status = cmocka_run_group_tests_name("tables of the benchmarks", tests, NULL, NULL);
	clean_up();
	return status;
}
