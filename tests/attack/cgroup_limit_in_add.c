// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A memory cgroup has 12 MiB; its process adds 24 MiB of enclave pages. R40.4
 * (R22.7): they are charged to it, and it gets ENOMEM in the middle, all pages before it
 * added and none half. The hole is epc_charged.
 */
#include <sys/mman.h>

#include "attack.h"
#include "group.h"

#define PAGES		6144ULL
#define LIMIT		"12582912"

struct add {
	struct scene s;
	u8 *src;
	u64 added;
	int err;
};

static void adds(void *arg)
{
	struct add *add = arg;

	group_enter();
	for (add->added = 0; add->added < PAGES && !add->err; add->added++)
		if (raw_add(&add->s, add->src, add->added * PAGE, PAGE, avow_secinfo_reg(AVOW_R), 0,
			    NULL))
			add->err = errno;
	_exit(0);
}

/* A page that was refused is not there, and no page after it. */
static void expect_whole(struct add *add)
{
	u64 used = epc_used(&add->s);

	EXPECT_HOLE(&add->s, (add->added - 1) * PAGE);
	EXPECT_EQ(scene_run(&add->s, (add->added - 2) * PAGE).length, PAGE);
	REQUIRE_OK(raw_add(&add->s, add->src, (add->added - 1) * PAGE, PAGE,
			   avow_secinfo_reg(AVOW_R), 0, NULL));
	EXPECT_EQ(epc_used(&add->s), used + PAGE);
}

void attack(void)
{
	struct add *add = mmap(NULL, sizeof(*add), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	REQUIRE(add != MAP_FAILED);
	group_make();
	group_write("memory.max", LIMIT);
	scene_create(&add->s, 8192);
	add->src = source_anon(1, PROT_READ | PROT_EXEC);
	in_child(adds, add);
	if (add->err)
		expect_whole(add);
	group_remove();

	ATTEMPT_UNRECORDED((errno = add->err, add->err ? -1 : 0), ENOMEM);
	got_through("24 MiB of enclave pages in a group that has 12");
}
