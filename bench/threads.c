// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Several processes at once, each on a processor of its own, that fault, check and add in one
 * enclave or each in its own; beside the same in shared memory, and beside copying and hashing.
 *
 * Instructions are counted on one processor only, so this is time, of which nothing is told but
 * proportions: how many times as long it takes when so many do it at once as when one does, in
 * thousandths. Both sides take turns, and have the same processors.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#include "bench.h"
#include "floor/floor.h"

#define MOST		8U		/* processes */
#define STRETCH		2048ULL		/* pages for each process, of which */
#define APART		16ULL		/* one in so many is touched: a fault each */
#define TURNS		16U		/* of mapping, touching and unmapping */
#define CHECKS		4000U
#define ADDED		256ULL		/* pages */
#define ADDED_IN_ALL	8192ULL
#define ROUNDS		9U
#define ROUNDS_QUICK	3U
#define RW		(AVOW_R | AVOW_W)

_Static_assert(2 * ROUNDS * ADDED <= ADDED_IN_ALL, "room for all that is added");

/* An enclave, or what it is compared with. */
struct memory {
	struct scene *s;	/* NULL: not an enclave */
	int fd;
	char *at;
	u64 added;		/* pages, by add() */
};

struct kind {
	const char *name;
	void (*run)(const struct memory *m, u64 first);
	u64 pages;		/* for one process */
	bool filled;		/* with its pages, before */
};

/* ---- what each does ---- */

static void map(const struct memory *m, u64 first)
{
	off_t offset = m->s ? 0 : (off_t)(first * PAGE);

	REQUIRE(mmap(m->at + first * PAGE, STRETCH * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		     m->fd, offset) != MAP_FAILED);
}

static void fault(const struct memory *m, u64 first)
{
	unsigned int turn;
	u64 i;

	for (turn = 0; turn < TURNS; turn++) {
		map(m, first);
		for (i = 0; i < STRETCH; i += APART)
			(void)*(volatile char *)(m->at + (first + i) * PAGE);
		munmap(m->at + first * PAGE, STRETCH * PAGE);
	}
}

static void check(const struct memory *m, u64 first)
{
	unsigned int i;

	map(m, first);
	for (i = 0; i < CHECKS; i++)
		task_protect(m->at + first * PAGE);
	munmap(m->at + first * PAGE, STRETCH * PAGE);
}

static void add(const struct memory *m, u64 first)
{
	const u8 *src = source_code(1);
	const struct floor_add floor = {
		.src = (u64)src, .pages = 1, .what = FLOOR_ALLOC | FLOOR_EADD,
	};
	u64 i;

	for (i = 0; i < ADDED; i++) {
		if (m->s)
			REQUIRE(add_bytes(m->s, src, (first + m->added + i) * PAGE, PAGE,
					  avow_secinfo_reg(RW), 0) == PAGE);
		else
			REQUIRE(!ioctl(m->fd, FLOOR_ADD, &floor));
	}
}

static const struct kind kinds[] = {
	{ "fault", fault, STRETCH, true },
	{ "check", check, STRETCH, true },
	{ "add", add, ADDED_IN_ALL, false },
};

/* ---- the memory ---- */

static void make_enclave(struct memory *m, struct scene *s, const struct kind *kind, u64 pages)
{
	u64 at;

	scene_create(s, pages);
	*m = (struct memory){ .s = s, .fd = s->e.fd, .at = (char *)scene_at(s, 0) };
	for (at = 0; kind->filled && at < pages * PAGE; at += 64 * PAGE)
		REQUIRE(add_bytes(s, source_code(64), at, 64 * PAGE, avow_secinfo_reg(RW), 0) == 64 * PAGE);
}

static void make_shared(struct memory *m, const struct kind *kind, u64 pages)
{
	*m = (struct memory){ 0 };
	if (!kind->filled) {
		m->fd = need_device(FLOOR_DEVICE);
		return;
	}
	m->fd = memfd_create("shared", MFD_CLOEXEC);
	REQUIRE(m->fd >= 0 && !fallocate(m->fd, 0, 0, (off_t)(pages * PAGE)));
	m->at = mmap(NULL, pages * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	REQUIRE(m->at != MAP_FAILED);
}

static void drop(struct memory *m, u64 pages)
{
	if (m->s) {
		scene_close(m->s);
		return;
	}
	close(m->fd);
	if (m->at)
		munmap(m->at, pages * PAGE);
}

/* ---- at once ---- */

struct process {
	const struct kind *kind;
	const struct memory *memory;
	u64 first;		/* page of its own */
	unsigned int cpu;
	struct turn ready, go, done;
};

static void process(void *arg)
{
	struct process *p = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(p->cpu, &set);
	REQUIRE(!sched_setaffinity(0, sizeof(set), &set));
	turn_give(&p->ready);
	turn_wait(&p->go);
	p->kind->run(p->memory, p->first);
	turn_give(&p->done);
}

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* Nanoseconds from when all are ready until the last is done. memories: one, or one for each. */
static u64 time_of(const struct kind *kind, struct memory *memories, bool same, unsigned int nr)
{
	struct process all[MOST];
	pid_t pids[MOST];
	unsigned int i;
	u64 start;

	for (i = 0; i < nr; i++) {
		all[i] = (struct process){
			.kind = kind, .memory = &memories[same ? 0 : i], .cpu = i,
			.first = same ? i * STRETCH : 0,
		};
		turn_init(&all[i].ready);
		turn_init(&all[i].go);
		turn_init(&all[i].done);
		pids[i] = fork_child(process, &all[i]);
		turn_wait(&all[i].ready);
	}
	start = now();
	for (i = 0; i < nr; i++)
		turn_give(&all[i].go);
	for (i = 0; i < nr; i++)
		turn_wait(&all[i].done);
	start = now() - start;
	for (i = 0; i < nr; i++) {
		expect_child(pids[i]);
		turn_close(&all[i].ready);
		turn_close(&all[i].go);
		turn_close(&all[i].done);
		memories[same ? 0 : i].added += kind->filled ? 0 : ADDED;
	}
	return start;
}

/* How much longer so many take than one, in thousandths. */
static void compare(const char *name, const struct kind *kind, struct memory *memories, bool same,
		    unsigned int nr)
{
	u64 one = time_of(kind, memories, same, 1);

	tell(name, time_of(kind, memories, same, nr) * 1000 / one, "thousandths");
}

static void measure_kind(const struct kind *kind, bool same, unsigned int nr)
{
	struct memory enclaves[MOST], others[MOST];
	struct scene scenes[MOST];
	const unsigned int used = same ? 1 : nr, rounds = bench_quick ? ROUNDS_QUICK : ROUNDS;
	const u64 pages = kind->pages * (same ? nr : 1);
	char where[32], floor[48];
	unsigned int i;

	for (i = 0; i < used; i++) {
		make_enclave(&enclaves[i], &scenes[i], kind, pages);
		make_shared(&others[i], kind, pages);
	}
	snprintf(where, sizeof(where), "%s.%u", same ? "same" : "own", nr);
	snprintf(floor, sizeof(floor), "%s.floor", where);
	for (i = 0; i < rounds; i++) {
		compare(name_of("threads", kind->name, where), kind, enclaves, same, nr);
		compare(name_of("threads", kind->name, floor), kind, others, same, nr);
	}
	for (i = 0; i < used; i++) {
		drop(&enclaves[i], pages);
		drop(&others[i], pages);
	}
}

static void run(void)
{
	unsigned int nr;
	size_t i;

	need_module(bench_avow);
	need_module(bench_floor);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (nr = 2; nr <= MOST; nr *= 2) {
			measure_kind(&kinds[i], false, nr);
			/* Of one enclave only one ADD_PAGES at a time is taken (R20.1): the others get EBUSY. */
			if (kinds[i].filled)
				measure_kind(&kinds[i], true, nr);
		}
	need_no_module("floor");
	need_no_module("avow");
}

const struct family threads = { .name = "threads", .run = run, .processors = MOST };
