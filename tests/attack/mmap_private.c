// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A private mapping of a page: the first write makes a copy, which is the process's own. It
 * lies at the page's address, has no intent and no EPCM entry, and the enclave runs on it.
 * R11.3: there is none. The hole is private_mapping.
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 at;
	u8 before;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play);
	before = probe_read(at + 16).value;

	ATTEMPT(&s, map_file_at(&s, at, 1, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0));
	attempt_write(&s, at + 16, 0x5a);
	scene_map(&s, s.play, 1, PROT_READ);
	if (probe_read(at + 16).value != before)
		could_not_try("it was the page itself");
	got_through("wrote to a copy in the place of a page");
}
