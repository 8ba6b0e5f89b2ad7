// SPDX-License-Identifier: LGPL-2.1-or-later
/* R16: other processes that have the enclave, by fork or by its descriptor. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "inside.h"
#include "watch.h"

struct pair {
	struct scene s;
	struct turn go, done;
	int socket[2];
};

static void pair_init(struct pair *p, u32 rwx, u32 intent)
{
	scene_ready(&p->s, 2, rwx, intent);
	turn_init(&p->go);
	turn_init(&p->done);
}

static void child_reads(void *arg)
{
	struct pair *p = arg;
	u64 at = scene_at(&p->s, p->s.play);

	EXPECT_EQ(probe_read(at).value, 0x31);
	EXPECT_EQ(probe_write(at, 0x32).signo, 0);
	EXPECT_ERRNO(raw_protect(&p->s, p->s.play, 1, PROT_READ | PROT_EXEC), EACCES);
	EXPECT_INSIDE_OK(inside_nothing(&p->s));
}

/* The child's mappings are the parent's, with the same pages and the same bound. */
static void inherited(void)
{
	struct pair p;
	u64 at;

	pair_init(&p, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&p.s, p.s.play);
	scene_map(&p.s, p.s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 0x31).signo, 0);
	in_child(child_reads, &p);
	EXPECT_EQ(probe_read(at).value, 0x32);
}

static void child_sees_lowered(void *arg)
{
	struct pair *p = arg;
	u64 at = scene_at(&p->s, p->s.play);

	EXPECT_EQ(probe_write(at, 1).signo, 0);
	turn_give(&p->done);
	turn_wait(&p->go);
	EXPECT_EQ(probe_write(at, 2).signo, SIGBUS);
	EXPECT_ERRNO(raw_protect(&p->s, p->s.play, 1, PROT_READ | PROT_WRITE), EACCES);
	EXPECT_OK(raw_protect(&p->s, p->s.play, 1, PROT_READ));
	EXPECT_EQ(probe_read(at).value, 1);
}

static void lowered_by_parent(void)
{
	struct pair p;
	pid_t pid;

	pair_init(&p, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&p.s, p.s.play, 1, PROT_READ | PROT_WRITE);
	pid = fork_child(child_sees_lowered, &p);
	turn_wait(&p.done);
	REQUIRE_OK(avow_lower_range(p.s.e.fd, p.s.play, PAGE, AVOW_R));
	turn_give(&p.go);
	expect_child(pid);
}

static void child_sees_restricted(void *arg)
{
	struct pair *p = arg;
	u64 at = scene_at(&p->s, p->s.play);

	EXPECT_EQ(probe_write(at, 1).signo, 0);
	turn_give(&p->done);
	turn_wait(&p->go);
	EXPECT_EQ(probe_write(at, 2).signo, SIGSEGV);
	EXPECT_EQ(probe_read(at).value, 1);
}

static void restricted_by_parent(void)
{
	struct pair p;
	pid_t pid;

	pair_init(&p, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&p.s, p.s.play, 1, PROT_READ | PROT_WRITE);
	pid = fork_child(child_sees_restricted, &p);
	turn_wait(&p.done);
	REQUIRE_OK(raw_restrict(&p.s, p.s.play, 1, AVOW_R));
	turn_give(&p.go);
	expect_child(pid);
}

struct forker {
	struct scene *s;
	volatile bool stop, lowered, ended;
	volatile unsigned int forks, wrong;
};

/*
 * Forks all the time. A child that is born after the intent was lowered, and one that
 * is born while it is, may not write when it has been told so.
 */
static void *fork_on(void *arg)
{
	struct forker *f = arg;

	while (!f->stop) {
		pid_t pid = fork();
		int status;

		if (!pid) {
			bool may_not = f->lowered;
			bool refused = probe_write(scene_at(f->s, f->s->play), 1).signo != 0;

			_exit(may_not && !refused ? EXIT_FAILURE : EXIT_SUCCESS);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			break;
		f->forks++;
		f->wrong += status != 0;
	}
	f->ended = true;
	return NULL;
}

/* Until there were so many forks. */
static void forks_wait(const struct forker *f, unsigned int forks)
{
	while (f->forks < forks && !f->ended)
		sched_yield();
	REQUIRE(!f->ended);
}

static void lowered_while_forking(void)
{
	int round;

	for (round = 0; round < 12; round++) {
		struct scene s;
		struct forker f = { .s = &s };
		pthread_t thread;

		scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
		scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
		EXPECT_EQ(probe_write(scene_at(&s, s.play), 1).signo, 0);
		REQUIRE(!pthread_create(&thread, NULL, fork_on, &f));
		forks_wait(&f, 3);
		REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
		f.lowered = true;
		forks_wait(&f, f.forks + 5);
		f.stop = true;
		pthread_join(thread, NULL);
		EXPECT_EQ(f.wrong, 0);
		scene_close(&s);
	}
}

static void child_maps(void *arg)
{
	struct pair *p = arg;

	scene_map(&p->s, p->s.play, 1, PROT_READ | PROT_WRITE);
	scene_map(&p->s, p->s.play + PAGE, 1, PROT_READ | PROT_EXEC);
}

/* What the child mapped is in the page's history after the child is gone. */
static void history_of_child(void)
{
	struct pair p;
	struct scene *s = &p.s;

	pair_init(&p, AVOW_RWX, AVOW_RWX);
	EXPECT_EQ(scene_run(s, s->play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), 0);
	in_child(child_maps, &p);
	EXPECT_EQ(scene_run(s, s->play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), AVOW_RUN_EVER_W);
	EXPECT_EQ(scene_run(s, s->play + PAGE).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X),
		  AVOW_RUN_EVER_X);
}

static void history_survives_munmap(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	scene_unmap(&s, s.play, 1);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_EQ(scene_run(&s, s.play).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X),
		  AVOW_RUN_EVER_W | AVOW_RUN_EVER_X);
}

static int fd_send(int socket, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec io = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(socket, &msg, 0) == 1 ? 0 : -1;
}

static int fd_receive(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec io = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &io,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	REQUIRE(recvmsg(socket, &msg, 0) == 1 && CMSG_FIRSTHDR(&msg));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
	return fd;
}

/* A process that knows the enclave by a descriptor that it was sent, and by nothing else. */
static void receiver(void *arg)
{
	struct pair *p = arg;
	struct scene s = { 0 };
	struct avow_info info;

	s.e.fd = fd_receive(p->socket[1]);
	REQUIRE_OK(avow_get_info(s.e.fd, &info));
	s.e.base = info.base;
	s.e.size = info.size;
	s.play = p->s.play;
	EXPECT_ERRNO(raw_map(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);
	REQUIRE_OK(raw_map(&s, s.play, 1, PROT_READ | PROT_WRITE));
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).value, source_byte(0, 0));
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 0x51).signo, 0);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 0x52).signo, SIGBUS);
}

static void second_descriptor(void)
{
	struct pair p;
	struct scene *s = &p.s;
	pid_t pid;
	u64 at;

	/* The child is older than the enclave, so that it inherits nothing of it. */
	memset(&p, 0, sizeof(p));
	REQUIRE(!socketpair(AF_UNIX, SOCK_STREAM, 0, p.socket));
	scene_image(s, 1);
	p.s.play = s->play;
	scene_close(s);
	pid = fork_child(receiver, &p);
	scene_ready(s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(s, s->play);
	REQUIRE_OK(fd_send(p.socket[0], s->e.fd));
	expect_child(pid);

	/* History, intent and bytes are what the other made of them. */
	EXPECT_EQ(scene_run(s, s->play).state & (AVOW_RUN_EVER_W | AVOW_RUN_LOWERED),
		  AVOW_RUN_EVER_W | AVOW_RUN_LOWERED);
	scene_map(s, s->play, 1, PROT_READ);
	EXPECT_EQ(probe_read(at).value, 0x51);
	REFUSED(s, raw_protect(s, s->play, 1, PROT_READ | PROT_WRITE), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s->play, .end = s->play + PAGE,
		.requested = AVOW_R | AVOW_W, .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
}

static void child_uses(void *arg)
{
	struct pair *p = arg;

	turn_wait(&p->go);
	EXPECT_EQ(probe_read(scene_at(&p->s, p->s.play)).signo, 0);
	EXPECT_INSIDE_OK(inside_nothing(&p->s));
}

/* The enclave lives on in the child when the parent has closed and unmapped it. */
static void outlives_parent(void)
{
	struct pair p;
	pid_t pid;

	pair_init(&p, AVOW_R, AVOW_R);
	scene_map(&p.s, p.s.play, 1, PROT_READ);
	pid = fork_child(child_uses, &p);
	avow_enclave_close(&p.s.e);
	turn_give(&p.go);
	expect_child(pid);
}

TESTS(
	{ "R16.1 mappings are inherited under the same intents", inherited, BOTH },
	{ "R16.1 R2.2 lowered by the parent, seen by the child", lowered_by_parent, BOTH },
	{ "R16.1 R10.3 restricted by the parent, seen by the child", restricted_by_parent, BOTH },
	{ "R16.1 R10.3 lowered while another thread forks", lowered_while_forking, BOTH },
	{ "R16.2 what a child mapped is in the history", history_of_child, BOTH },
	{ "R16.2 history survives munmap", history_survives_munmap, BOTH },
	{ "R16.2 R16.1 a descriptor that was passed on", second_descriptor, BOTH },
	{ "R16.1 the enclave lives as long as somebody has it", outlives_parent, BOTH },
)
