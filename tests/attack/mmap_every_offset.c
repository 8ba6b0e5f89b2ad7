// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mapping of one page, made with every file offset that could mean another one: its
 * linear address, its number, its place in the enclave, and offsets that wrap. R11.4: the
 * offset means nothing; what is there is the page of the address. Should the offset be kept
 * (offset_kept), the fault sees that it is not the address (moved_access).
 */
#include <sys/mman.h>

#include "tricks.h"

void attack(void)
{
	struct scene s;
	u64 offsets[7], one, other;
	unsigned int i;

	scene_ready(&s, 2, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	one = scene_at(&s, s.play);
	other = scene_at(&s, s.play + PAGE);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);
	offsets[0] = other;
	offsets[1] = s.play + PAGE;
	offsets[2] = PAGE;
	offsets[3] = s.e.size;
	offsets[4] = other - one;
	offsets[5] = (1ULL << 63) - PAGE;
	offsets[6] = -PAGE;

	for (i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		if (map_file_at(&s, one, 1, PROT_READ | PROT_WRITE, MAP_SHARED, offsets[i]))
			continue;	/* the kernel has no such offsets */
		attempt_write(&s, one + 16, (u8)(0x51 + i));
		if (probe_read(other + 16).value == 0x51 + i)
			got_through("wrote to a page at the address of another");
	}
	stopped("%u offsets, and always the page of the address", i);
}
