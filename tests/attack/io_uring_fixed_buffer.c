// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A buffer that is registered with io_uring is a reference to its pages, kept for as long as
 * the ring is. The page is registered while it may be written, then sealed; the ring goes
 * on writing to it. R17.3: enclave pages cannot be registered. There is no hole: io_uring does not
 * take the memory of a file that is no memory file. With one that is the trick works.
 */
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <linux/io_uring.h>

#include "tricks.h"

struct ring {
	int fd;
	struct io_uring_params params;
	u8 *sq;
	struct io_uring_sqe *sqes;
};

static void ring_open(struct ring *r)
{
	memset(r, 0, sizeof(*r));
	r->fd = (int)syscall(SYS_io_uring_setup, 4, &r->params);
	REQUIRE(r->fd >= 0);
	r->sq = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING);
	r->sqes = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQES);
	REQUIRE(r->sq != MAP_FAILED && r->sqes != MAP_FAILED);
}

/* The first and only request: from a descriptor into the first registered buffer. */
static void ring_read(struct ring *r, int from, u64 to)
{
	r->sqes[0] = (struct io_uring_sqe){
		.opcode = IORING_OP_READ_FIXED,
		.fd = from,
		.addr = to,
		.len = 1,
		.off = ~0ULL,
	};
	((u32 *)(r->sq + r->params.sq_off.array))[0] = 0;
	atomic_store((_Atomic u32 *)(r->sq + r->params.sq_off.tail), 1);
	REQUIRE(syscall(SYS_io_uring_enter, r->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1);
}

static int ring_register(const struct ring *r, u64 page)
{
	const struct iovec there = { .iov_base = (void *)page, .iov_len = PAGE };

	return (int)syscall(SYS_io_uring_register, r->fd, IORING_REGISTER_BUFFERS, &there, 1);
}

/* The same with the page of a memory file. */
static void try_on_memory_file(void)
{
	struct ring ring;
	int memory, fds[2];
	u8 *page = memory_file_page(&memory);

	ring_open(&ring);
	REQUIRE(!pipe(fds) && write(fds[1], "\x5a", 1) == 1);
	if (ring_register(&ring, (u64)page))
		could_not_try("a memory file is refused, too: %s", strerror(errno));
	REQUIRE(!munmap(page, PAGE));
	ring_read(&ring, fds[0], (u64)page + 16);
	page = mmap(page, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, memory, 0);
	REQUIRE(page != MAP_FAILED);
	if (page[16] != 0x5a)
		could_not_try("the ring was told to write to a memory file, and did not");
	REQUIRE(!close(ring.fd));
}

void attack(void)
{
	struct ring ring;
	struct scene s;
	int fds[2];
	u64 at;

	try_on_memory_file();
	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	at = scene_at(&s, s.play) + 16;
	REQUIRE(probe_read(at).value != 0x5a);
	ring_open(&ring);
	REQUIRE(!pipe(fds) && write(fds[1], "\x5a", 1) == 1);

	ATTEMPT_UNRECORDED(ring_register(&ring, scene_at(&s, s.play)), EFAULT);
	scene_unmap(&s, s.play, 1);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	ring_read(&ring, fds[0], at);
	scene_map(&s, s.play, 1, PROT_READ);
	if (probe_read(at).value != 0x5a)
		could_not_try("the ring was told to write, and the byte is as it was");
	got_through("a ring wrote to a page after it was sealed");
}
