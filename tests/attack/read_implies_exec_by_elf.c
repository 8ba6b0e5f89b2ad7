// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Nobody calls personality(): Linux itself gives READ_IMPLIES_EXEC to a 32-bit program whose
 * file does not say what its stack is to be. Its readable mapping is then executable. R12: such
 * a task maps nothing (implied_exec); behind that R8.1, R10.1 and R10.3 (mmap_intent,
 * access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "program32.h"

void attack(void)
{
	struct scene s;

	program32_scene(&s, AVOW_R | AVOW_X, AVOW_R);

	ATTEMPT(&s, program32_implied_exec(&s, "map", scene_at(&s, s.play), PROT_READ, 0));
	got_through("ran code of a page that was declared R");
}
