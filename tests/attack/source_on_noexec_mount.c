// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The administrator mounts a file system noexec, and so nothing from there is to run. An
 * enclave takes its code from there. R6.1. The hole is source_mayexec. (In `strict` R6.2
 * says so: it is not mapped executable, and cannot be.)
 */
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "attack.h"

void attack(void)
{
	char dir[] = "/tmp/noexec-XXXXXX", path[64];
	struct scene s;
	u8 *src;
	int fd;

	REQUIRE(!unshare(CLONE_NEWNS));
	REQUIRE(mkdtemp(dir) && !mount("none", dir, "tmpfs", MS_NOEXEC, NULL));
	fd = source_file(dir, 1, path);
	src = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(src != MAP_FAILED);
	REQUIRE(mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED);
	scene_image(&s, 1);

	ATTEMPT(&s, raw_add(&s, src, s.play, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), 0, NULL));
	scene_map(&s, s.play, 1, PROT_READ | PROT_EXEC);
	attempt_exec(&s, scene_at(&s, s.play));
	got_through("ran code from a noexec file system");
}
