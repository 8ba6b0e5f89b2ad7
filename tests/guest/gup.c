// SPDX-License-Identifier: LGPL-2.1-or-later
/* R17.3: who copies from or to user pages by reference gets EFAULT. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <linux/io_uring.h>

#include "watch.h"

static struct scene *ready(void)
{
	static struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 0x21).signo, 0);
	return &s;
}

static void unchanged(struct scene *s)
{
	EXPECT_EQ(probe_read(scene_at(s, s->play)).value, 0x21);
	EXPECT_EQ(probe_read(scene_at(s, s->play + 1)).value, source_byte(0, 1));
}

static void process_vm(void)
{
	struct scene *s = ready();
	u8 buffer[16] = { 0 };
	struct iovec here = { .iov_base = buffer, .iov_len = sizeof(buffer) };
	struct iovec there = { .iov_base = (void *)scene_at(s, s->play), .iov_len = sizeof(buffer) };

	EXPECT_ERRNO(process_vm_writev(getpid(), &here, 1, &there, 1, 0), EFAULT);
	EXPECT_ERRNO(process_vm_readv(getpid(), &here, 1, &there, 1, 0), EFAULT);
	EXPECT_EQ(buffer[0], 0);
	unchanged(s);
}

/* A device that does O_DIRECT: a loop or RAM disk is not there; a file system's own is. */
static void direct_io(void)
{
	struct scene *s = ready();
	void *at = (void *)scene_at(s, s->play), *plain = source_anon(1, PROT_READ | PROT_WRITE);
	int fd;

	fd = open("/dev/vda", O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		fd = open("/dev/ram0", O_RDWR | O_DIRECT | O_CLOEXEC);
	if (fd < 0)
		test_skip("no block device in this machine");
	REQUIRE(pread(fd, plain, PAGE, 0) == (ssize_t)PAGE);
	EXPECT_ERRNO(pread(fd, at, PAGE, 0), EFAULT);
	EXPECT_ERRNO(pwrite(fd, at, PAGE, 0), EFAULT);
	unchanged(s);
}

static void vmsplice_gift(void)
{
	struct scene *s = ready();
	struct iovec there = { .iov_base = (void *)scene_at(s, s->play), .iov_len = PAGE };
	int pipe_fds[2];

	REQUIRE(!pipe(pipe_fds));
	EXPECT_ERRNO(vmsplice(pipe_fds[1], &there, 1, 0), EFAULT);
	EXPECT_ERRNO(vmsplice(pipe_fds[1], &there, 1, SPLICE_F_GIFT), EFAULT);
	unchanged(s);
}

static void io_uring_buffers(void)
{
	struct scene *s = ready();
	struct io_uring_params params = { 0 };
	struct iovec there = { .iov_base = (void *)scene_at(s, s->play), .iov_len = PAGE };
	struct iovec here = { .iov_base = source_anon(1, PROT_READ | PROT_WRITE), .iov_len = PAGE };
	int ring = (int)syscall(SYS_io_uring_setup, 4, &params);

	REQUIRE(ring >= 0);
	EXPECT_OK(syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &here, 1));
	EXPECT_OK(syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0));
	EXPECT_ERRNO(syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &there, 1), EFAULT);
	unchanged(s);
}

/* An ordinary system call goes through the page tables, and so may what they may. */
static void ordinary_calls(void)
{
	struct scene *s = ready();
	void *at = (void *)scene_at(s, s->play);
	int fds[2];

	REQUIRE(!pipe(fds));
	EXPECT_EQ(write(fds[1], at, 16), 16);
	REQUIRE_OK(raw_restrict(s, s->play, 1, AVOW_R));
	EXPECT_ERRNO(read(fds[0], at, 16), EFAULT);
	unchanged(s);
}

/* A lock in enclave memory is a page that would be pinned as well. */
static void locked_memory(void)
{
	struct scene *s = ready();

	mlock((void *)scene_at(s, s->play), PAGE);	/* whatever it answers */
	unchanged(s);
	REQUIRE_OK(avow_lower_range(s->e.fd, s->play, PAGE, AVOW_R));
	EXPECT(probe_write(scene_at(s, s->play), 1).signo != 0);
}

TESTS(
	{ "R17.3 process_vm_readv and process_vm_writev", process_vm, BOTH },
	{ "R17.3 direct I/O", direct_io, BOTH },
	{ "R17.3 vmsplice", vmsplice_gift, BOTH },
	{ "R17.3 buffers of io_uring", io_uring_buffers, BOTH },
	{ "R10 ordinary system calls, within V, E and I", ordinary_calls, BOTH },
	{ "R10 locked memory is not kept from being lowered", locked_memory, BOTH },
)
