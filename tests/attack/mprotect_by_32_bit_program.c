// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A 32-bit program maps a page that was declared R with no right, which is always allowed, and
 * makes it executable by its mprotect(). R8.2 (mprotect_intent); behind that R10.1 and R10.3
 * (access_intent, entry_intent).
 */
#include <sys/mman.h>

#include "program32.h"

void attack(void)
{
	struct scene s;

	program32_scene(&s, AVOW_R | AVOW_X, AVOW_R);

	ATTEMPT(&s, program32(&s, "protect", scene_at(&s, s.play), PROT_READ | PROT_EXEC, 0));
	got_through("ran code of a page that was declared R");
}
