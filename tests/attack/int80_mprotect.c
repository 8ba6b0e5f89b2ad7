// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mprotect() by INT 0x80, the system call of 32-bit programs, which any 64-bit program can
 * make: another entry, another table, 32-bit arguments. The enclave lies below 4 GiB, so that they
 * reach it. R8.2: the kernel asks the mapping's own operations for it, too. The hole is mprotect_intent.
 */
#include <sys/mman.h>

#include "attack.h"
#include "int80.h"

#define BASE		0x40000000ULL
#define MPROTECT_32	125

void attack(void)
{
	const struct avow_params params = { .base = BASE };
	struct scene s;

	scene_image_with(&s, 1, &params);
	scene_add_intent(&s, s.play, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	REQUIRE(!probe_read(scene_at(&s, s.play)).signo);

	ATTEMPT(&s, int80(MPROTECT_32, scene_at(&s, s.play), PAGE, PROT_READ | PROT_EXEC));
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code of a page that was declared R");
}
