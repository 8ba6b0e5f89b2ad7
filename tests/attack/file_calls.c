// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What one does with other files: read, write, splice, truncate, allocate and copy, on the
 * descriptor of the enclave and on its device by name. R20.4. The kernel refuses what a device
 * has no operation for; the module has ioctl() and mmap() alone.
 */
#include <fcntl.h>
#include <sys/sendfile.h>

#include "attack.h"

static unsigned int refused_calls;

/* -1: refused. What it says otherwise may be nothing done. */
static void must_fail(const char *what, long result)
{
	if (result > 0)
		got_through("%s: %ld bytes", what, result);
	if (!result)
		could_not_try("%s succeeded", what);
	refused_calls++;
}

void attack(void)
{
	int ends[2], other = open("/tmp/file_calls", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	char bytes[64] = "bytes";
	struct scene s;
	int fd;

	REQUIRE(other >= 0);
	REQUIRE(!pipe(ends));
	REQUIRE(write(ends[1], bytes, sizeof(bytes)) == sizeof(bytes));
	REQUIRE(write(other, bytes, sizeof(bytes)) == sizeof(bytes));
	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R);
	fd = s.e.fd;

	must_fail("read", pread(fd, bytes, sizeof(bytes), 0));
	must_fail("read at a linear address", pread(fd, bytes, 1, (off_t)s.e.base));
	must_fail("write", pwrite(fd, bytes, sizeof(bytes), 0));
	must_fail("write at a linear address", pwrite(fd, bytes, 1, (off_t)s.e.base));
	must_fail("splice to it", splice(ends[0], NULL, fd, NULL, sizeof(bytes), 0));
	must_fail("splice from it", splice(fd, NULL, ends[1], NULL, sizeof(bytes), 0));
	must_fail("sendfile to it", sendfile(fd, other, &(off_t){ 0 }, sizeof(bytes)));
	must_fail("sendfile from it", sendfile(other, fd, &(off_t){ 0 }, sizeof(bytes)));
	must_fail("copy to it", copy_file_range(other, &(off_t){ 0 }, fd, NULL, sizeof(bytes), 0));
	must_fail("copy from it", copy_file_range(fd, &(off_t){ 0 }, other, NULL, 1, 0));
	must_fail("ftruncate", ftruncate(fd, 0));
	must_fail("truncate", truncate(AVOW_DEVICE, 0));
	must_fail("fallocate", fallocate(fd, 0, 0, PAGE));
	must_fail("punch a hole", fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
					    (off_t)s.e.base, PAGE));
	must_fail("fsync", fsync(fd));
	must_fail("readahead", readahead(fd, 0, PAGE));
	stopped("%u calls", refused_calls);
}
