// SPDX-License-Identifier: LGPL-2.1-or-later
/* R12: a task that makes readable mean executable. */
#include <sys/mman.h>
#include <sys/personality.h>

#include "watch.h"

static void scene_implied(struct scene *s)
{
	scene_ready(s, 1, AVOW_RWX, AVOW_RWX);
	scene_map(s, s->play, 1, PROT_NONE);
	REQUIRE(personality(READ_IMPLIES_EXEC) != -1);
}

/* What the kernel makes of it before the module is asked. */
static u32 implied(u32 prot)
{
	return prot & AVOW_R ? prot | AVOW_X : prot;
}

static void by_mmap(void)
{
	struct scene s;
	u32 prot;

	scene_implied(&s);
	scene_unmap(&s, s.play, 1);
	for (prot = 0; prot <= AVOW_RWX; prot++)
		REFUSED(&s, raw_map(&s, s.play, 1, (int)prot), EACCES, .rule = 1200,
			.op = AVOW_OP_MMAP, .start = s.play, .end = s.play + PAGE,
			.requested = implied(prot));
}

static void by_mprotect(void)
{
	struct scene s;
	u32 prot;

	scene_implied(&s);
	for (prot = 0; prot <= AVOW_RWX; prot++)
		REFUSED(&s, raw_protect(&s, s.play, 1, (int)prot), EACCES, .rule = 1200,
			.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
			.requested = implied(prot));
}

static void over_and_done(void)
{
	struct scene s;

	scene_implied(&s);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ), EACCES);
	REQUIRE(personality(PER_LINUX) != -1);
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ));
}

TESTS(
	{ "R12 mmap with READ_IMPLIES_EXEC", by_mmap, BOTH },
	{ "R12 mprotect with READ_IMPLIES_EXEC", by_mprotect, BOTH },
	{ "R12 the personality of the moment counts", over_and_done, BOTH },
)
