// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Bytes that a program has just received are in ordinary memory, which nobody could
 * execute. They are added as code. R6.2: in `strict` only what is mapped executable becomes
 * code. The hole is source_exec.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	u8 *src = source_anon(1, PROT_READ | PROT_WRITE);
	struct scene s;

	scene_image(&s, 1);

	ATTEMPT(&s, raw_add(&s, src, s.play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL));
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran what was data");
}
