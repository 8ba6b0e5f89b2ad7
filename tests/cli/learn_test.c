// SPDX-License-Identifier: LGPL-2.1-or-later
/* R42, R44: the policy that avow policy learn makes of requests, without a module. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "language.h"
#include "learn.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define RIGHTS(rwx)	((u64)(rwx) << FACT_RIGHTS_SHIFT)
#define LOAD(rwx, class, more)	(FACT_LOAD | RIGHTS(rwx) | FACT_CLASS(class) | (more))
#define MAP(rwx, more)		(FACT_MAP | RIGHTS(rwx) | (more))
#define RX	(AVOW_R | AVOW_X)
#define RW	(AVOW_R | AVOW_W)

static char *text;	/* the last policy */

struct seen {
	u64 bits;
	const char *file;
	bool gone, lost;	/* the file; its directory, too */
	const char *program;	/* NULL: /bin/p */
	bool program_gone, denied;
	u8 signer;
	u16 product, svn;
};

static void add(struct learned *learned, const struct seen *s)
{
	struct observation o = {
		.facts = { .bits = s->bits, .isvprodid = s->product, .isvsvn = s->svn },
		.denied = s->denied,
		.program = strdup(s->program ? s->program : "/bin/p"),
		.file = s->file ? strdup(s->file) : NULL,
		.program_named = !s->program_gone,
		.file_named = s->file && !s->gone && !s->lost,
		.directory_named = s->file && !s->lost,
	};

	memset(o.facts.mrsigner, s->signer, sizeof(o.facts.mrsigner));
	assert_int_equal(learned_add(learned, &o), 0);
}

static void learn(const struct seen *seen, size_t nr)
{
	struct learned learned = { .nr = 0 };
	size_t size, i;
	FILE *to;

	for (i = 0; i < nr; i++)
		add(&learned, &seen[i]);
	free(text);
	to = open_memstream(&text, &size);
	assert_non_null(to);
	assert_int_equal(learned_write(to, &learned), 0);
	fclose(to);
	learned_free(&learned);
}

static int read_text(void *context, const char *path, char **bytes, size_t *size, char **identity)
{
	(void)context;
	*bytes = strdup(text);
	*size = strlen(text);
	*identity = strdup(path);
	return 0;
}

/* What was written is a policy. */
static void expect_policy(void)
{
	const struct avow_policy_reader reader = { .read = read_text };
	struct avow_policy_errors errors = { .nr = 0 };
	struct avow_policy *policy = malloc(sizeof(*policy));
	struct avow_policy_dry *dry = avow_policy_dry_new();
	struct avow_policy_resolver resolver = avow_policy_dry_resolver(dry);
	struct avow_policy_text *read = avow_policy_read(&reader, "learned", &errors);

	if (!read)
		print_error("%s: %s\n%s", errors.list[0].word, errors.list[0].message, text);
	assert_non_null(read);
	assert_true(avow_policy_compile(read, &resolver, policy, &errors));
	assert_true(avow_policy_wellformed(policy));
	avow_policy_text_free(read);
	avow_policy_dry_free(dry);
	avow_policy_errors_free(&errors);
	free(policy);
}

#define EXPECT_LEARNED(seen, want) do {		\
	learn(seen, COUNT(seen));		\
	assert_string_equal(text, want);	\
	expect_policy();			\
} while (0)

#define END	"\n# Nothing else.\ndefault deny\n"

static void rights_are_joined_where_nothing_runs(void **state)
{
	const struct seen seen[] = {
		{ .bits = LOAD(RW, AVOW_SRC_ANON, 0) },
		{ .bits = LOAD(AVOW_R, AVOW_SRC_ANON, FACT_MEASURED) },
		{ .bits = LOAD(AVOW_R, AVOW_SRC_FILE_EXEC, FACT_MEASURED), .file = "/opt/b" },
		{ .bits = LOAD(AVOW_R, AVOW_SRC_FILE_EXEC, FACT_MEASURED), .file = "/opt/a" },
		{ .bits = LOAD(RX, AVOW_SRC_FILE_EXEC, FACT_MEASURED), .file = "/opt/a" },
		{ .bits = LOAD(AVOW_RWX, AVOW_SRC_FILE_EXEC, 0), .file = "/opt/a" },
		{ .bits = LOAD(0, AVOW_SRC_SHMEM, FACT_MEASURED), .file = "/memfd:x", .lost = true },
	};

	(void)state;
	EXPECT_LEARNED(seen, "\n# /bin/p\n"
		"allow load intent within rw, source is anonymous, program is /bin/p\n"
		"allow load intent is r, source is file-exec, measured, file is /opt/a or /opt/b, program is /bin/p\n"
		"allow load intent is rx, source is file-exec, measured, file is /opt/a, program is /bin/p\n"
		"# Writable and executable at once.\n"
		"allow load intent is rwx, source is file-exec, file is /opt/a, program is /bin/p\n"
		"# These files and their directory cannot be named: any file. Name a directory here.\n"
		"allow load intent is none, source is shmem, measured, program is /bin/p\n" END);
}

/* Measured code and other code are two rules, and one does not widen the other. */
static void code_is_measured_or_not(void **state)
{
	const struct seen seen[] = {
		{ .bits = LOAD(RX, AVOW_SRC_FILE_EXEC, FACT_MEASURED), .file = "/opt/a" },
		{ .bits = LOAD(RX, AVOW_SRC_FILE_EXEC, 0), .file = "/opt/b" },
	};

	(void)state;
	EXPECT_LEARNED(seen, "\n# /bin/p\n"
		"allow load intent is rx, source is file-exec, measured, file is /opt/a, program is /bin/p\n"
		"allow load intent is rx, source is file-exec, file is /opt/b, program is /bin/p\n" END);
}

static void mappings_keep_their_history(void **state)
{
	const struct seen seen[] = {
		{ .bits = MAP(0, 0) },
		{ .bits = MAP(AVOW_R, FACT_EVER_W | FACT_EVER_X) },
		{ .bits = MAP(RX, 0) },
		{ .bits = MAP(RX, FACT_EVER_X) },
		{ .bits = MAP(RW, FACT_EVER_X) },
		{ .bits = MAP(RW, 0) },
	};
	const struct seen none[] = { { .bits = MAP(0, 0) } };

	(void)state;
	EXPECT_LEARNED(seen, "\n# /bin/p\n"
		"allow map prot within r, program is /bin/p\n"
		"allow map prot is rx, history lacks w, program is /bin/p\n"
		"allow map prot is rw, program is /bin/p\n" END);
	EXPECT_LEARNED(none, "\n# /bin/p\nallow map prot is none, program is /bin/p\n" END);
}

#define HEX(byte)	byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte \
			byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte byte

static void enclaves_by_signer(void **state)
{
	const struct seen seen[] = {
		{ .bits = FACT_INIT | FACT_MEASURED, .signer = 0xab, .product = 3, .svn = 7 },
		{ .bits = FACT_INIT | FACT_MEASURED, .signer = 0xab, .product = 3, .svn = 5 },
		{ .bits = FACT_INIT | FACT_DEBUG, .signer = 0xab, .product = 3, .svn = 0 },
		{ .bits = FACT_INIT | FACT_MEASURED | FACT_PROVISION, .signer = 0xcd },
	};

	(void)state;
	EXPECT_LEARNED(seen, "\n# /bin/p\n"
		"allow init signer is " HEX("ab") ", product is 3, svn at least 5, production, measured, program is /bin/p\n"
		"allow init signer is " HEX("ab") ", product is 3, debug, program is /bin/p\n"
		"allow init signer is " HEX("cd") ", product is 0, production, provision, measured, program is /bin/p\n"
		END);
}

static void each_program_has_its_rules(void **state)
{
	const struct seen seen[] = {
		{ .bits = MAP(AVOW_R, 0) },
		{ .bits = MAP(AVOW_R, 0), .program = "/tmp/gone", .program_gone = true },
		{ .bits = LOAD(RW, AVOW_SRC_ANON, 0), .program = "/bin/my \"prog\"" },
		{ .bits = LOAD(RX, AVOW_SRC_ANON, 0), .denied = true },
		{ .bits = LOAD(RW, AVOW_SRC_ANON, 0) },
	};

	(void)state;
	EXPECT_LEARNED(seen, "\n# /bin/p\n"
		"allow load intent is rw, source is anonymous, program is /bin/p\n"
		"allow map prot is r, program is /bin/p\n"
		"\n# /tmp/gone: this program is gone, so these are no rules yet\n"
		"# allow map prot is r, program is /tmp/gone\n"
		"\n# \"/bin/my \\\"prog\\\"\"\n"
		"allow load intent is rw, source is anonymous, program is \"/bin/my \\\"prog\\\"\"\n"
		"\n# 1 kind of requests were denied by what answered then, and are not allowed here.\n" END);
}

static void files_that_are_gone(void **state)
{
	const struct seen seen[] = {
		{ .bits = LOAD(AVOW_R, AVOW_SRC_FILE_NOEXEC, 0), .file = "/tmp/x/1", .gone = true },
		{ .bits = LOAD(AVOW_R, AVOW_SRC_FILE_NOEXEC, 0), .file = "/tmp/x/2", .gone = true },
		{ .bits = LOAD(AVOW_R, AVOW_SRC_FILE_NOEXEC, 0), .file = "/3", .gone = true },
	};

	(void)state;
	EXPECT_LEARNED(seen, "\n# /bin/p\n"
		"# These files are gone, or have names that a policy cannot have: any file of the directory.\n"
		"allow load intent is r, source is file-noexec, file under / or /tmp/x, program is /bin/p\n" END);
}

/* Not in one line without an end, and each once. */
static void many_files(void **state)
{
	struct seen seen[40];
	char names[20][16];
	size_t i, rules = 0;
	char *at;

	(void)state;
	for (i = 0; i < COUNT(seen); i++) {
		snprintf(names[i % 20], sizeof(names[0]), "/f/%zu", i % 20);
		seen[i] = (struct seen){ .bits = LOAD(AVOW_R, AVOW_SRC_FILE_EXEC, 0), .file = names[i % 20] };
	}
	learn(seen, COUNT(seen));
	expect_policy();
	for (at = text; (at = strstr(at, "allow load")); at++)
		rules++;
	assert_int_equal(rules, 3);	/* 8, 8 and 4 */
	for (i = 0; i < 20; i++)
		assert_non_null(strstr(text, names[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rights_are_joined_where_nothing_runs),
		cmocka_unit_test(code_is_measured_or_not),
		cmocka_unit_test(mappings_keep_their_history),
		cmocka_unit_test(enclaves_by_signer),
		cmocka_unit_test(each_program_has_its_rules),
		cmocka_unit_test(files_that_are_gone),
		cmocka_unit_test(many_files),
	};
	int failed = cmocka_run_group_tests_name("what is learned", tests, NULL, NULL);

	free(text);
	return failed;
}
