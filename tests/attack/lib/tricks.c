// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "tricks.h"

#define FAR_AWAY	((void *)0x200000000000)

u64 elsewhere(u64 pages)
{
	void *at = mmap(FAR_AWAY, pages * PAGE, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	REQUIRE(at == FAR_AWAY);
	REQUIRE(!munmap(at, pages * PAGE));
	return (u64)FAR_AWAY;
}

int map_file_at(struct scene *s, u64 at, u64 pages, int prot, int flags, u64 offset)
{
	void *got = mmap((void *)at, pages * PAGE, prot, flags | MAP_FIXED, s->e.fd,
			 (off_t)offset);

	return got == MAP_FAILED ? -1 : 0;
}

void attempt_fresh_code(struct scene *s, u64 offset)
{
	ATTEMPT_LEAF(inside_eaccept(s, offset, AUGMENTED));
	EXPECT_INSIDE_OK(inside_emodpe(s, offset, AVOW_RWX).exit);
	REQUIRE(!test_failed());
	attempt_write(s, scene_at(s, offset) + CODE_AT, 0xc3);
	attempt_exec(s, scene_at(s, offset) + CODE_AT);
}

void *memory_file_page(int *memory)
{
	void *page;

	*memory = memfd_create("memory", MFD_CLOEXEC);
	REQUIRE(*memory >= 0 && !ftruncate(*memory, PAGE));
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, *memory, 0);
	REQUIRE(page != MAP_FAILED);
	return page;
}

void scene_page_and_hole(struct scene *s)
{
	scene_image(s, 2);
	scene_add(s, s->play, 1, AVOW_R | AVOW_W);
	scene_init(s);
}

union rights {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

void flight_send(struct flight *f, int fd)
{
	union rights rights = { 0 };
	struct iovec one = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights),
	};

	REQUIRE(!socketpair(AF_UNIX, SOCK_DGRAM, 0, f->pair));
	rights.header.cmsg_level = SOL_SOCKET;
	rights.header.cmsg_type = SCM_RIGHTS;
	rights.header.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&rights.header), &fd, sizeof(fd));
	REQUIRE(sendmsg(f->pair[0], &message, 0) == 1);
}

int flight_receive(struct flight *f)
{
	union rights rights;
	char byte;
	struct iovec one = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &one,
		.msg_iovlen = 1,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights),
	};
	int fd;

	REQUIRE(recvmsg(f->pair[1], &message, 0) == 1);
	REQUIRE(message.msg_controllen == CMSG_LEN(sizeof(int)) ||
		message.msg_controllen == sizeof(rights));
	memcpy(&fd, CMSG_DATA(&rights.header), sizeof(fd));
	REQUIRE(fd >= 0);
	return fd;
}

void stall_new(struct stall *stall)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.len = PAGE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	stall->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(stall->page != MAP_FAILED);
	stall->uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	REQUIRE(stall->uffd >= 0);
	REQUIRE_OK(ioctl(stall->uffd, UFFDIO_API, &api));
	range.range.start = (u64)stall->page;
	REQUIRE_OK(ioctl(stall->uffd, UFFDIO_REGISTER, &range));
}

void stall_wait(const struct stall *stall)
{
	struct uffd_msg message;

	REQUIRE(read(stall->uffd, &message, sizeof(message)) == sizeof(message));
	REQUIRE(message.event == UFFD_EVENT_PAGEFAULT);
}

void stall_end(const struct stall *stall, const void *bytes, size_t size)
{
	static u8 page[PAGE] __attribute__((aligned(PAGE)));
	struct uffdio_copy copy = {
		.dst = (u64)stall->page,
		.src = (u64)page,
		.len = PAGE,
	};

	memcpy(page, bytes, size);
	REQUIRE_OK(ioctl(stall->uffd, UFFDIO_COPY, &copy));
}

static void *stalled_thread(void *arg)
{
	struct stalled_call *call = arg;

	call->ret = ioctl(call->fd, call->cmd, call->stall.page);
	return NULL;
}

void stalled_begin(struct stalled_call *call, int fd, unsigned long cmd)
{
	call->fd = fd;
	call->cmd = cmd;
	stall_new(&call->stall);
	REQUIRE(!pthread_create(&call->thread, NULL, stalled_thread, call));
	stall_wait(&call->stall);
}

void stalled_end(struct stalled_call *call, const void *argument, size_t size)
{
	stall_end(&call->stall, argument, size);
	REQUIRE(!pthread_join(call->thread, NULL));
	REQUIRE(!call->ret);
}

void attack_by_execve(struct scene *s)
{
	char state[128];

	snprintf(state, sizeof(state), "%d %llx %llx %llx", s->e.fd, (unsigned long long)s->e.base,
		 (unsigned long long)s->e.size, (unsigned long long)s->play);
	REQUIRE(!setenv(ATTACK_GOES_ON, state, 1));
	REQUIRE(!fcntl(s->e.fd, F_SETFD, 0));
	execv("/proc/self/exe", attack_arguments);
	could_not_try("execve: %s", strerror(errno));
}

bool attack_goes_on(struct scene *s)
{
	unsigned long long base, size, play;
	const char *state = getenv(ATTACK_GOES_ON);

	if (!state)
		return false;
	memset(s, 0, sizeof(*s));
	REQUIRE(sscanf(state, "%d %llx %llx %llx", &s->e.fd, &base, &size, &play) == 4);
	s->e.base = base;
	s->e.size = size;
	s->play = play;
	return true;
}
