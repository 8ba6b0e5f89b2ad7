// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The page is mapped writable, used, and locked into memory; then its intent is lowered. Who
 * believes in mlock() expects the entry to stay. R10.3: the entries of a lowered page are
 * dropped, and R10.1 refuses new ones. The hole is lower_entries.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	REQUIRE(!mlockall(MCL_CURRENT | MCL_FUTURE));
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play);
	REQUIRE(!probe_write(at + 16, 0x11).signo);
	REQUIRE(!mlock((void *)at, PAGE));
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));

	attempt_write(&s, at + 16, 0x5a);
	got_through("wrote to a page whose intent was lowered to R");
}
