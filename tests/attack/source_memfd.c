// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy lets code come from files, from any, and not from memory. A memfd is memory, but it is a
 * file descriptor, and what is mapped of it is executable and was not written to by this
 * mapping. R7.2: its class is another. The hole is source_shmem.
 */
#include <sys/mman.h>

#include "borrowed.h"

void attack(void)
{
	u8 *evil = borrowed_evil(PROT_READ), *src;
	int fd = memfd_create("libc.so.6", MFD_CLOEXEC);
	struct scene s;

	attack_policy("allow load intent has x, source is file-exec\n"
		      "deny load intent has x\ndefault allow\n");
	REQUIRE(fd >= 0 && write(fd, evil, PAGE) == (ssize_t)PAGE);
	src = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(src != MAP_FAILED);
	scene_image(&s, 1);

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_run(&s, "ran code from memory as if it were from a file");
}
