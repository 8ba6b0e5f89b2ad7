// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * process_vm_readv() reads another process' memory by references to its pages. An enclave
 * that is not a DEBUG one is so read from outside, where ptrace() and /proc/PID/mem are
 * refused. R17.3. The hole is page_entries.
 */
#include <sys/mman.h>
#include <sys/uio.h>

#include "attack.h"

void attack(void)
{
	const struct avow_params params = { .attributes = ATTR_MODE64BIT };
	struct scene s;
	u8 byte = 0;
	u64 at;

	scene_image_with(&s, 1, &params);
	scene_add(&s, s.play, 1, AVOW_R);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	at = scene_at(&s, s.play);
	{
		const struct iovec here = { &byte, 1 }, there = { (void *)at, 1 };

		ATTEMPT_UNRECORDED(process_vm_readv(getpid(), &here, 1, &there, 1, 0), EFAULT);
	}
	if (byte != source_byte(0, 0))
		could_not_try("read %#x, which is not what is there", byte);
	got_through("read the enclave as another process would");
}
