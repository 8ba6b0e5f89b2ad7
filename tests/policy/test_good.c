// SPDX-License-Identifier: LGPL-2.1-or-later
/* What texts mean: each rule as bits and sets, and back to text. */
#include "text.h"

#define HEX64	"83d7000000000000000000000000000000000000000000000000000000000ABC"
#define LOW64	"83d7000000000000000000000000000000000000000000000000000000000abc"
#define SHA512	"sha512:" LOW64 LOW64

/* A rule, what it is compiled to, and how it is printed if otherwise than written. */
static const struct row {
	const char *rule, *means, *printed;
} rows[] = {
	{ "allow load", "allow +load", NULL },
	{ "deny map", "deny +map", NULL },
	{ "audit init", "audit +init", NULL },
	{ " \tdeny\tload  intent  has x  # why", "deny +load +x", "deny load intent has x" },

	/* rights */
	{ "deny load intent has wx", "deny +load +w +x", NULL },
	{ "deny load intent lacks wx", "deny +load -w -x", NULL },
	{ "deny load intent is rx", "deny +load +r +x -w", NULL },
	{ "deny load intent is none", "deny +load -r -w -x", NULL },
	{ "deny load intent is rwx", "deny +load +r +w +x", NULL },
	{ "deny load intent within rw", "deny +load -x", NULL },
	{ "deny load intent within none", "deny +load -r -w -x", NULL },
	{ "deny load intent within rwx", "deny +load", NULL },
	{ "deny load intent has x, intent lacks w", "deny +load +x -w", NULL },
	{ "deny map prot has x", "deny +map +x", NULL },
	{ "deny map prot lacks r", "deny +map -r", NULL },
	{ "deny map prot is w", "deny +map +w -r -x", NULL },
	{ "deny map prot within rx", "deny +map -w", NULL },
	{ "deny map prot has x, history has w", "deny +map +x +ever-w", NULL },
	{ "deny map history has wx", "deny +map +ever-w +ever-x", NULL },
	{ "deny map history lacks x", "deny +map -ever-x", NULL },
	{ "deny map history lacks wx", "deny +map -ever-w -ever-x", NULL },

	/* other bits */
	{ "deny load measured", "deny +load +measured", NULL },
	{ "deny load unmeasured", "deny +load -measured", NULL },
	{ "deny init measured", "deny +init +measured", NULL },
	{ "deny init unmeasured", "deny +init -measured", NULL },
	{ "deny init debug", "deny +init +debug", NULL },
	{ "deny init production", "deny +init -debug", NULL },
	{ "deny init provision", "deny +init +provision", NULL },
	{ "deny load mount has noexec", "deny +load +noexec", NULL },
	{ "deny load mount lacks nosuid", "deny +load -nosuid", NULL },
	{ "deny load file has setuid", "deny +load +setuid", NULL },
	{ "deny load file lacks setgid", "deny +load -setgid", NULL },
	{ "deny load verity", "deny +load +verity", NULL },

	/* classes */
	{ "deny load source is file-exec", "deny +load +file-exec", NULL },
	{ "deny load source is file-noexec", "deny +load +file-noexec", NULL },
	{ "deny load source is file-written", "deny +load +file-written", NULL },
	{ "deny load source is file-shared-writable", "deny +load +file-shared-writable", NULL },
	{ "deny load source is shmem", "deny +load +shmem", NULL },
	{ "deny load source is anonymous", "deny +load +anonymous", NULL },
	{ "deny load source is other", "deny +load +other", NULL },
	{ "deny load source is anonymous or shmem", "deny +load ?shmem ?anonymous", NULL },
	{ "deny load source is not file-exec or other", "deny +load -file-exec -other", NULL },
	{ "deny load source is shmem or other, source is shmem or other", "deny +load ?shmem ?other", NULL },

	/* identities */
	{ "deny load file is /a1", "deny +load in file{1}", NULL },
	{ "deny load file is /a2 or /a1 or /a2", "deny +load in file{1,2}", NULL },
	{ "deny load file is not /a1 or /a2", "deny +load not file{1,2}", NULL },
	{ "deny load file under /a1", "deny +load in under{1}", NULL },
	{ "deny load file not under /a1 or /a2", "deny +load not under{1,2}", NULL },
	{ "deny load file under /a1, file is not /a2", "deny +load in under{1} not file{2}", NULL },
	{ "deny load file is //a///b7/", "deny +load in file{7}", "deny load file is /a/b7" },
	{ "deny load file under /", "deny +load in under{1}", NULL },
	{ "deny load file is \"/a b\"", "deny +load in file{1}", NULL },
	{ "deny load file is \"/a\\\"b\\\\c9\"", "deny +load in file{9}", NULL },
	{ "deny load file is \"/plain3\"", "deny +load in file{3}", "deny load file is /plain3" },
	{ "deny load file is /\xc3\xa9t\xc3\xa9" "5", "deny +load in file{5}", NULL },
	{ "deny load file is /a1,file under /b2", "deny +load in file{1} in under{2}", "deny load file is /a1, file under /b2" },
	{ "deny load verity is sha256:" HEX64, "deny +load in verity{1:83..bc}", "deny load verity is sha256:" LOW64 },
	{ "deny load verity is not " SHA512, "deny +load not verity{2:83..bc}", NULL },
	{ "deny load filesystem is ext4 or btrfs", "deny +load in filesystem{btrfs,ext4}", NULL },
	{ "deny load filesystem is abcdefghijklmno", "deny +load in filesystem{abcdefghijklmno}", NULL },
	{ "deny load filesystem is \"load\"", "deny +load in filesystem{load}", NULL },
	{ "deny init signer is " HEX64, "deny +init in signer{83..bc}", "deny init signer is " LOW64 },
	{ "deny init enclave is not " LOW64, "deny +init not enclave{83..bc}", NULL },
	{ "deny init product is 0 or 65535", "deny +init in product{0,65535}", NULL },
	{ "deny init product is 007", "deny +init in product{7}", "deny init product is 7" },
	{ "allow init svn at least 3", "allow +init svn 3", NULL },
	{ "allow init svn at least 3, svn at least 2", "allow +init svn 3", NULL },
	{ "allow init svn at least 65535", "allow +init svn 65535", NULL },
	{ "deny load program is /p4", "deny +load in program{4}", NULL },
	{ "deny map program is not /p4", "deny +map not program{4}", NULL },
	{ "deny init user is alice or 7", "deny +init in user{7,1001}", NULL },
	{ "deny map user is not 4294967294", "deny +map not user{4294967294}", NULL },
	{ "deny map user is \"7\"", "deny +map in user{1002}", NULL },
	{ "deny load group is staff5 or 0", "deny +load in group{0,5}", NULL },
	{ "deny init group is not \"or\"", "deny +init not group{1}", NULL },
	{ "deny map cgroup under /a/b6", "deny +map in cgroup{6}", NULL },
	{ "deny load cgroup not under /a6 or /b7", "deny +load not cgroup{6,7}", NULL },

	/* unless: the opposite of each that has one */
	{ "deny load unless measured", "deny +load -measured", NULL },
	{ "deny load unless unmeasured", "deny +load +measured", NULL },
	{ "deny init unless production", "deny +init +debug", NULL },
	{ "deny load unless verity", "deny +load -verity", NULL },
	{ "deny load unless intent has x", "deny +load -x", NULL },
	{ "deny load unless intent lacks x", "deny +load +x", NULL },
	{ "deny load unless intent lacks wx", "deny +load ?w ?x", NULL },
	{ "deny load unless intent within r", "deny +load ?w ?x", NULL },
	{ "deny load unless intent within rw", "deny +load +x", NULL },
	{ "deny map unless prot is none", "deny +map ?r ?w ?x", NULL },
	{ "deny map unless history has w", "deny +map -ever-w", NULL },
	{ "deny load unless mount lacks noexec", "deny +load +noexec", NULL },
	{ "deny load unless source is anonymous or shmem", "deny +load -shmem -anonymous", NULL },
	{ "deny load unless source is not anonymous or shmem", "deny +load ?shmem ?anonymous", NULL },
	{ "deny load unless source is not anonymous", "deny +load +anonymous", NULL },
	{ "deny load unless file under /a1", "deny +load not under{1}", NULL },
	{ "deny load unless file not under /a1", "deny +load in under{1}", NULL },
	{ "deny load unless user is not alice", "deny +load in user{1001}", NULL },
	{ "deny load intent has x, source is anonymous unless program is /p4 or user is bob",
	  "deny +load +x +anonymous not program{4} not user{1002}", NULL },
	{ "deny load unless program is /p4 or /p5 or user is alice or bob or measured or mount has noexec",
	  "deny +load -measured -noexec not program{4,5} not user{1001,1002}", NULL },
};

static char *with_default(const char *rules)
{
	char *text = NULL;

	assert_true(asprintf(&text, "%s\ndefault allow\n", rules) > 0);
	return text;
}

static void check_round_trip(const struct read_text *read)
{
	struct read_text again;
	char *printed = avow_policy_print(read->text), *twice;

	assert_non_null(printed);
	read_one(&again, printed);
	assert_true(again.good);
	assert_memory_equal(&again.policy, &read->policy, sizeof(read->policy));
	twice = avow_policy_print(again.text);
	assert_string_equal(twice, printed);
	free(twice);
	free(printed);
	read_free(&again);
}

static void check_row(const struct row *row)
{
	char *text = with_default(row->rule), *means, *printed, *errors;
	struct read_text read;

	read_one(&read, text);
	errors = errors_text(&read.errors);
	if (!read.good || read.errors.nr)
		fail_msg("%s: %s", row->rule, errors);
	means = rule_text(&read.policy, 1);
	if (strcmp(means, row->means))
		fail_msg("%s: means '%s' and not '%s'", row->rule, means, row->means);
	printed = avow_policy_print_statement(read.text->first);
	assert_string_equal(printed, row->printed ? row->printed : row->rule);
	check_round_trip(&read);
	free(errors);
	free(means);
	free(printed);
	free(text);
	read_free(&read);
}

static void every_rule_means_what_it_says(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

/* "always" is excepted: such a rule is told to match nothing, and matches nothing. */
static void unless_what_always_holds(void **state)
{
	struct read_text read;
	char *errors;

	(void)state;
	read_one(&read, "deny load unless intent within rwx\ndefault allow");
	errors = errors_text(&read.errors);
	assert_string_equal(errors, "warning 1:1 'deny' matches nothing: its conditions exclude one another");
	assert_true(read.policy.rules[0].all & read.policy.rules[0].none);
	free(errors);
	read_free(&read);
}

static void defaults(void **state)
{
	static const char *const texts[] = { "default allow", "default deny # x", "\n\n  default audit\n\n# end\n" };
	static const char *const meanings[] = { "allow", "deny", "audit" };
	struct read_text read;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		char *means;

		read_one(&read, texts[i]);
		assert_true(read.good);
		assert_int_equal(read.policy.nr_rules, 1);
		assert_int_equal(read.policy.serial, 1);
		means = rule_text(&read.policy, 1);
		assert_string_equal(means, meanings[i]);
		free(means);
		check_round_trip(&read);
		read_free(&read);
	}
}

static void lines_for_records(void **state)
{
	struct read_text read;

	(void)state;
	read_one(&read, "# one\n\ndeny   load intent has x # two\ndefault deny\n");
	assert_true(read.good);
	assert_null(avow_policy_statement_at(read.text, 0));
	assert_string_equal(avow_policy_statement_at(read.text, 1)->line, "main:3: deny load intent has x");
	assert_string_equal(avow_policy_statement_at(read.text, 2)->line, "main:4: default deny");
	assert_null(avow_policy_statement_at(read.text, 3));
	read_free(&read);
}

/* One list is one set, in whatever order it was written; of another kind, or longer, it is another. */
static void equal_lists_are_shared(void **state)
{
	struct read_text read;

	(void)state;
	read_one(&read, "deny load file is /a1 or /a2\n"
			"deny map program is /a1 or /a2\n"
			"deny load measured, file is not /a2 or /a1 or /a1\n"
			"deny load debugger, file is /a1\ndefault allow");
	assert_false(read.good);
	read_free(&read);
	read_one(&read, "deny load file is /a1 or /a2\n"
			"deny map program is /a1 or /a2\n"
			"deny load measured, file is not /a2 or /a1 or /a1\n"
			"deny load unmeasured, file is /a1\ndefault allow");
	assert_true(read.good);
	assert_int_equal(read.policy.first[AVOW_ENTRY_KINDS], 5);
	assert_int_equal(read.policy.rules[0].in, 1);
	assert_int_equal(read.policy.rules[1].in, 2);
	assert_int_equal(read.policy.rules[2].not_in, 1);
	assert_int_equal(read.policy.rules[3].in, 4);
	check_round_trip(&read);
	read_free(&read);
}

/* Whatever a name is: quoted it is that name again. */
static void names_are_quoted(void **state)
{
	static const struct name {
		const char *name, *quoted;
	} names[] = {
		{ "/usr/lib/x.so", "/usr/lib/x.so" },
		{ "/a b", "\"/a b\"" },
		{ "/a\tb", "\"/a\tb\"" },
		{ "/a,b", "\"/a,b\"" },
		{ "/a#b", "\"/a#b\"" },
		{ "/a\"b\\", "\"/a\\\"b\\\\\"" },
		{ "load", "\"load\"" },
		{ "unless", "\"unless\"" },
		{ "signer", "\"signer\"" },
		{ "1000", "\"1000\"" },
		{ "/\xf0\x9f\x98\x80", "/\xf0\x9f\x98\x80" },
	};
	static const char *const bad[] = { "", "/a\nb", "/a\x7f", "/\xff", "/\xc0\xaf", "/\xe2\x80\xae", "/\xc2\x85" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *quoted = NULL;

		assert_int_equal(avow_policy_quote(names[i].name, &quoted), 0);
		assert_string_equal(quoted, names[i].quoted);
		free(quoted);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char *quoted = NULL;

		assert_int_equal(avow_policy_quote(bad[i], &quoted), -22);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		{ "R44.1 every rule means what it says, and is printed so", every_rule_means_what_it_says, NULL, NULL, NULL },
		{ "R44.1 unless what always holds", unless_what_always_holds, NULL, NULL, NULL },
		{ "R44.1 defaults", defaults, NULL, NULL, NULL },
		{ "R44 a rule's line for records", lines_for_records, NULL, NULL, NULL },
		{ "R44 equal lists are one set", equal_lists_are_shared, NULL, NULL, NULL },
		{ "R44 names are quoted where they must be", names_are_quoted, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
