// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The descriptor is inherited by a 32-bit program, which adds its data as code: another entry
 * of the kernel's, another function of the driver's. R6.2: the same is asked. The hole is
 * source_exec.
 */
#include <sys/mman.h>

#include "program32.h"

void attack(void)
{
	struct scene s;

	scene_image(&s, 1);

	ATTEMPT(&s, program32(&s, "add", s.play, AVOW_R | AVOW_X, 0));
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran what was a 32-bit program's data");
}
