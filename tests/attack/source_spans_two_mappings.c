// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One request for two pages: the first page's mapping is executable, the second's is memory
 * that can be written. R4.1 with R6.2: each page is judged by its own mapping. The hole
 * is source_each.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	u8 *src = source_anon(2, PROT_READ | PROT_EXEC);
	struct scene s;
	u64 at;

	REQUIRE(!mprotect(src + PAGE, PAGE, PROT_READ | PROT_WRITE));
	src[PAGE + 1] = 0x5a;
	scene_image(&s, 2);

	ATTEMPT(&s, raw_add(&s, src, s.play, 2 * PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL));
	scene_map(&s, s.play, 2, PROT_READ | PROT_EXEC);
	at = scene_at(&s, s.play + PAGE);
	if (probe_read(at + 1).value != 0x5a)
		could_not_try("the second page has other bytes");
	attempt_exec(&s, at);
	got_through("ran what came from writable memory");
}
