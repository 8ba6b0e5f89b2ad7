// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A page is written to, so that its entry is there and writable; then W is taken by
 * RESTRICT_PERMISSIONS, and nobody accepts it. R10.3: the entries are dropped when the EPCM
 * changes. The hole is change_entries.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play) + 16;
	REQUIRE(!probe_write(at, 0x11).signo);
	REQUIRE_OK(raw_restrict(&s, s.play, 1, AVOW_R));

	attempt_write(&s, at, 0x5a);
	got_through("wrote to a page after its EPCM had lost W");
}
