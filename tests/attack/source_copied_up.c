// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A file that the policy trusts is seen through overlayfs, whose upper layer the attacker may
 * write to: he writes to the file by its name, and it is another file in the upper layer from
 * then on. He adds it in one call with, and behind, the page as it was. R7.2: each page is asked for,
 * and a file is the inode that the bytes come from. The hole is load_asked_once.
 */
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "borrowed.h"

#define ROOT	"/tmp/layers"
#define LOWER	ROOT "/lower"
#define UPPER	ROOT "/upper"
#define WORK	ROOT "/work"
#define MERGED	ROOT "/merged"

static void lay(void)
{
	static const char *const directories[] = { LOWER, UPPER, WORK, MERGED };
	u8 *good = source_anon(1, PROT_READ);
	size_t i;
	int fd;

	mkdir(ROOT, 0755);
	REQUIRE(!unshare(CLONE_NEWNS));
	REQUIRE(!mount("none", ROOT, "tmpfs", 0, NULL));
	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		REQUIRE(!mkdir(directories[i], 0755));
	fd = open(LOWER "/code", O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	REQUIRE(fd >= 0 && write(fd, good, PAGE) == (ssize_t)PAGE);
	close(fd);
	REQUIRE(!mount("none", MERGED, "overlay", 0,
		       "lowerdir=" LOWER ",upperdir=" UPPER ",workdir=" WORK));
}

static void map_merged(u8 *at)
{
	int fd = open(MERGED "/code", O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(mmap(at, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) == at);
	close(fd);
}

static void write_evil(void)
{
	u8 *evil = borrowed_evil(PROT_READ);
	int fd = open(MERGED "/code", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, evil, PAGE) == (ssize_t)PAGE);
	close(fd);
	REQUIRE(!access(UPPER "/code", F_OK));
}

void attack(void)
{
	u8 *src = source_anon(2, PROT_READ);
	struct scene s;

	lay();
	borrowed_trust(MERGED "/code");
	scene_image(&s, 2);
	map_merged(src);
	write_evil();
	map_merged(src + PAGE);

	ATTEMPT(&s, borrowed_add_behind(&s, src));
	borrowed_run(&s, "ran other bytes by the name of a trusted file");
}
