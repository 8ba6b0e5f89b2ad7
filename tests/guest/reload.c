// SPDX-License-Identifier: LGPL-2.1-or-later
/* R40.3: the module comes and goes a hundred times, and nobody else notices. */
#include <stdio.h>
#include <time.h>

#include "bystander.h"
#include "inside.h"
#include "module.h"
#include "remains.h"

#define ROUNDS		100	/* among bystanders */
#define QUIET_ROUNDS	25	/* each with an enclave */

static u64 now(void)
{
	struct timespec t;

	REQUIRE(!clock_gettime(CLOCK_MONOTONIC, &t));
	return (u64)t.tv_sec * 1000 + (u64)t.tv_nsec / 1000000;
}

static void tell(const char *what, u64 milliseconds, int rounds)
{
	printf("# %s took %llu ms on average\n", what, (unsigned long long)milliseconds / rounds);
}

/* The bystanders are seen to go on each time that the module has come, and gone. */
static void among_bystanders(int rounds)
{
	u64 start, loading = 0, unloading = 0;
	int i;

	bystanders_start();
	for (i = 0; i < rounds; i++) {
		start = now();
		REQUIRE_OK(module_load(""));
		loading += now() - start;
		bystanders_go_on();
		start = now();
		REQUIRE_OK(module_unload());
		unloading += now() - start;
		bystanders_go_on();
	}
	bystanders_stop();
	tell("loading", loading, rounds);
	tell("unloading", unloading, rounds);
}

static void bystanders(void)
{
	struct remains before;

	REQUIRE_OK(module_unload());
	among_bystanders(2);	/* the kernel's own caches fill */
	before = remains_take();
	among_bystanders(ROUNDS);
	remains_none();
	remains_expect(&before, ROUNDS * 3 / 4);
	REQUIRE_OK(module_load(""));
}

/* An enclave whose threads were inside, left in all ways there are. */
static void enclave(void)
{
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
	EXPECT(inside_read(&s, 0x10).vector == VECTOR_PF);
	scene_close(&s);
}

static void round_with_enclave(void)
{
	REQUIRE_OK(module_load(""));
	enclave();
	REQUIRE_OK(module_unload());
}

/* A page that one enclave or one unloading leaves behind would be missing this many times. */
static void no_page(void)
{
	struct remains before;
	int i;

	REQUIRE_OK(module_unload());
	for (i = 0; i < 3; i++)	/* the kernel's own caches fill */
		round_with_enclave();
	before = remains_take();
	for (i = 0; i < QUIET_ROUNDS; i++)
		round_with_enclave();
	remains_none();
	remains_expect(&before, QUIET_ROUNDS / 2);
	REQUIRE_OK(module_load(""));
}

TESTS(
	{ "R40.3 a hundred times among processes that have nothing to do with it", bystanders, ONCE },
	{ "R40.3 no page is left", no_page, ONCE },
)
