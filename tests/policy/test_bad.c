// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is wrong with a text, exactly: line, column, word, and what could stand there. */
#include "text.h"

#define ZEROS	"0000000000000000000000000000000000000000000000000000000000000000"
#define LOAD_SUBJECTS \
	"intent, source, measured, unmeasured, file, verity, filesystem, mount, program, user, group or cgroup"
#define MAP_SUBJECTS	"prot, history, program, user, group or cgroup"
#define INIT_SUBJECTS \
	"measured, unmeasured, debug, production, provision, signer, enclave, product, svn, program, user, group or cgroup"
#define END		"the end of the line"

struct row {
	const char *text, *errors;
};

/* Each has a default behind it, on a line of its own. */
static const struct row rules[] = {
	/* the first words */
	{ "permit load", "1:1 'permit' expected allow, deny, audit, include or default" },
	{ "\"allow\" load", "1:1 '\"allow\"' expected allow, deny, audit, include or default" },
	{ ", load", "1:1 ',' expected allow, deny, audit, include or default" },
	{ "deny", "1:5 '' expected load, map or init" },
	{ "deny # load", "1:6 '' expected load, map or init" },
	{ "deny lod intent has x", "1:6 'lod' expected load, map or init" },
	{ "deny \"load\"", "1:6 '\"load\"' expected load, map or init" },
	{ "ALLOW load", "1:1 'ALLOW' expected allow, deny, audit, include or default" },

	/* subjects */
	{ "deny load intend has x", "1:11 'intend' expected " LOAD_SUBJECTS },
	{ "deny map foo", "1:10 'foo' expected " MAP_SUBJECTS },
	{ "deny init foo", "1:11 'foo' expected " INIT_SUBJECTS },
	{ "deny load \"intent\" has x", "1:11 '\"intent\"' expected " LOAD_SUBJECTS },
	{ "deny load, intent has x", "1:10 ',' expected " LOAD_SUBJECTS },
	{ "deny load intent has x,", "1:24 '' expected " LOAD_SUBJECTS },
	{ "deny load intent has x,, measured", "1:24 ',' expected " LOAD_SUBJECTS },
	{ "deny load unless", "1:17 '' expected " LOAD_SUBJECTS },
	{ "deny load unless measured or", "1:29 '' expected " LOAD_SUBJECTS },
	{ "deny load unless measured or x", "1:30 'x' expected " LOAD_SUBJECTS },
	{ "deny load prot has x", "1:11 'prot' belongs to map; expected " LOAD_SUBJECTS },
	{ "deny load svn at least 3", "1:11 'svn' belongs to init; expected " LOAD_SUBJECTS },
	{ "deny map intent has x", "1:10 'intent' belongs to load; expected " MAP_SUBJECTS },
	{ "deny map measured", "1:10 'measured' belongs to load or init; expected " MAP_SUBJECTS },
	{ "deny init history has w", "1:11 'history' belongs to map; expected " INIT_SUBJECTS },
	{ "deny init unless file is /a", "1:18 'file' belongs to load; expected " INIT_SUBJECTS },

	/* relations */
	{ "deny load intent", "1:17 '' expected has, lacks, is or within" },
	{ "deny load intent x", "1:18 'x' expected has, lacks, is or within" },
	{ "deny load intent under x", "1:18 'under' expected has, lacks, is or within" },
	{ "deny load intent not under x", "1:18 'not' expected has, lacks, is or within" },
	{ "deny load file /a", "1:16 '/a' expected is, is not, under, not under, has or lacks" },
	{ "deny load file not is /a", "1:20 'is' expected under" },
	{ "deny load source has file-exec", "1:18 'has' expected is or is not" },
	{ "deny map history is w", "1:18 'is' expected has or lacks" },
	{ "deny map cgroup is /a", "1:17 'is' expected under or not under" },
	{ "deny load verity has x", "1:18 'has' expected is, is not, ',' or " END },
	{ "deny init svn is 3", "1:15 'is' expected at least" },
	{ "deny init svn at most 3", "1:18 'most' expected least" },
	{ "deny load mount is noexec", "1:17 'is' expected has or lacks" },
	{ "deny load intent is not rx", "1:21 'not' expected r, w, x, rw, rx, wx, rwx or none" },

	/* values */
	{ "deny load intent has", "1:21 '' expected r, w, x, rw, rx, wx or rwx" },
	{ "deny load intent has none", "1:22 'none' expected r, w, x, rw, rx, wx or rwx" },
	{ "deny load intent has xw", "1:22 'xw' expected r, w, x, rw, rx, wx or rwx" },
	{ "deny load intent has \"x\"", "1:22 '\"x\"' expected r, w, x, rw, rx, wx or rwx, without quotes" },
	{ "deny map history has r", "1:22 'r' expected w, x or wx" },
	{ "deny load source is anon", "1:21 'anon' expected file-exec, file-noexec, file-written, "
	  "file-shared-writable, shmem, anonymous or other" },
	{ "deny load source is none", "1:21 'none' expected file-exec, file-noexec, file-written, "
	  "file-shared-writable, shmem, anonymous or other" },
	{ "deny load mount has nodev", "1:21 'nodev' expected noexec or nosuid" },
	{ "deny load file has sticky", "1:20 'sticky' expected setuid or setgid" },
	{ "deny load file is lib.so", "1:19 'lib.so' expected an absolute path" },
	{ "deny load file is ,", "1:19 ',' expected an absolute path" },
	{ "deny load file is /a/../b", "1:19 '/a/../b' expected a path without . and .." },
	{ "deny load file under /a/.", "1:22 '/a/.' expected a path without . and .." },
	{ "deny load file is /a or", "1:24 '' expected an absolute path" },
	{ "deny load file is /a or or /b", "1:25 'or' expected an absolute path" },
	{ "deny map user is unless", "1:18 'unless' a word of the language: put it in \"...\" if it is a name" },
	{ "deny map user is alice or init", "1:27 'init' a word of the language: put it in \"...\" if it is a name" },
	{ "deny map user is 4294967295", "1:18 '4294967295' expected a name, or a number up to 4294967294" },
	{ "deny map user is 99999999999", "1:18 '99999999999' expected a name, or a number up to 4294967294" },
	{ "deny map group is", "1:18 '' expected a name" },
	{ "deny load filesystem is abcdefghijklmnop",
	  "1:25 'abcdefghijklmnop' expected the name of a file system, of at most 15 bytes" },
	{ "deny load verity is md5:00", "1:21 'md5:00' expected sha256: and 64, or sha512: and 128 hexadecimal digits" },
	{ "deny load verity is sha512:" ZEROS, "1:21 'sha512:" ZEROS "' expected sha256: and 64, or sha512: and 128 hexadecimal digits" },
	{ "deny init signer is 00", "1:21 '00' expected 64 hexadecimal digits" },
	{ "deny init signer is g" ZEROS, "1:21 'g" ZEROS "' expected 64 hexadecimal digits" },
	{ "deny init enclave is 0" ZEROS, "1:22 '0" ZEROS "' expected 64 hexadecimal digits" },
	{ "deny init product is 65536", "1:22 '65536' expected a number up to 65535" },
	{ "deny init product is -1", "1:22 '-1' expected a number up to 65535" },
	{ "deny init svn at least 0x3", "1:24 '0x3' expected a number up to 65535" },
	{ "deny init svn at least 3 or 4", "1:26 'or' expected ',', 'unless' or " END },

	/* what follows a condition */
	{ "deny load measured intent has x", "1:20 'intent' expected ',', 'unless' or " END },
	{ "deny load file is /a /b", "1:22 '/b' expected ',', 'or', 'unless' or " END },
	{ "deny load intent has r or w", "1:24 'or' expected ',', 'unless' or " END },
	{ "deny load measured or verity", "1:20 'or' expected ',', 'unless' or " END },
	{ "deny load source is shmem or measured", "1:30 'measured' expected file-exec, file-noexec, file-written, "
	  "file-shared-writable, shmem, anonymous or other" },
	{ "deny load unless measured, verity", "1:26 ',' expected 'or' or " END },
	{ "deny load unless measured unless verity", "1:27 'unless' expected 'or' or " END },

	/* words and strings */
	{ "deny load file is \"/a", "1:19 '\"/a' the closing \" is missing" },
	{ "deny load file is \"/a\\", "1:19 '\"/a\\' the closing \" is missing" },
	{ "deny load file is \"/a\\n\"", "1:22 '\\n' expected \\\" or \\\\ after a backslash" },
	{ "deny load file is \"/a\"b", "1:23 'b' expected a blank, a comma or the end of the line after \"...\"" },
	{ "deny load file is \"\"", "1:19 '\"\"' nothing is between the quotes" },
	{ "deny load file is /a#b", "1:21 '#' in a word: put the whole word in \"...\", with \\ before \" and \\" },
	{ "deny load file is /a\"b\"", "1:21 '\"' in a word: put the whole word in \"...\", with \\ before \" and \\" },
	{ "deny load file is /a\\b", "1:21 '\\' in a word: put the whole word in \"...\", with \\ before \" and \\" },

	/* characters: columns count them, not bytes */
	{ "deny load user is \xc3\xa9t\xc3\xa9 x", "1:23 'x' expected ',', 'or', 'unless' or " END },
	{ "deny load\r", "1:10 '?' a carriage return: lines end with a line feed alone" },
	{ "deny load \x1b[2J", "1:11 '?' a control character" },
	{ "# \x7f", "1:3 '?' a control character" },
	{ "# \xc2\x85", "1:3 '?' a control character" },
	{ "# \xc3\xa9 \xff", "1:5 '?' not UTF-8" },
	{ "# \xc0\xaf", "1:3 '?' not UTF-8" },
	{ "# \xed\xa0\x80", "1:3 '?' not UTF-8" },
	{ "# \xf4\x90\x80\x80", "1:3 '?' not UTF-8" },
	{ "# \xe2\x82", "1:3 '?' not UTF-8" },
	{ "allow load # \xe2\x80\xae", "1:14 '?' an invisible character: the line would not be what it looks like" },
	{ "\xef\xbb\xbf" "allow load", "1:1 '?' an invisible character: the line would not be what it looks like" },

	/* what one rule cannot say */
	{ "deny load unless intent has wx", "1:18 'intent' several rights at once cannot stand after unless: "
	  "write this rule once for each of: unless intent has w, unless intent has x" },
	{ "deny load unless intent is rx", "1:18 'intent' several rights at once cannot stand after unless: "
	  "write this rule once for each of: unless intent has r, unless intent lacks w, unless intent has x" },
	{ "deny map unless history has wx", "1:17 'history' several rights at once cannot stand after unless: "
	  "write this rule once for each of: unless history has w, unless history has x" },
	{ "deny init unless svn at least 3", "1:18 'svn' cannot stand after unless: "
	  "put a rule before this one that answers the enclaves with such an svn" },
	{ "deny load source is shmem or other unless intent lacks wx",
	  "1:43 'intent' a second choice between several in one rule: write one rule for each of them" },
	{ "deny load file is /never1 or /a or /never2",
	  "1:19 '/never1' is not known\n1:36 '/never2' is not known" },
};

/* Whole texts. */
static const struct row texts[] = {
	{ "", "1:1 '' the default is missing: expected default allow, default deny or default audit" },
	{ "deny load\n# end\n", "3:1 '' the default is missing: expected default allow, default deny or default audit" },
	{ "default", "1:8 '' expected allow, deny or audit" },
	{ "default alow", "1:9 'alow' expected allow, deny or audit" },
	{ "default \"allow\"", "1:9 '\"allow\"' expected allow, deny or audit" },
	{ "default deny load", "1:14 'load' expected " END },
	{ "default deny\ndefault deny", "2:1 'default' nothing may follow the default" },
	{ "default deny\n\n# fine\nallow load\nallow map", "4:1 'allow' nothing may follow the default" },
	{ "deny lod\n\tallow maps\ndeny load file is /a\n default x",
	  "1:6 'lod' expected load, map or init\n2:8 'maps' expected load, map or init\n4:10 'x' expected allow, deny or audit" },
	{ "include\ndefault deny", "1:8 '' expected the name of a file in \"...\"" },
	{ "include x\ndefault deny", "1:9 'x' expected the name of a file in \"...\"" },
	{ "include \"x\" y\ndefault deny", "1:13 'y' expected " END },
	{ "include \"x\"\ndefault deny", "1:9 '\"x\"' cannot read x: No such file or directory" },
	{ "deny init unless svn at least 3\ndeny load unless intent has wx\ndefault deny",
	  "1:18 'svn' cannot stand after unless: put a rule before this one that answers the enclaves with such an svn\n"
	  "2:18 'intent' several rights at once cannot stand after unless: write this rule once for each of: "
	  "unless intent has w, unless intent has x" },
};

/* Good, but for what they say. */
static const struct row warnings[] = {
	{ "deny load file is /nowhere/1", "warning 1:19 '/nowhere/1' is not known" },
	{ "allow init signer is " ZEROS,
	  "warning 1:22 '" ZEROS "' nothing but zeros: no enclave has that; is it an example to be replaced?" },
	{ "deny load\nallow load file is /a", "warning 2:1 'allow' never gets its turn: main:1 answers all that it matches" },
	{ "deny map\nallow load\nallow map unless user is bob", "warning 3:1 'allow' never gets its turn: main:1 answers all that it matches" },
	{ "deny load intent has x\ndeny load intent has x", "warning 2:1 'deny' never gets its turn: main:1 answers all that it matches" },
	{ "deny load file is /a or /b2\nallow load file is /b2 or /a, measured",
	  "warning 2:1 'allow' never gets its turn: main:1 answers all that it matches" },
	{ "deny load source is shmem or other or anonymous\nallow load source is shmem or other",
	  "warning 2:1 'allow' never gets its turn: main:1 answers all that it matches" },
	{ "deny load source is shmem or other\nallow load source is other",
	  "warning 2:1 'allow' never gets its turn: main:1 answers all that it matches" },
	{ "deny init svn at least 2\nallow init svn at least 3", "warning 2:1 'allow' never gets its turn: main:1 answers all that it matches" },
	{ "deny load intent has x, intent lacks x", "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	{ "deny load measured, unmeasured", "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	{ "deny load intent is wx", "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	{ "deny load source is shmem, source is other", "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	{ "deny load source is shmem or other, source is anonymous", "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	{ "deny load source is shmem or other, source is not other or shmem",
	  "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	{ "deny load user is bob, user is not bob", "warning 1:1 'deny' matches nothing: its conditions exclude one another" },
	/* and the nearest without a warning */
	{ "deny load file is /a\nallow load", "" },
	{ "deny load\nallow map", "" },
	{ "deny load intent has x, measured\nallow load intent has x", "" },
	{ "deny load source is shmem or other\nallow load source is shmem or anonymous", "" },
	{ "deny load source is shmem or other\nallow load source is anonymous", "" },
	{ "deny load user is bob\nallow load user is not bob", "" },
	{ "deny init svn at least 3\nallow init svn at least 2", "" },
	{ "deny map prot is wx", "" },
	{ "deny load source is shmem or other, source is not other", "" },
	{ "allow init signer is 1" "000000000000000000000000000000000000000000000000000000000000000", "" },
};

static void check_text(const char *text, const char *expected, bool good)
{
	struct read_text read;
	char *errors;

	read_one(&read, text);
	errors = errors_text(&read.errors);
	if (strcmp(errors, expected))
		fail_msg("%s:\n%s\nand not\n%s", text, errors, expected);
	assert_int_equal(read.good, good);
	free(errors);
	read_free(&read);
}

static void check_rules(const struct row *rows, size_t nr, bool good)
{
	size_t i;

	for (i = 0; i < nr; i++) {
		char *text = NULL;

		assert_true(asprintf(&text, "%s\ndefault allow\n", rows[i].text) > 0);
		check_text(text, rows[i].errors, good);
		free(text);
	}
}

static void every_wrong_word(void **state)
{
	(void)state;
	check_rules(rules, sizeof(rules) / sizeof(rules[0]), false);
}

static void every_wrong_text(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_text(texts[i].text, texts[i].errors, false);
}

static void every_warning(void **state)
{
	(void)state;
	check_rules(warnings, sizeof(warnings) / sizeof(warnings[0]), true);
}

static void a_nul_byte(void **state)
{
	const struct text_file files[] = { { "main", "deny\0load\ndefault allow", 23 }, { NULL, NULL, 0 } };
	struct read_text read;
	char *errors;

	(void)state;
	read_files(&read, files);
	errors = errors_text(&read.errors);
	assert_string_equal(errors, "1:5 '?' a NUL byte");
	assert_string_equal(read.errors.list[0].place.source, "deny?load");
	free(errors);
	read_free(&read);
}

/* ---- limits: the last that is good, and the first that is not ---- */

/* nr times the text, in which %u counts, then the default. */
static char *repeat(const char *format, unsigned int nr)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	unsigned int i;

	assert_non_null(to);
	for (i = 1; i <= nr; i++)
		fprintf(to, format, i);
	fprintf(to, "default allow\n");
	fclose(to);
	return text;
}

static void check_limit(char *good, char *bad, const char *errors)
{
	check_text(good, "", true);
	check_text(bad, errors, false);
	free(good);
	free(bad);
}

/* Descending, so that none answers for another. */
static char *many_rules(unsigned int nr)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	for (; nr; nr--)
		fprintf(to, "deny init svn at least %u\n", nr);
	fprintf(to, "default allow\n");
	fclose(to);
	return text;
}

static void limit_of_rules(void **state)
{
	(void)state;
	check_limit(many_rules(511), many_rules(514),
		    "512:1 'deny' one rule too many: a policy has at most 511 and its default");
}

static void limit_of_sets(void **state)
{
	(void)state;
	check_limit(repeat("deny map user is %u\n", 64), repeat("deny map user is %u\n", 66),
		    "65:10 'user' one list too many: a policy has at most 64 different lists\n"
		    "66:10 'user' one list too many: a policy has at most 64 different lists");
}

/* One rule of nr products, 100 to a line. */
static char *many_values(unsigned int nr)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);
	unsigned int i;

	assert_non_null(to);
	for (i = 1; i <= nr; i++)
		fprintf(to, i % 100 == 1 ? "\ndeny init product is %u" : " or %u", i);
	fprintf(to, "\ndefault allow");
	fclose(to);
	return text;
}

static void limit_of_entries(void **state)
{
	(void)state;
	check_limit(many_values(1024), many_values(1025),
		    "12:214 '1025' one value too many: the lists of a policy have at most 1024 in all");
}

static char *long_line(size_t length)
{
	char *text = malloc(length + 32);

	assert_non_null(text);
	memset(text, 'x', length);
	text[0] = '#';
	strcpy(text + length, "\ndefault allow");
	return text;
}

static void limit_of_a_line(void **state)
{
	(void)state;
	check_limit(long_line(4096), long_line(4097), "1:4097 'x' a line has at most 4096 bytes");
}

/* The list of errors has an end, the count has none. */
static void errors_are_counted(void **state)
{
	char *text = repeat("deny lod%u\n", 150);
	struct read_text read;

	(void)state;
	read_one(&read, text);
	assert_int_equal(read.errors.nr, AVOW_POLICY_ERRORS_KEPT);
	assert_int_equal(read.errors.nr_errors, 150);
	assert_int_equal(read.errors.nr_warnings, 0);
	read_free(&read);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "R44.2 every wrong word: where, which, and what could stand there", every_wrong_word, NULL, NULL, NULL },
		{ "R44.2 every wrong text", every_wrong_text, NULL, NULL, NULL },
		{ "R44 every warning, and its nearest neighbour without", every_warning, NULL, NULL, NULL },
		{ "R44.2 a NUL byte", a_nul_byte, NULL, NULL, NULL },
		{ "R44.2 at most 512 rules", limit_of_rules, NULL, NULL, NULL },
		{ "R44.2 at most 64 sets", limit_of_sets, NULL, NULL, NULL },
		{ "R44.2 at most 1024 entries", limit_of_entries, NULL, NULL, NULL },
		{ "R44.2 at most 4096 bytes in a line", limit_of_a_line, NULL, NULL, NULL },
		{ "R44.2 errors beyond the list are counted", errors_are_counted, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
