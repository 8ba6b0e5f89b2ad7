// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file system is mounted noexec. A user makes a namespace in which he is root, and there a
 * mount of it that is not noexec: by remounting it, and by a bind mount. Linux keeps the flag
 * where the mount came from; R6.1 (`strict`: R6.2) sees a source that cannot be executed. The
 * hole is source_mayexec.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "noexec.h"

#define NOBODY	65534

/* As much as the user can get. */
static void lift(const char *dir)
{
	REQUIRE(!setgid(NOBODY) && !setuid(NOBODY));
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	mount(NULL, dir, NULL, MS_REMOUNT | MS_BIND, NULL);
	if (!mount(dir, dir, NULL, MS_BIND | MS_REC, NULL))
		mount(NULL, dir, NULL, MS_REMOUNT | MS_BIND, NULL);
}

void attack(void)
{
	char dir[NOEXEC_DIRECTORY], path[64];
	struct scene s;
	u8 *src;
	int fd;

	close(noexec_file(dir, path));
	scene_image(&s, 1);
	lift(dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	src = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(fd >= 0 && src != MAP_FAILED);

	noexec_run(&s, src);
}
