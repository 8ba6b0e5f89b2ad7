// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * process_vm_writev() writes to another process' memory by references to its pages, which
 * asks no page-table entry of that process. R17.3: such references to enclave pages cannot
 * be had. The hole is page_entries.
 */
#include <sys/mman.h>
#include <sys/uio.h>

#include "attack.h"

void attack(void)
{
	u8 byte = 0x5a;
	struct scene s;
	u64 at;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play) + 16;
	REQUIRE(probe_read(at).value != byte);
	{
		const struct iovec here = { &byte, 1 }, there = { (void *)at, 1 };

		ATTEMPT_UNRECORDED(process_vm_writev(getpid(), &here, 1, &there, 1, 0), EFAULT);
	}
	if (probe_read(at).value != byte)
		could_not_try("the write succeeded, and the byte is as it was");
	got_through("wrote to the enclave as another process would");
}
