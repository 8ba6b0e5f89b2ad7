// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The administrator mounts a file system noexec, and so nothing from there is to run. An
 * enclave takes its code from there. R6.1. The hole is source_mayexec. (In `strict` R6.2
 * says so: it is not mapped executable, and cannot be.)
 */
#include <sys/mman.h>

#include "noexec.h"

void attack(void)
{
	char dir[NOEXEC_DIRECTORY], path[64];
	struct scene s;
	u8 *src;
	int fd;

	fd = noexec_file(dir, path);
	src = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(src != MAP_FAILED);
	REQUIRE(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	scene_image(&s, 1);

	noexec_run(&s, src);
}
