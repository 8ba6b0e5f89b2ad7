// SPDX-License-Identifier: LGPL-2.1-or-later
/* R40.2, R40.3: all that can use the module besides an open file (life.c has the others). */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "inside.h"
#include "module.h"
#include "remains.h"
#include "watch.h"

static void gone_now(void)
{
	REQUIRE_OK(module_unload());
	remains_none();
	REQUIRE_OK(module_load(""));
}

static void provision(void)
{
	int fd = open("/dev/sgx_provision", O_RDONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	close(fd);
	gone_now();
}

static void wait_for_kill(void *arg)
{
	turn_give(arg);
	for (;;)
		pause();
}

/* What a child inherited keeps the module, whatever became of the parent's. */
static void child(void)
{
	struct turn ready;
	struct scene s;
	int status;
	pid_t pid;

	turn_init(&ready);
	scene_image(&s, 1);
	scene_init(&s);
	pid = fork_child(wait_for_kill, &ready);
	turn_wait(&ready);
	scene_close(&s);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	gone_now();
}

static void send_descriptor(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .header = {
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(sizeof(int)),
	} };
	struct iovec data = { .iov_base = "", .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	REQUIRE(sendmsg(socket, &message, 0) == 1);
}

static void in_flight(void)
{
	struct scene s;
	int ends[2];

	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends));
	scene_ready(&s, 1, AVOW_R, AVOW_R);
	send_descriptor(ends[0], s.e.fd);
	scene_close(&s);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	close(ends[0]);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	close(ends[1]);
	gone_now();
}

/*
 * A page that is missing until release() gives it: whoever reads it, the kernel too,
 * sleeps.
 */
struct missing {
	int fd;
	u64 at;
};

static void missing_make(struct missing *m, u64 at)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range = { .start = at, .len = PAGE }, .mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	m->at = at;
	REQUIRE(!madvise((void *)at, PAGE, MADV_DONTNEED));
	m->fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	REQUIRE(m->fd >= 0);
	REQUIRE(!ioctl(m->fd, UFFDIO_API, &api));
	REQUIRE(!ioctl(m->fd, UFFDIO_REGISTER, &range));
}

/* Until somebody sleeps on it. */
static void missing_wait(const struct missing *m)
{
	struct uffd_msg message;

	REQUIRE(read(m->fd, &message, sizeof(message)) == sizeof(message));
	EXPECT_EQ(message.event, UFFD_EVENT_PAGEFAULT);
	EXPECT_EQ(message.arg.pagefault.address & ~(PAGE - 1), m->at);
}

static void missing_release(struct missing *m)
{
	struct uffdio_zeropage zero = { .range = { .start = m->at, .len = PAGE } };

	REQUIRE(!ioctl(m->fd, UFFDIO_ZEROPAGE, &zero));
	close(m->fd);
}

struct asking {
	struct scene s;
	struct missing answer;
	int ret;
};

static void *ask(void *arg)
{
	struct asking *a = arg;

	a->ret = avow_get_info(a->s.e.fd, (struct avow_info *)a->answer.at);
	return NULL;
}

/* The descriptor is closed under the feet of an ioctl that sleeps. */
static void ioctl_asleep(void)
{
	struct asking a;
	pthread_t thread;

	scene_create(&a.s, 16);
	missing_make(&a.answer, (u64)source_anon(1, PROT_READ | PROT_WRITE));
	REQUIRE(!pthread_create(&thread, NULL, ask, &a));
	missing_wait(&a.answer);
	close(a.s.e.fd);
	EXPECT_ERRNO(module_unload(), EAGAIN);
	missing_release(&a.answer);
	REQUIRE(!pthread_join(thread, NULL));
	EXPECT_OK(a.ret);
	gone_now();
}

TESTS(
	{ "R40.2 not unloaded while /dev/sgx_provision is open", provision, ONCE },
	{ "R40.2 not unloaded while a child has what it inherited", child, BOTH },
	{ "R40.2 not unloaded while a descriptor is on its way", in_flight, BOTH },
	{ "R40.2 not unloaded while an ioctl sleeps", ioctl_asleep, BOTH },
)
