// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page is mapped as it was declared, readable; then a writable mapping of the same file is
 * put over it with MAP_FIXED. The kernel removes the old one without asking anybody. R8.1:
 * the new one is asked like any other. Were it not, the access through it would be (R10.1),
 * and the entry would lack W (R10.3): so three holes.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play);
	REQUIRE(!probe_read(at).signo);

	ATTEMPT(&s, mmap((void *)at, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, s.e.fd,
			 0) == MAP_FAILED ? -1 : 0);
	attempt_write(&s, at + 16, 0x5a);
	got_through("wrote to a page that was declared R");
}
