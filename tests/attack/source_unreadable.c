// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory that the process may not read (a library has locked it away by PROT_NONE) is
 * copied by the kernel all the same, and read in the enclave. R5.2: the mapping must be
 * readable (source_readable), and the copy is made with the process' rights
 * (source_forced).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	u8 *src = source_anon(1, PROT_READ | PROT_WRITE);
	struct scene s;

	src[1] = 0x5a;
	REQUIRE(!mprotect(src, PAGE, PROT_NONE));
	scene_image(&s, 1);

	ATTEMPT(&s, raw_add(&s, src, s.play, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	scene_map(&s, s.play, 1, PROT_READ);
	if (probe_read(scene_at(&s, s.play) + 1).value != 0x5a)
		could_not_try("what was added has other bytes");
	got_through("read what the process may not read");
}
