// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the enclave keeps in a page that nobody maps is not the host's to see: there is no
 * mapping to read through. /proc/self/mem needs one, but none of these rights: PROT_NONE
 * does. R17.1: an enclave that is not a DEBUG one is not read by a debugger. The hole is
 * debug_release.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	const struct avow_params params = { .attributes = ATTR_MODE64BIT };
	struct scene s;
	u8 byte = 0;
	int mem;

	scene_image_with(&s, 1, &params);
	scene_add_intent(&s, s.play, 1, AVOW_R, 0);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_NONE);
	mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	REQUIRE(mem >= 0);

	ATTEMPT(&s, pread(mem, &byte, 1, (off_t)scene_at(&s, s.play)));
	if (byte != source_byte(0, 0))
		could_not_try("read %#x, which is not what is there", byte);
	got_through("read a page that no mapping may read");
}
