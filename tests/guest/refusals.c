// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18: what is remembered of refusals, and how it is read. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "watch.h"

static void refuse_once(struct scene *s)
{
	EXPECT_ERRNO(raw_protect(s, s->play, 1, PROT_READ | PROT_WRITE), EACCES);
}

static void scene_refusing(struct scene *s)
{
	scene_ready(s, 1, AVOW_R, AVOW_R);
	scene_map(s, s->play, 1, PROT_READ);
}

static void none(void)
{
	struct avow_refusals arg = { .nr = 1 };
	struct avow_refusal r = { 0 };
	struct scene s;

	scene_open(&s);
	arg.refusals = (u64)&r;
	REQUIRE_OK(ioctl(s.e.fd, AVOW_IOC_REFUSALS, &arg));
	EXPECT_EQ(arg.nr, 0);
	EXPECT_EQ(arg.lost, 0);
	EXPECT_EQ(arg.seq, 1);	/* the number that the first will have */
}

static void in_order(void)
{
	struct avow_refusal r[AVOW_REFUSALS_KEPT];
	struct scene s;
	u64 seq = 0, lost;
	int i, nr;

	scene_refusing(&s);
	for (i = 0; i < 5; i++)
		refuse_once(&s);
	nr = avow_read_refusals(s.e.fd, &seq, r, AVOW_REFUSALS_KEPT, &lost);
	EXPECT_EQ(nr, 5);
	EXPECT_EQ(seq, 6);
	EXPECT_EQ(lost, 0);
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(r[i].seq, i + 1);
		EXPECT_EQ(r[i].rule, 802);
		EXPECT(!i || r[i].time >= r[i - 1].time);
	}
}

/* In portions, each from where the last one ended. */
static void by_portions(void)
{
	struct avow_refusal r[2];
	struct scene s;
	u64 seq = 2, lost;
	int i;

	scene_refusing(&s);
	for (i = 0; i < 4; i++)
		refuse_once(&s);
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 2, &lost), 2);
	EXPECT_EQ(r[0].seq, 2);
	EXPECT_EQ(r[1].seq, 3);
	EXPECT_EQ(seq, 4);
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 2, &lost), 1);
	EXPECT_EQ(r[0].seq, 4);
	EXPECT_EQ(seq, 5);
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 2, &lost), 0);
	EXPECT_EQ(seq, 5);
	EXPECT_EQ(lost, 0);
	/* Reading takes nothing away. */
	seq = 0;
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 1, &lost), 1);
	EXPECT_EQ(r[0].seq, 1);
}

static void overflow(void)
{
	enum { MANY = AVOW_REFUSALS_KEPT + 10 };
	struct avow_refusal r[AVOW_REFUSALS_KEPT + 1];
	struct scene s;
	u64 seq = 1, lost;
	int i, nr;

	scene_refusing(&s);
	for (i = 0; i < AVOW_REFUSALS_KEPT; i++)
		refuse_once(&s);
	nr = avow_read_refusals(s.e.fd, &seq, r, AVOW_REFUSALS_KEPT + 1, &lost);
	EXPECT_EQ(nr, AVOW_REFUSALS_KEPT);
	EXPECT_EQ(lost, 0);
	for (; i < MANY; i++)
		refuse_once(&s);
	seq = 1;
	nr = avow_read_refusals(s.e.fd, &seq, r, AVOW_REFUSALS_KEPT + 1, &lost);
	EXPECT_EQ(nr, AVOW_REFUSALS_KEPT);
	EXPECT_EQ(lost, 10);
	EXPECT_EQ(seq, MANY + 1);
	for (i = 0; i < nr; i++)
		EXPECT_EQ(r[i].seq, 11 + i);
	/* From a number that is still kept on nothing is lost; 0 counts all that ever was. */
	seq = 11;
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 1, &lost), 1);
	EXPECT_EQ(lost, 0);
	seq = 0;
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 1, &lost), 1);
	EXPECT_EQ(r[0].seq, 11);
	EXPECT_EQ(lost, 10);
	seq = 4;
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, 1, &lost), 1);
	EXPECT_EQ(r[0].seq, 11);
	EXPECT_EQ(lost, 7);
}

/* A number that is still to come. */
static void from_the_future(void)
{
	struct avow_refusal r;
	struct scene s;
	u64 seq = 100, lost = 5;

	scene_refusing(&s);
	refuse_once(&s);
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, &r, 1, &lost), 0);
	EXPECT_EQ(lost, 0);
}

static void per_enclave(void)
{
	struct scene a, b;

	scene_refusing(&a);
	scene_refusing(&b);
	refuse_once(&a);
	refuse_once(&a);
	EXPECT_EQ(refusal_next(a.e.fd), 3);
	EXPECT_EQ(refusal_next(b.e.fd), 1);
}

static void arguments(void)
{
	struct avow_refusals arg = { .nr = 0 };
	struct avow_refusal r = { 0 };
	struct scene s;

	scene_refusing(&s);
	refuse_once(&s);
	arg.refusals = (u64)&r;
	REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_REFUSALS, &arg), EINVAL);
	arg.nr = 1;
	arg.reserved = 1;
	REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_REFUSALS, &arg), EINVAL);
	arg.reserved = 0;
	arg.refusals = 8;
	REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_REFUSALS, &arg), EFAULT);
	arg.refusals = (u64)&r;
	EXPECT_OK(ioctl(s.e.fd, AVOW_IOC_REFUSALS, &arg));
}

/* The file of the declaration is named, after it has been deleted. */
static void source_file_named(void)
{
	struct avow_refusal r;
	struct avow_source source;
	struct scene s;
	struct stat st;
	char path[64], *told;
	int fd = source_file("/tmp", 1, path);
	void *at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	REQUIRE(at != MAP_FAILED && !fstat(fd, &st));
	scene_create(&s, 16);
	REQUIRE_OK(raw_add(&s, at, 0, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	munmap(at, PAGE);
	close(fd);
	REQUIRE(!unlink(path));

	scene_map(&s, 0, 1, PROT_READ);
	EXPECT_ERRNO(raw_protect(&s, 0, 1, PROT_READ | PROT_EXEC), EACCES);
	REQUIRE(refusal_last(s.e.fd, &r));
	EXPECT_EQ(r.rule, 802);
	EXPECT_EQ(r.requested, AVOW_R | AVOW_X);
	EXPECT_EQ(r.declared, AVOW_R);
	EXPECT_EQ(r.source_class, AVOW_SRC_FILE_EXEC);
	REQUIRE(r.source != 0);
	REQUIRE_OK(avow_source_path(s.e.fd, r.source, &told, &source));
	EXPECT(!strcmp(told, path));
	EXPECT_EQ(source.dev, st.st_dev);
	EXPECT_EQ(source.ino, st.st_ino);
	EXPECT_EQ(source.source_class, AVOW_SRC_FILE_EXEC);
	EXPECT_EQ(scene_run(&s, 0).source, r.source);
}

struct victim {
	struct scene *s;
	u32 tid;
};

static void *thread_refused(void *arg)
{
	struct victim *v = arg;

	v->tid = (u32)syscall(SYS_gettid);
	prctl(PR_SET_NAME, "a-thread");
	refuse_once(v->s);
	return NULL;
}

/* Which thread it was. */
static void who(void)
{
	struct victim v;
	struct avow_refusal r;
	struct scene s;
	pthread_t thread;

	scene_refusing(&s);
	v.s = &s;
	REQUIRE(!pthread_create(&thread, NULL, thread_refused, &v));
	pthread_join(thread, NULL);
	REQUIRE(refusal_last(s.e.fd, &r));
	EXPECT_EQ(r.pid, v.tid);
	EXPECT_EQ(r.tgid, (u64)getpid());
	EXPECT(!strcmp(r.comm, "a-thread"));
}

static void *many_refused(void *arg)
{
	struct scene *s = arg;
	int i;

	for (i = 0; i < 200; i++)
		mprotect((void *)scene_at(s, s->play), PAGE, PROT_READ | PROT_WRITE);
	return NULL;
}

static void *many_faults(void *arg)
{
	struct scene *s = arg;
	int i;

	for (i = 0; i < 200; i++)
		if (probe_write(scene_at(s, s->play + PAGE), 1).signo != SIGSEGV)
			FAIL("a write succeeded");
	return NULL;
}

/* Counted once each, also when two threads are refused at the same time. */
static void counted(void)
{
	struct avow_refusal r[AVOW_REFUSALS_KEPT];
	pthread_t a, b;
	struct scene s;
	u64 seq = 1, lost;
	int i;

	scene_image(&s, 2);
	scene_add(&s, s.play, 1, AVOW_R);
	scene_add_intent(&s, s.play + PAGE, 1, AVOW_R, AVOW_R | AVOW_W);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ);
	scene_map(&s, s.play + PAGE, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!pthread_create(&a, NULL, many_refused, &s));
	REQUIRE(!pthread_create(&b, NULL, many_faults, &s));
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	EXPECT_EQ(refusal_next(s.e.fd), 401);
	EXPECT_EQ(avow_read_refusals(s.e.fd, &seq, r, AVOW_REFUSALS_KEPT, &lost), AVOW_REFUSALS_KEPT);
	EXPECT_EQ(lost, 400 - AVOW_REFUSALS_KEPT);
	for (i = 1; i < AVOW_REFUSALS_KEPT; i++)
		EXPECT_EQ(r[i].seq, r[i - 1].seq + 1);
}

TESTS(
	{ "R18.2 no refusal yet", none, BOTH },
	{ "R18.1 R18.2 refusals in order", in_order, BOTH },
	{ "R18.2 read in portions", by_portions, BOTH },
	{ "R18.2 the last 64 are kept, and the others counted", overflow, BOTH },
	{ "R18.2 asked for what is still to come", from_the_future, BOTH },
	{ "R18.2 each enclave has its own", per_enclave, BOTH },
	{ "R29.1 R29.4 R20.3 bad arguments", arguments, BOTH },
	{ "R18.1 the file of the declaration is told, though it is deleted", source_file_named, BOTH },
	{ "R18.1 the thread is told", who, BOTH },
	{ "R18.1 counted once each by threads at the same time", counted, BOTH },
)
