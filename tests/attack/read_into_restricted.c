// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The enclave has taken W from a page of its own; the host, whose mapping still has it, asks
 * the kernel to read(2) into it. R10.2: the kernel's own access goes by the same
 * entries. The hole is entry_epcm.
 */
#include "granted.h"

void attack(void)
{
	struct scene s;
	u64 at = granted_word(&s);
	int fds[2];

	REQUIRE(!pipe(fds) && write(fds[1], "\x5a", 1) == 1);

	ATTEMPT(&s, read(fds[0], (void *)at, 1));
	if (probe_read(at).value != 0x5a)
		could_not_try("the read succeeded, and the byte is as it was");
	got_through("the kernel wrote to a page that the EPCM lets nobody write");
}
