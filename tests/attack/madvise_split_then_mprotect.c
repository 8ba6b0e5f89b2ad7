// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * madvise() splits a mapping in three without asking anybody; the part in the middle is a
 * mapping that nobody has made. R8.2: it has the operations of the whole. The hole is
 * mprotect_intent.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 middle;

	scene_ready(&s, 3, AVOW_R | AVOW_X, AVOW_R);
	scene_map(&s, s.play, 3, PROT_READ);
	middle = scene_at(&s, s.play + PAGE);
	REQUIRE(!probe_read(middle).signo);
	REQUIRE(!madvise((void *)middle, PAGE, MADV_RANDOM));
	REQUIRE(!madvise((void *)middle, PAGE, MADV_DONTFORK));

	ATTEMPT(&s, mprotect((void *)middle, PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(&s, middle);
	got_through("ran code of a page that was declared R");
}
