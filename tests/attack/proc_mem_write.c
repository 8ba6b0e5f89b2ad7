// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * /proc/PID/mem writes with force: what a mapping does not allow it does all the same, and
 * EDBGWR looks neither at the mapping nor at the EPCM. A DEBUG enclave could so be rewritten
 * by itself. R17.2: in `strict` a debugger writes only where W is in the intent. The hole is
 * debug_write.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	const struct avow_params params = { .attributes = ATTR_MODE64BIT | ATTR_DEBUG };
	struct scene s;
	u8 byte = 0x5a;
	u64 at;
	int mem;

	scene_image_with(&s, 1, &params);
	scene_add(&s, s.play, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play) + 16;
	REQUIRE(probe_read(at).value != byte);
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	REQUIRE(mem >= 0);

	ATTEMPT(&s, pwrite(mem, &byte, 1, (off_t)at));
	if (probe_read(at).value != byte)
		could_not_try("the write succeeded, and the byte is as it was");
	got_through("wrote to a page that was declared R");
}
