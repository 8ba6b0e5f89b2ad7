// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R40.3: every allocation that the module makes while it is loaded fails, once alone and once with
 * all that come after it. If it cannot be loaded then, it leaves nothing; if it could do without,
 * it works and can be unloaded. In the end it is loaded as if nothing had been.
 */
#include <stdio.h>
#include <sys/mman.h>

#include "failing.h"
#include "module.h"
#include "remains.h"
#include "watch.h"

#define MOST_POINTS	1000U
#define FREE_SLACK	4096U	/* pages: what the kernel keeps of so many attempts */

/* It works: an enclave is built, and a refusal is refused and told. */
static void use(void)
{
	struct avow_refusal r;
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	EXPECT(refusal_last(s.e.fd, &r));
	scene_close(&s);
}

/* Loading with the n-th failing: is there no n-th any more? */
static bool through(unsigned int n, enum failing how, unsigned int *failed)
{
	int ret, error;
	bool used;

	failing_arm_loading(n, how);
	ret = module_load("");
	error = errno;
	used = failing_disarm();
	if (ret) {
		*failed += 1;
		if (!used || (error != ENOMEM && error != EFAULT))
			FAIL("failure %u: errno %d%s", n, error, used ? "" : ", and nothing had failed");
		remains_none();
	} else {
		use();
		REQUIRE_OK(module_unload());
	}
	if (test_failed())
		printf("# at failure %u\n", n);
	return !used || test_failed();
}

static void every_point(enum failing how)
{
	struct remains before;
	unsigned int n, failed = 0;

	if (!failing_possible())
		test_skip("this kernel makes no allocation fail; KERNEL=debug does");
	REQUIRE_OK(module_unload());
	/* The kernel's own caches fill. */
	REQUIRE_OK(module_load(""));
	use();
	REQUIRE_OK(module_unload());
	before = remains_take();
	failing_begin();
	for (n = 1; n <= MOST_POINTS && !through(n, how, &failed); n++)
		;
	printf("# loading: %u injection points, %u failed it\n", n - 1, failed);
	EXPECT(failed && n <= MOST_POINTS);
	remains_expect(&before, FREE_SLACK);
	REQUIRE_OK(module_load(""));
	use();
}

static void one(void)
{
	every_point(FAIL_ONE);
}

static void all_from_there_on(void)
{
	every_point(FAIL_ON);
}

TESTS(
	{ "R40.3 loading: one allocation fails", one, ONCE },
	{ "R40.3 loading: all allocations from one on fail", all_from_there_on, ONCE },
)
