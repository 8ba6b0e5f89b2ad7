// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The page to be copied is not there: whoever reads it waits until this process, by
 * userfaultfd, has made it. The file that it would come from has been judged by then, and
 * while the copy waits, other memory is mapped in its place. R4.1 with R5.2: a page that
 * is not at hand is not waited for. The hole is source_hold.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "borrowed.h"

#define DIRECTORY	"/tmp/stalls"
#define TRUSTED		DIRECTORY "/trusted"

static u8 *src;

/* A file of a tmpfs that has no page yet: it takes memory when it is first read. */
static void make_sparse(void)
{
	int fd;

	mkdir(DIRECTORY, 0755);
	REQUIRE(!unshare(CLONE_NEWNS));
	REQUIRE(!mount("none", DIRECTORY, "tmpfs", 0, NULL));
	fd = open(TRUSTED, O_RDWR | O_CREAT | O_CLOEXEC, 0755);
	REQUIRE(fd >= 0 && !ftruncate(fd, (off_t)PAGE));
	src = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	REQUIRE(src != MAP_FAILED);
	close(fd);
}

static int stall(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = (u64)src, .len = PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(!ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &range));
	return fd;
}

/* Whoever waits for the page finds another. */
static void *exchanges(void *arg)
{
	struct uffdio_range range = { .start = (u64)src, .len = PAGE };
	struct uffd_msg message;
	u8 *evil = borrowed_evil(PROT_READ | PROT_EXEC);

	if (read(*(int *)arg, &message, sizeof(message)) != sizeof(message))
		return NULL;
	REQUIRE(mremap(evil, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, src) == src);
	REQUIRE(!ioctl(*(int *)arg, UFFDIO_WAKE, &range));
	return NULL;
}

void attack(void)
{
	pthread_t thread;
	struct scene s;
	int stalling;

	make_sparse();
	borrowed_trust(TRUSTED);
	scene_image(&s, 1);
	stalling = stall();
	REQUIRE(!pthread_create(&thread, NULL, exchanges, &stalling));

	ATTEMPT(&s, borrowed_add(&s, src));
	borrowed_run(&s, "ran bytes that were put there while the copy waited");
}
