/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Test cases and expectations. A program is a table of cases; each runs in a
 * process of its own, so that a crash is that case's failure and what it
 * opened and mapped goes with it. KTAP goes to stdout.
 */
#ifndef TEST_H
#define TEST_H

#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "core.h"
#include <libavow.h>

/* In which contracts a case runs. */
#define ONCE	1u	/* it does not depend on the contract, or chooses itself */
#define COMPAT	2u
#define STRICT	4u
#define BOTH	(COMPAT | STRICT)

struct test {
	const char *name;	/* begins with the rule */
	void (*run)(void);
	unsigned int in;
};

int test_main(const struct test *tests, size_t nr);

#define TESTS(...)							\
	static const struct test all_tests[] = { __VA_ARGS__ };		\
	int main(void)							\
	{								\
		return test_main(all_tests, sizeof(all_tests) / sizeof(all_tests[0])); \
	}

/* The contract that the running case is for. */
extern enum avow_contract_id contract;

static inline bool strict(void)
{
	return contract == AVOW_STRICT;
}

/* Prints a diagnostic and fails the case, which goes on. */
void test_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool test_failed(void);
/* Ends the case: failed, or skipped for a reason that is printed. */
_Noreturn void test_stop(void);
_Noreturn void test_skip(const char *why);

#define FAIL(...)	test_fail(__FILE__, __LINE__, __VA_ARGS__)

#define EXPECT(condition)						\
	((condition) ? (void)0 : FAIL("not so: %s", #condition))

#define EXPECT_EQ(got, want)						\
	test_expect_eq(__FILE__, __LINE__, #got, (u64)(got), (u64)(want))

/* call: gives 0 or more for success; -1 with errno, or a negative errno, for failure. */
#define EXPECT_OK(call)							\
	(errno = 0, test_expect_errno(__FILE__, __LINE__, #call, (long)(call), 0))
#define EXPECT_ERRNO(call, want)					\
	(errno = 0, test_expect_errno(__FILE__, __LINE__, #call, (long)(call), want))

/* The same, ending the case when it is not so. */
#define REQUIRE(condition)						\
	((condition) ? (void)0 : (FAIL("not so: %s", #condition), test_stop()))
#define REQUIRE_OK(call)						\
	(EXPECT_OK(call) ? (void)0 : test_stop())

bool test_expect_eq(const char *file, int line, const char *what, u64 got, u64 want);
bool test_expect_errno(const char *file, int line, const char *what, long result, int want);
/* The positive errno of such a result, 0 for success. */
int test_errno(long result);

/*
 * Runs fn(arg) in a forked process; its expectations count for the case.
 * Use fork_child() and expect_child() where something must happen in between.
 */
void in_child(void (*fn)(void *arg), void *arg);
pid_t fork_child(void (*fn)(void *arg), void *arg);
void expect_child(pid_t pid);

/* A file of the tests' data directory. */
const char *data_path(const char *name);

/* One byte from one process to another, in order. */
struct turn {
	int pipe[2];
};
void turn_init(struct turn *t);
void turn_give(struct turn *t);
void turn_wait(struct turn *t);
void turn_close(struct turn *t);

#endif
