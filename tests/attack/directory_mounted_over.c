// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The policy takes code from a directory that root alone writes to. A user makes a user and a
 * mount namespace, mounts a file system of his own over the directory, and puts his code
 * there: its path is what the policy names. He adds it in one call with, and behind, a page of
 * root's. R7.2: each page is asked for, and mounts of such namespaces are under nothing. The hole
 * is load_asked_once.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "borrowed.h"

#define NOBODY		65534
#define DIRECTORY	"/tmp/roots"

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

/* With a number there, which files that he makes need. */
static void become_root_of_namespace(void)
{
	REQUIRE(!setgid(NOBODY) && !setuid(NOBODY));
	REQUIRE(!prctl(PR_SET_DUMPABLE, 1));	/* else /proc/self is root's */
	REQUIRE(!unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_to("/proc/self/setgroups", "deny");
	write_to("/proc/self/uid_map", "0 65534 1");
	write_to("/proc/self/gid_map", "0 65534 1");
}

static void map_code(u8 *at, const u8 *bytes)
{
	int fd = open(DIRECTORY "/code", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	REQUIRE(fd >= 0 && write(fd, bytes, PAGE) == (ssize_t)PAGE);
	REQUIRE(mmap(at, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0) == at);
	close(fd);
}

static void map_own(u8 *at)
{
	u8 *evil = borrowed_evil(PROT_READ);

	become_root_of_namespace();
	REQUIRE(!mount("none", DIRECTORY, "tmpfs", 0, NULL));
	map_code(at, evil);
}

void attack(void)
{
	u8 *src = source_anon(2, PROT_READ), *good = source_anon(1, PROT_READ);
	struct scene s;

	mkdir(DIRECTORY, 0755);
	attack_policy("default allow\n");	/* and not the last attack's: the image has code, too */
	scene_image(&s, 2);
	attack_policy("allow load intent has x, source is file-exec, file under " DIRECTORY "\n"
		      "deny load intent has x\ndefault allow\n");
	map_code(src, good);
	map_own(src + PAGE);

	ATTEMPT(&s, borrowed_add_behind(&s, src));
	borrowed_run(&s, "ran code of a user's from root's directory");
}
