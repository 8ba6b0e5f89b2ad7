// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file is read with O_DIRECT into enclave memory: the disk writes to the page, past
 * all page tables. R17.3: the file system cannot take hold of an enclave page. The hole is
 * page_entries.
 */
#include <fcntl.h>
#include <sys/mman.h>

#include "attack.h"

void attack(void)
{
	u8 *plain = source_anon(1, PROT_READ | PROT_WRITE);
	struct scene s;
	void *at;
	int disk;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = (void *)scene_at(&s, s.play);
	disk = open("/dev/vda", O_RDONLY | O_DIRECT | O_CLOEXEC);
	if (disk < 0)
		disk = open("/dev/ram0", O_RDONLY | O_DIRECT | O_CLOEXEC);
	REQUIRE(disk >= 0);
	REQUIRE(pread(disk, plain, PAGE, 0) == (ssize_t)PAGE);
	REQUIRE(probe_read((u64)at).value != plain[0]);

	ATTEMPT_UNRECORDED(pread(disk, at, PAGE, 0), EFAULT);
	if (probe_read((u64)at).value != plain[0])
		could_not_try("the read succeeded, and the page is as it was");
	got_through("a disk wrote to the enclave");
}
