// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * LOWER_INTENT is the one call that sets an intent after INIT: it is asked to set one that is
 * higher. R2.1: a right that the present intent lacks is refused. The hole is lower_raises.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);

	ATTEMPT(&s, avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_W));
	ATTEMPT(&s, avow_enclave_map(&s.e, s.play, PAGE, PROT_READ | PROT_WRITE));
	attempt_write(&s, scene_at(&s, s.play) + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
