// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files that include others. */
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

static void check_files(const struct text_file *files, const char *errors, const char *printed)
{
	struct read_text read;
	char *text;

	read_files(&read, files);
	text = errors_text(&read.errors);
	assert_string_equal(text, errors);
	free(text);
	if (printed) {
		text = avow_policy_print(read.text);
		assert_string_equal(text, printed);
		free(text);
	} else {
		assert_false(read.good);
	}
	read_free(&read);
}

static void rules_take_the_place_of_the_line(void **state)
{
	const struct text_file files[] = {
		{ "main", "deny load measured\ninclude \"a\" # here\ndeny init\ndefault allow", 0 },
		{ "a", "# only a comment\n\ndeny map\ninclude \"b\"", 0 },
		{ "b", "allow map", 0 },
		{ NULL, NULL, 0 },
	};
	struct read_text read;

	(void)state;
	check_files(files, "warning b:1:1 'allow' never gets its turn: a:3 answers all that it matches",
		    "deny load measured\ndeny map\nallow map\ndeny init\ndefault allow\n");
	read_files(&read, files);
	assert_string_equal(avow_policy_statement_at(read.text, 2)->line, "a:3: deny map");
	assert_string_equal(avow_policy_statement_at(read.text, 4)->line, "main:3: deny init");
	read_free(&read);
}

/* One after the other is no cycle. */
static void twice_is_fine(void **state)
{
	const struct text_file files[] = {
		{ "main", "include \"a\"\ninclude \"b\"\ndefault allow", 0 },
		{ "a", "include \"c\"", 0 },
		{ "b", "include \"c\"", 0 },
		{ "c", "# nothing", 0 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	check_files(files, "", "default allow\n");
}

static void cycles(void **state)
{
	const struct text_file self[] = {
		{ "main", "include \"main\"\ndefault allow", 0 }, { NULL, NULL, 0 },
	};
	const struct text_file ring[] = {
		{ "main", "include \"a\"\ndefault allow", 0 },
		{ "a", "\n include \"b\"", 0 },
		{ "b", "include \"a\"", 0 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	check_files(self, "1:9 '\"main\"' a file that includes itself", NULL);
	check_files(ring, "b:1:9 '\"a\"' a file that includes itself", NULL);
}

static void errors_in_included_files(void **state)
{
	const struct text_file files[] = {
		{ "main", "include \"a\"\ndeny lod\ninclude \"c\"\ndefault allow", 0 },
		{ "a", "\ndeny map foo\ndefault deny\ndeny load", 0 },
		{ NULL, NULL, 0 },
	};

	(void)state;
	check_files(files, "a:2:10 'foo' expected prot, history, program, user, group or cgroup\n"
			   "a:3:1 'default' only the main file has a default\n"
			   "2:6 'lod' expected load, map or init\n"
			   "3:9 '\"c\"' cannot read c: No such file or directory", NULL);
}

/* A default is not inherited, and the main one is still missed. */
static void a_default_elsewhere(void **state)
{
	const struct text_file files[] = {
		{ "main", "include \"a\"", 0 }, { "a", "default deny", 0 }, { NULL, NULL, 0 },
	};

	(void)state;
	check_files(files, "a:1:1 'default' only the main file has a default\n"
			   "2:1 '' the default is missing: expected default allow, default deny or default audit", NULL);
}

static void after_the_default(void **state)
{
	const struct text_file files[] = {
		{ "main", "default deny\ninclude \"a\"", 0 }, { "a", "deny load", 0 }, { NULL, NULL, 0 },
	};

	(void)state;
	check_files(files, "2:1 'include' nothing may follow the default", NULL);
}

/* The main file, and 8 or 9 that include one another. */
static void depth(void **state)
{
	struct text_file files[] = {
		{ "main", "include \"1\"\ndefault allow", 0 }, { "1", "include \"2\"", 0 },
		{ "2", "include \"3\"", 0 }, { "3", "include \"4\"", 0 }, { "4", "include \"5\"", 0 },
		{ "5", "include \"6\"", 0 }, { "6", "include \"7\"", 0 }, { "7", "include \"8\"", 0 },
		{ "8", "deny load", 0 }, { "9", "", 0 }, { NULL, NULL, 0 },
	};

	(void)state;
	check_files(files, "", "deny load\ndefault allow\n");
	files[8].text = "include \"9\"";
	check_files(files, "8:1:9 '\"9\"' included too deep: at most 8 files may include one another", NULL);
}

/* "include" nr times, and a default. */
static char *includes(unsigned int nr)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	while (nr--)
		fprintf(to, "include \"a\"\n");
	fprintf(to, "default allow");
	fclose(to);
	return text;
}

static void number_of_files(void **state)
{
	char *good = includes(63), *bad = includes(64);
	struct text_file files[] = { { "main", good, 0 }, { "a", "# nothing", 0 }, { NULL, NULL, 0 } };

	(void)state;
	check_files(files, "", "default allow\n");
	files[0].text = bad;
	check_files(files, "64:9 '\"a\"' one file too many: a policy has at most 64", NULL);
	free(good);
	free(bad);
}

/* ---- real files ---- */

static void put(const char *directory, const char *name, const char *text, size_t size)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, size, file), size);
	fclose(file);
}

static void put_text(const char *directory, const char *name, const char *text)
{
	put(directory, name, text, strlen(text));
}

/* Reads DIRECTORY/NAME; the errors without the directory, and what it prints. */
static void check_real(const char *directory, const char *name, const char *expected, const char *printed)
{
	static struct avow_policy_errors errors;
	struct avow_policy_text *text;
	char path[PATH_MAX], *told;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	text = avow_policy_read(NULL, path, &errors);
	told = errors_text(&errors);
	if (expected)
		assert_non_null(strstr(told, expected));
	else
		assert_string_equal(told, "");
	free(told);
	if (printed) {
		assert_non_null(text);
		told = avow_policy_print(text);
		assert_string_equal(told, printed);
		free(told);
	} else {
		assert_null(text);
	}
	avow_policy_text_free(text);
	avow_policy_errors_free(&errors);
}

/* Also through a link, by which the name is another. */
static void relative_to_the_file(void **state)
{
	char directory[] = "/tmp/avow-policy-XXXXXX", path[PATH_MAX], line[PATH_MAX + 64];

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/sub", directory);
	assert_int_equal(mkdir(path, 0700), 0);
	put_text(directory, "main", "include \"sub/a\"\ndefault allow");
	put_text(path, "a", "include \"b\"\ninclude \"../c\"");
	put_text(path, "b", "deny load");
	put_text(directory, "b", "deny map");
	put_text(directory, "c", "deny init");
	check_real(directory, "main", NULL, "deny load\ndeny init\ndefault allow\n");

	snprintf(line, sizeof(line), "include \"%s/sub/b\"\ndefault deny", directory);
	put_text(directory, "absolute", line);
	check_real(directory, "absolute", NULL, "deny load\ndefault deny\n");

	snprintf(path, sizeof(path), "%s/link", directory);
	assert_int_equal(symlink("loop", path), 0);
	put_text(directory, "loop", "include \"link\"\ndefault deny");
	check_real(directory, "loop", "loop:1:9 '\"link\"' a file that includes itself", NULL);

	put_text(directory, "to-a-directory", "include \"sub\"\ndefault deny");
	check_real(directory, "to-a-directory", "sub: Is a directory", NULL);
	check_real(directory, "nothing", "No such file or directory", NULL);
	snprintf(line, sizeof(line), "rm -r %s", directory);
	assert_int_equal(system(line), 0);
}

static void size_of_a_file(void **state)
{
	char directory[] = "/tmp/avow-policy-XXXXXX", line[64], *text = malloc(AVOW_POLICY_SIZE_MAX + 1);

	(void)state;
	assert_non_null(mkdtemp(directory));
	memset(text, '\n', AVOW_POLICY_SIZE_MAX + 1);
	memcpy(text, "default deny", 12);
	put(directory, "main", text, AVOW_POLICY_SIZE_MAX);
	check_real(directory, "main", NULL, "default deny\n");
	put(directory, "main", text, AVOW_POLICY_SIZE_MAX + 1);
	check_real(directory, "main", "a policy has at most 1 MiB", NULL);
	free(text);
	snprintf(line, sizeof(line), "rm -r %s", directory);
	assert_int_equal(system(line), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "R44.1 rules take the place of the include", rules_take_the_place_of_the_line, NULL, NULL, NULL },
		{ "R44.1 a file may be included twice", twice_is_fine, NULL, NULL, NULL },
		{ "R44.2 a file that includes itself", cycles, NULL, NULL, NULL },
		{ "R44.2 errors in included files name them", errors_in_included_files, NULL, NULL, NULL },
		{ "R44.2 a default in an included file", a_default_elsewhere, NULL, NULL, NULL },
		{ "R44.2 an include after the default", after_the_default, NULL, NULL, NULL },
		{ "R44.2 at most 8 files include one another", depth, NULL, NULL, NULL },
		{ "R44.2 at most 64 files", number_of_files, NULL, NULL, NULL },
		{ "R44.1 includes are relative to the file they are in", relative_to_the_file, NULL, NULL, NULL },
		{ "R44.2 at most 1 MiB in a file", size_of_a_file, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
