// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * In `compat` a hole restricts no mapping, as in-tree. So the hole is mapped executable, and
 * the page is added under the mapping, declared R. R10.1: the fault looks at the intent that
 * is there now (access_intent), and so does the entry (entry_intent).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_create(&s, 4);
	scene_map(&s, 0, 1, PROT_READ | PROT_EXEC);
	scene_add_intent(&s, 0, 1, AVOW_R | AVOW_X, AVOW_R);
	scene_init(&s);

	attempt_exec(&s, scene_at(&s, 0));
	got_through("ran code of a page that was declared R");
}
