// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What may be written in one enclave is to be code in another: a page of enclave memory is
 * the source. It is no file, no memory of the process, and no policy could tell where it
 * came from. R5.3. The hole is source_special.
 */
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	struct scene from, s;
	u64 src, at;

	scene_ready(&from, 1, AVOW_RWX, AVOW_RWX);
	scene_map(&from, from.play, 1, PROT_READ | PROT_WRITE | PROT_EXEC);
	src = scene_at(&from, from.play);
	REQUIRE(!probe_write(src + 1, 0x5a).signo);
	scene_image(&s, 1);

	ATTEMPT(&s, raw_add(&s, (void *)src, s.play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0,
			    NULL));
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	at = scene_at(&s, s.play);
	if (probe_read(at + 1).value != 0x5a)
		could_not_try("what was added has other bytes");
	attempt_exec(&s, at);
	got_through("ran in one enclave what was written in another");
}
