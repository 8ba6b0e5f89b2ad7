// SPDX-License-Identifier: LGPL-2.1-or-later
/* R2.1, R2.2, R2.5: intent goes down and never up. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "watch.h"

#define PRESENT		(AVOW_RUN_PRESENT | AVOW_RUN_MEASURED | AVOW_RUN_EXPLICIT)
#define LOWERED		(PRESENT | AVOW_RUN_LOWERED)

/* From each intent to each other: allowed if and only if it is a subset. */
static void subsets_only(void)
{
	struct scene s;
	u32 from, to;

	scene_create(&s, 64);
	for (from = 0; from <= AVOW_RWX; from++) {
		if ((from & AVOW_W) && !(from & AVOW_R))
			continue;
		for (to = 0; to <= AVOW_RWX; to++) {
			u64 at = (from * 8 + to) * PAGE;

			if ((to & AVOW_W) && !(to & AVOW_R))
				continue;
			scene_add_intent(&s, at, 1, AVOW_R, from);
			if (to & ~from) {
				REFUSED(&s, avow_lower_range(s.e.fd, at, PAGE, to), EACCES, .rule = 201,
					.op = AVOW_OP_LOWER_INTENT, .start = at, .end = at + PAGE,
					.requested = to, .declared = from, .source_class = AVOW_SRC_ANON);
			} else {
				REQUIRE_OK(avow_lower_range(s.e.fd, at, PAGE, to));
				EXPECT_SLOT(&s, at, to, AVOW_R, to == from ? scene_run(&s, at).state : LOWERED);
			}
		}
	}
	scene_init(&s);
}

/* One page that lacks the right refuses the whole range. */
static void whole_range(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add_intent(&s, 0, 2, AVOW_R, AVOW_RWX);
	scene_add_intent(&s, 2 * PAGE, 1, AVOW_R, AVOW_R | AVOW_X);
	scene_add_intent(&s, 3 * PAGE, 1, AVOW_R, AVOW_RWX);
	REFUSED(&s, avow_lower_range(s.e.fd, 0, 4 * PAGE, AVOW_R | AVOW_W), EACCES, .rule = 201,
		.op = AVOW_OP_LOWER_INTENT, .start = 2 * PAGE, .end = 3 * PAGE,
		.requested = AVOW_R | AVOW_W, .declared = AVOW_R | AVOW_X,
		.source_class = AVOW_SRC_ANON);
	EXPECT_SLOT(&s, 0, AVOW_RWX, AVOW_R, PRESENT);
	EXPECT_SLOT(&s, 3 * PAGE, AVOW_RWX, AVOW_R, PRESENT);
	scene_init(&s);
}

static void twice(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_RWX, AVOW_RWX);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_X));
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	EXPECT_SLOT(&s, s.play, AVOW_R, AVOW_RWX, LOWERED);
	REFUSED(&s, avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R | AVOW_X), EACCES, .rule = 201,
		.op = AVOW_OP_LOWER_INTENT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	scene_unmap(&s, s.play, 1);
	EXPECT_ERRNO(raw_map(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);
}

static void count_is_told(void)
{
	struct avow_lower_intent arg = { .length = 3 * PAGE, .intent = AVOW_R };
	struct scene s;

	scene_create(&s, 16);
	scene_add_intent(&s, 0, 1, AVOW_R, AVOW_RWX);
	scene_add_intent(&s, PAGE, 2, AVOW_R, AVOW_R | AVOW_W);
	REQUIRE_OK(ioctl(s.e.fd, AVOW_IOC_LOWER_INTENT, &arg));
	EXPECT_EQ(arg.count, 3 * PAGE);
	EXPECT_SLOT(&s, 2 * PAGE, AVOW_R, AVOW_R, LOWERED);
}

/* What was mapped before stays mapped, and no access through it succeeds. */
static void wider_mapping_is_dead(void)
{
	struct scene s;
	u64 at;

	scene_ready(&s, 2, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	at = scene_at(&s, s.play);
	scene_map(&s, s.play, 2, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(at, 7).signo, 0);
	EXPECT_EQ(probe_write(at + PAGE, 7).signo, 0);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));

	REFUSED_ACCESS(&s, probe_write(at, 8), SIGBUS, .rule = 1001, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_W,
		       .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	REFUSED_ACCESS(&s, probe_read(at), SIGBUS, .rule = 1001, .op = AVOW_OP_FAULT,
		       .start = s.play, .end = s.play + PAGE, .requested = AVOW_R,
		       .declared = AVOW_R, .source_class = AVOW_SRC_ANON);
	EXPECT_EQ(probe_write(at + PAGE, 9).signo, 0);	/* the neighbour is not concerned */

	/* A mapping within the new intent reaches the page, which was not written since. */
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ));
	EXPECT_EQ(probe_read(at).value, 7);
}

static void lowered_to_nothing(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R, AVOW_R);
	scene_map(&s, s.play, 1, PROT_READ);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).signo, 0);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, 0));
	EXPECT_SLOT(&s, s.play, 0, AVOW_R, LOWERED);
	EXPECT_EQ(probe_read(scene_at(&s, s.play)).signo, SIGBUS);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE, .requested = AVOW_R,
		.source_class = AVOW_SRC_ANON);
}

static void in_another_process(void *arg)
{
	struct scene *s = arg;

	EXPECT_EQ(probe_read(scene_at(s, s->play)).signo, 0);
	REQUIRE_OK(avow_lower_range(s->e.fd, s->play, PAGE, AVOW_R));
}

struct writer {
	u64 at;
	volatile u64 writes;
	volatile bool refused;
};

/* Writes until it may not any more. */
static void *write_on(void *arg)
{
	struct writer *w = arg;

	while (!w->refused) {
		w->refused = probe_write(w->at, (u8)w->writes).signo == SIGBUS;
		w->writes++;
	}
	return NULL;
}

static u8 debug_read(u64 addr)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	u8 byte = 0;

	REQUIRE(fd >= 0 && pread(fd, &byte, 1, (off_t)addr) == 1);
	close(fd);
	return byte;
}

/* R10.3: a thread that writes all the time; when the call is back, no write lands any more. */
static void while_written(void)
{
	struct scene s;
	int round;

	scene_image(&s, 64);
	scene_add(&s, s.play, 64, AVOW_R | AVOW_W);
	scene_init(&s);
	scene_map(&s, s.play, 64, PROT_READ | PROT_WRITE);
	for (round = 0; round < 64; round++) {
		struct writer w = { .at = scene_at(&s, s.play + (u64)round * PAGE) };
		pthread_t thread;
		u8 before;

		REQUIRE(!pthread_create(&thread, NULL, write_on, &w));
		while (w.writes < 20)
			sched_yield();
		REQUIRE_OK(avow_lower_range(s.e.fd, s.play + (u64)round * PAGE, PAGE, AVOW_R));
		before = debug_read(w.at);
		pthread_join(thread, NULL);
		EXPECT_EQ(debug_read(w.at), before);
	}
}

/* R10.3: entries go in every address space. */
static void seen_by_parent(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 1).signo, 0);
	in_child(in_another_process, &s);
	EXPECT_EQ(probe_write(scene_at(&s, s.play), 2).signo, SIGBUS);
}

static void hole(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add_intent(&s, 0, 2, AVOW_R, AVOW_RWX);
	REFUSED(&s, avow_lower_range(s.e.fd, 0, 4 * PAGE, AVOW_R), EFAULT, .rule = 205,
		.op = AVOW_OP_LOWER_INTENT, .start = 2 * PAGE, .end = 4 * PAGE, .requested = AVOW_R);
	EXPECT_SLOT(&s, 0, AVOW_RWX, AVOW_R, PRESENT);
	scene_init(&s);
}

static void write_without_read(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add_intent(&s, 0, 2, AVOW_R, AVOW_RWX);
	REFUSED(&s, avow_lower_range(s.e.fd, 0, PAGE, AVOW_W), EINVAL, .rule = 205,
		.op = AVOW_OP_LOWER_INTENT, .end = PAGE, .requested = AVOW_W);
	REFUSED(&s, avow_lower_range(s.e.fd, 0, PAGE, AVOW_W | AVOW_X), EINVAL, .rule = 205,
		.op = AVOW_OP_LOWER_INTENT, .end = PAGE, .requested = AVOW_W | AVOW_X);
	REFUSED(&s, avow_lower_range(s.e.fd, 0, PAGE, 8), EINVAL, .rule = 205,
		.op = AVOW_OP_LOWER_INTENT, .end = PAGE);
	scene_init(&s);
}

/* The EPCM is left alone: what the enclave may do is V and E and I. */
static void epcm_untouched(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_RWX);
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play, PAGE, AVOW_R));
	EXPECT_EQ(scene_run(&s, s.play).epcm, AVOW_R | AVOW_W);
}

TESTS(
	{ "R2.1 an intent is lowered to its subsets only", subsets_only, BOTH },
	{ "R2.1 one page that lacks the right refuses the range", whole_range, BOTH },
	{ "R2.1 lowered twice, and for good", twice, BOTH },
	{ "R2.1 count tells what was done", count_is_told, BOTH },
	{ "R2.2 a wider mapping that was made before gives SIGBUS", wider_mapping_is_dead, BOTH },
	{ "R2.2 lowered to nothing", lowered_to_nothing, BOTH },
	{ "R2.2 R10.3 lowered by a child, seen by the parent", seen_by_parent, BOTH },
	{ "R10.3 R2.2 no write lands after the intent was lowered", while_written, BOTH },
	{ "R2.5 a hole in the range", hole, BOTH },
	{ "R2.5 a new intent with W and without R", write_without_read, BOTH },
	{ "R2.1 lowering leaves the EPCM alone", epcm_untouched, BOTH },
)
