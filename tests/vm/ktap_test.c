// SPDX-License-Identifier: LGPL-2.1-or-later
/* Unit tests of the KTAP parser, over samples of logs good and bad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/ktap.h"

struct sample {
	const char *name, *log, *why;
	enum ktap_outcome outcome;
};

static const struct sample samples[] = {
	{ "plain", "KTAP version 1\n1..2\nok 1 a\nok 2 b\n", "", KTAP_PASS },
	{ "tap of cmocka", "1..2\nok 1 - a\nok 2 - b\n", "", KTAP_PASS },
	{ "plan at the end", "KTAP version 1\nok 1 a\n1..1\n", "", KTAP_PASS },
	{ "noise between", "hello\nKTAP version 1\n# x\n1..1\nokay\nnot okay\nok 1 a\n# y\n", "",
	  KTAP_PASS },
	{ "carriage returns", "KTAP version 1\r\n1..1\r\nok 1 a\r\n", "", KTAP_PASS },
	{ "nothing", "", "no plan", KTAP_FAIL },
	{ "only a version", "KTAP version 1\n", "no plan", KTAP_FAIL },
	{ "missing plan", "KTAP version 1\nok 1 a\n", "no plan", KTAP_FAIL },
	{ "zero tests", "KTAP version 1\n1..0\n", "no tests", KTAP_FAIL },
	{ "all skipped by plan", "KTAP version 1\n1..0 # SKIP no device\n", "no device", KTAP_SKIP },
	{ "skip plan with results", "1..0 # SKIP x\nok 1 a\n", "no tests", KTAP_FAIL },
	{ "all skipped one by one", "1..1\nok 1 a # SKIP later\n", "later", KTAP_SKIP },
	{ "one skipped", "1..2\nok 1 a # SKIP later\nok 2 b\n", "", KTAP_PASS },
	{ "skip in small letters", "1..1\nok 1 a # skip later\n", "later", KTAP_SKIP },
	{ "a failed skip is a failure", "1..1\nnot ok 1 a # SKIP later\n", "1 of 1 failed", KTAP_FAIL },
	{ "a todo is no excuse", "1..1\nnot ok 1 a # TODO later\n", "1 of 1 failed", KTAP_FAIL },
	{ "failure", "1..3\nok 1 a\nnot ok 2 b\nok 3 c\n", "1 of 3 failed", KTAP_FAIL },
	{ "truncated", "KTAP version 1\n1..3\nok 1 a\nok 2 b\n", "2 results of 3 planned", KTAP_FAIL },
	{ "truncated within a line", "1..2\nok 1 a\nok", "a result without a number: ok", KTAP_FAIL },
	{ "too many", "1..1\nok 1 a\nok 2 b\n", "2 results of 1 planned", KTAP_FAIL },
	{ "a number left out", "1..2\nok 1 a\nok 3 c\n", "result 3 where 2 was due", KTAP_FAIL },
	{ "a number twice", "1..2\nok 1 a\nok 1 a\n", "result 1 where 2 was due", KTAP_FAIL },
	{ "two plans", "1..1\n1..1\nok 1 a\n", "a second plan: 1..1", KTAP_FAIL },
	{ "a plan that is none", "1..x\nok 1 a\n", "not a plan: 1..x", KTAP_FAIL },
	{ "a negative plan", "1..-1\n", "not a plan: 1..-1", KTAP_FAIL },
	{ "bail out", "1..2\nok 1 a\nBail out! no memory\n", "it bailed out: no memory", KTAP_FAIL },
	{ "nested", "KTAP version 1\n1..1\n  KTAP version 1\n  1..2\n  ok 1 a\n  ok 2 b\nok 1 n\n", "",
	  KTAP_PASS },
	{ "nested failure", "1..1\n  1..1\n  not ok 1 a\nok 1 n\n", "1 of 1 failed", KTAP_FAIL },
	{ "nested crash", "1..1\n  1..2\n  ok 1 a\nok 1 n\n", "1 of 1 failed", KTAP_FAIL },
	{ "nested without a plan", "1..1\n  ok 1 a\nok 1 n\n", "1 of 1 failed", KTAP_FAIL },
	{ "nested, and its own result missing", "1..1\n  1..1\n  ok 1 a\n", "0 results of 1 planned",
	  KTAP_FAIL },
	{ "nested cannot bail out for all", "1..1\n  Bail out! x\nnot ok 1 n\n", "1 of 1 failed",
	  KTAP_FAIL },
	{ "skipped with a comment only", "1..1\n  # not here\nok 1 n # SKIP x\n", "x", KTAP_SKIP },
	{ "a hash within a name", "1..1\nok 1 a#b\n", "", KTAP_PASS },
};

static enum ktap_outcome read_all(const char *log, char *why, size_t size)
{
	struct ktap_stream *stream = ktap_new();
	char *copy = strdup(log), *rest;
	enum ktap_outcome outcome;

	for (char *line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		ktap_line(stream, line);
	outcome = ktap_verdict(stream, why, size);
	ktap_free(stream);
	free(copy);
	return outcome;
}

static void test_sample(void **state)
{
	const struct sample *sample = *state;
	char why[512];

	assert_int_equal(read_all(sample->log, why, sizeof(why)), sample->outcome);
	assert_string_equal(why, sample->why);
}

/* Whatever a good log is cut to, it is not good any more. */
static void test_every_cut(void **state)
{
	static const char log[] = "KTAP version 1\n1..2\n  KTAP version 1\n  1..1\n  ok 1 x\n"
				  "ok 1 first\n  1..1\n  ok 1 y\nok 2 second\n";
	size_t enough = strlen(log) - strlen(" 2 second\n");
	char cut[sizeof(log)], why[512];

	(void)state;
	for (size_t length = 0; length < enough; length++) {
		memcpy(cut, log, length);
		cut[length] = '\0';
		assert_int_equal(read_all(cut, why, sizeof(why)), KTAP_FAIL);
	}
	assert_int_equal(read_all(log, why, sizeof(why)), KTAP_PASS);
}

/* A kselftest of Linux 6.1 names a test where it starts, not where it skips. */
static void test_kselftest_skip(void **state)
{
	struct ktap_stream *stream = ktap_new();
	struct ktap_result *result;

	(void)state;
	assert_null(ktap_line(stream, "TAP version 13"));
	assert_null(ktap_line(stream, "1..2"));
	assert_null(ktap_line(stream, "#  RUN           enclave.augment ..."));
	result = ktap_line(stream, "ok 1 # SKIP SGX2 not supported");
	assert_non_null(result);
	assert_string_equal(result->name, "enclave.augment");
	assert_string_equal(result->reason, "SGX2 not supported");
	assert_int_equal(result->outcome, KTAP_SKIP);
	assert_null(ktap_line(stream, "#  RUN           enclave.other ..."));
	result = ktap_line(stream, "not ok 2 enclave.named # because");
	assert_non_null(result);
	assert_string_equal(result->name, "enclave.named");
	assert_string_equal(result->reason, "because");
	ktap_free(stream);
}

int main(void)
{
	enum { COUNT = sizeof(samples) / sizeof(samples[0]) };
	struct CMUnitTest tests[COUNT + 2];

	for (size_t i = 0; i < COUNT; i++)
		tests[i] = (struct CMUnitTest){
			samples[i].name, test_sample, NULL, NULL, (void *)&samples[i] };
	tests[COUNT] = (struct CMUnitTest)cmocka_unit_test(test_every_cut);
	tests[COUNT + 1] = (struct CMUnitTest)cmocka_unit_test(test_kselftest_skip);
	return cmocka_run_group_tests_name("ktap", tests, NULL, NULL);
}
