// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mremap() moves page-table entries without looking at them. The mapping of a writable page
 * is moved to the address of a read-only one: then this address is writable, and the
 * enclave finds there what the attacker likes. R11.1: the mapping's operations refuse to be
 * moved (mremap_moves), and no entry is left to be moved meanwhile (mremap_entries).
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene s;
	u64 from, to;

	scene_image(&s, 2);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	scene_add(&s, s.play + PAGE, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);
	from = scene_at(&s, s.play);
	to = scene_at(&s, s.play + PAGE);
	REQUIRE(!probe_write(from + 16, 0x11).signo);
	REQUIRE(!probe_read(to + 16).signo);

	ATTEMPT(&s, mremap((void *)from, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
			   (void *)to) == MAP_FAILED ? -1 : 0);
	attempt_write(&s, to + 16, 0x5a);
	got_through("wrote at the address of a page that was declared R");
}
