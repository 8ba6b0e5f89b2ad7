// SPDX-License-Identifier: LGPL-2.1-or-later
/* R30 to R33, R35 by many threads at once: on TCSs of their own, on one, and from CPU to CPU. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "inside.h"
#include "watch.h"

#define ENTRIES	20000

struct worker {
	pthread_t thread;
	struct scene *s;
	u64 tcs;		/* offset */
	u64 page;		/* its own data page, an address */
	u64 entered, refused;
};

static void start(struct worker *w, void *(*run)(void *))
{
	REQUIRE(!pthread_create(&w->thread, NULL, run, w));
}

/* Each entry does something that the next one can see, in a page of the thread's own. */
static void *count_own(void *arg)
{
	struct worker *w = arg;
	u64 n;

	for (n = 0; n < ENTRIES && !test_failed(); n++) {
		struct op op = { .id = n % 2 ? OP_WRITE64 : OP_READ64, .addr = w->page, .value = n };

		EXPECT_INSIDE_OK(enter(w->s, w->tcs, &op));
		if (!(n % 2) && n)
			EXPECT_EQ(op.value, n - 1);
		w->entered++;
	}
	return NULL;
}

static void scene_threads(struct scene *s)
{
	scene_image(s, 4);
	scene_add(s, s->play, 2, AVOW_R | AVOW_W);
	scene_init(s);
	scene_map(s, s->play, 2, PROT_READ | PROT_WRITE);
}

static void two_tcs(void)
{
	struct worker w[2] = { 0 };
	struct scene s;
	int i;

	scene_threads(&s);
	for (i = 0; i < 2; i++) {
		w[i].s = &s;
		w[i].tcs = i ? 2 * PAGE : 0;
		w[i].page = scene_at(&s, s.play + (u64)i * PAGE);
		start(&w[i], count_own);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(w[i].thread, NULL);
		EXPECT_EQ(w[i].entered, ENTRIES);
	}
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* The enclave counts without a lock, so nobody may be inside at the same time. */
static void *count_shared(void *arg)
{
	struct worker *w = arg;
	u64 n;

	for (n = 0; n < 4000; n++) {
		struct op op = { .id = OP_COUNT };
		struct exit x = enter(w->s, w->tcs, &op);

		if (x.leaf == ENCLU_EEXIT)
			w->entered++;
		else if (x.leaf == ENCLU_EENTER && x.vector == VECTOR_GP)
			w->refused++;
		else
			FAIL("leaf %u, vector %d", x.leaf, x.vector);
	}
	return NULL;
}

static void one_tcs(void)
{
	struct worker w[2] = { 0 };
	struct op op = { .id = OP_COUNT };
	struct scene s;
	int i;

	scene_threads(&s);
	for (i = 0; i < 2; i++) {
		w[i].s = &s;
		start(&w[i], count_shared);
	}
	for (i = 0; i < 2; i++)
		pthread_join(w[i].thread, NULL);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.value, w[0].entered + w[1].entered + 1);
	printf("# %llu entered, %llu refused\n", (unsigned long long)(op.value - 1),
	       (unsigned long long)(w[0].refused + w[1].refused));
}

/* A frame that waits in a TCS: of two that resume it at once one does at most. */
static void *resume_shared(void *arg)
{
	struct worker *w = arg;
	int n;

	for (n = 0; n < 50000 && w->entered < 200; n++) {
		struct exit x = resume(w->s, 0);

		/* The cause is still there: #UD again, or the other one is inside. */
		if (x.leaf == ENCLU_ERESUME && x.vector == VECTOR_UD)
			w->entered++;
		else if (x.leaf == ENCLU_ERESUME && x.vector == VECTOR_GP)
			w->refused++;
		else
			FAIL("leaf %u, vector %d", x.leaf, x.vector);
	}
	return NULL;
}

static void one_frame(void)
{
	struct worker w[2] = { 0 };
	struct op op = { .id = OP_UD }, state = { .id = OP_STATE };
	struct scene s;
	int i;

	scene_threads(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	for (i = 0; i < 2; i++) {
		w[i].s = &s;
		start(&w[i], resume_shared);
	}
	for (i = 0; i < 2; i++) {
		pthread_join(w[i].thread, NULL);
		EXPECT_EQ(w[i].entered, 200);
	}
	EXPECT_INSIDE_OK(enter(&s, 0, &state));
	EXPECT_EQ(state.state[ST_RAX], 1);
	unwind(&s, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* ---- migration ---- */

static void to_cpu(pthread_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	REQUIRE(!pthread_setaffinity_np(thread, sizeof(set), &set));
}

static volatile bool done;

static void *check_registers(void *arg)
{
	struct worker *w = arg;
	u64 ordinary = (u64)source_anon(1, PROT_READ);
	int i, j;

	while (!done && !test_failed()) {
		struct op op = { .id = OP_STORM, .addr = ordinary, .value = 2000 };

		for (i = 0; i < 16; i++)
			for (j = 0; j < 16; j++)
				op.xmm[i][j] = (u8)(w->entered + (u64)(i * 16 + j));
		EXPECT_INSIDE_OK(enter(w->s, w->tcs, &op));
		EXPECT_EQ(op.value, 0);
		w->entered++;
	}
	return NULL;
}

static void needs_two_cpus(void)
{
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		test_skip("one processor only");
}

static void migrated(void)
{
	struct worker w[2] = { 0 };
	struct scene s;
	int i;

	needs_two_cpus();
	scene_threads(&s);
	for (i = 0; i < 2; i++) {
		w[i].s = &s;
		w[i].tcs = i ? 2 * PAGE : 0;
		start(&w[i], check_registers);
	}
	for (i = 0; i < 600; i++) {
		to_cpu(w[0].thread, i % 2);
		to_cpu(w[1].thread, i / 2 % 2);
		usleep(5000);
	}
	done = true;
	for (i = 0; i < 2; i++) {
		pthread_join(w[i].thread, NULL);
		EXPECT(w[i].entered > 0);
	}
}

static void set_online(bool on)
{
	int fd = open("/sys/devices/system/cpu/cpu1/online", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0);
	REQUIRE(write(fd, on ? "1" : "0", 1) == 1);
	close(fd);
}

/* The CPU goes away under a thread that is inside, and comes back. */
static void unplugged(void)
{
	struct worker w = { 0 };
	struct scene s;
	int i;

	needs_two_cpus();
	scene_threads(&s);
	w.s = &s;
	start(&w, check_registers);
	for (i = 0; i < 4; i++) {
		cpu_set_t all;

		to_cpu(w.thread, 1);
		usleep(50000);
		CPU_ZERO(&all);
		CPU_SET(0, &all);
		CPU_SET(1, &all);
		REQUIRE(!pthread_setaffinity_np(w.thread, sizeof(all), &all));
		set_online(false);
		usleep(50000);
		set_online(true);
	}
	done = true;
	pthread_join(w.thread, NULL);
	EXPECT(w.entered > 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

TESTS(
	{ "R30 R31 two threads enter twenty thousand times each", two_tcs, ONCE },
	{ "R30 one TCS raced for", one_tcs, BOTH },
	{ "R33 one frame raced for", one_frame, BOTH },
	{ "R32 R35 from CPU to CPU while inside", migrated, ONCE },
	{ "R35 a CPU goes away", unplugged, ONCE },
)
