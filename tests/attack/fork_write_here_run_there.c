// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy: what was ever mapped writable must not become executable. The page's intent
 * allows both. No process ever has both: a child maps the page writable and puts code into
 * it, its parent maps it executable and runs that. A history kept by process, or by mapping,
 * would not see it. R14.1 with R16.2: history is the page's. The hole is history_told.
 */
#include <sys/mman.h>

#include "tricks.h"

#define CODE	16	/* where a RET is put */

static void write_code(void *arg)
{
	struct scene *s = arg;

	scene_map(s, s->play, 1, PROT_READ | PROT_WRITE);
	attempt_write(s, scene_at(s, s->play) + CODE, 0xc3);
}

void attack(void)
{
	struct scene s;

	attack_policy(NO_CODE_THAT_WAS_WRITTEN);
	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	scene_unmap(&s, s.play, 1);
	attack_in_child(write_code, &s);

	ATTEMPT(&s, raw_map(&s, s.play, 1, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play) + CODE);
	got_through("ran what another process had written");
}
