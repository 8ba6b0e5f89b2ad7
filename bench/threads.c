// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Several processes at once, each on a processor of its own, that add, fault and check in
 * one enclave or each in its own. All processors share one count of instructions, so what
 * all of them do together should be as many times the count of one as there are processes; what is
 * more is what they do because of each other: waiting for locks, and changing tasks.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "bench.h"

#define MOST		8		/* processes */
#define STRETCH		2048ULL		/* pages of an enclave for each process, of which */
#define APART		16ULL		/* one in so many is touched: a fault each */
#define ADDED		256ULL		/* pages */
#define CHECKS		4000
#define ROUNDS		16		/* of mapping and touching */
#define RW		(AVOW_R | AVOW_W)

struct work {
	struct scene *s;
	unsigned int me;
};

/* ---- what each does ---- */

static void add(const struct work *w)
{
	const u8 *src = source_code(1);
	u64 i;

	for (i = 0; i < ADDED; i++)
		REQUIRE(add_bytes(w->s, src, i * PAGE, PAGE, avow_secinfo_reg(RW), 0) == PAGE);
}

static void fault(const struct work *w)
{
	const u64 first = w->me * STRETCH;
	unsigned int round;
	u64 i;

	for (round = 0; round < ROUNDS; round++) {
		REQUIRE_OK(raw_map(w->s, first * PAGE, STRETCH, PROT_READ | PROT_WRITE));
		for (i = 0; i < STRETCH; i += APART)
			(void)*(volatile char *)scene_at(w->s, (first + i) * PAGE);
		scene_unmap(w->s, first * PAGE, STRETCH);
	}
}

static void check(const struct work *w)
{
	const u64 first = w->me * STRETCH;
	unsigned int i;

	REQUIRE_OK(raw_map(w->s, first * PAGE, STRETCH, PROT_READ | PROT_WRITE));
	for (i = 0; i < CHECKS; i++)
		task_protect((void *)scene_at(w->s, first * PAGE));
	scene_unmap(w->s, first * PAGE, STRETCH);
}

/* ---- how they do it at once ---- */

struct kind {
	const char *name;
	void (*run)(const struct work *w);
	bool filled;		/* the enclave has its pages already */
};

static void fill(struct scene *s)
{
	u64 at;

	for (at = 0; at < MOST * STRETCH * PAGE; at += 64 * PAGE)
		REQUIRE(add_bytes(s, source_code(64), at, 64 * PAGE, avow_secinfo_reg(RW), 0) == 64 * PAGE);
}

static void stay_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	REQUIRE(!sched_setaffinity(0, sizeof(set), &set));
}

struct process {
	const struct kind *kind;
	struct work work;
	struct turn ready, go;
};

static void process(void *arg)
{
	struct process *p = arg;

	stay_on(p->work.me);
	turn_give(&p->ready);
	turn_wait(&p->go);
	p->kind->run(&p->work);
}

static u64 now(void)
{
	u32 low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

/* From when all are ready until all are done. */
static u64 run_at_once(const struct kind *kind, struct scene *scenes, bool same, unsigned int nr)
{
	struct process all[MOST];
	pid_t pids[MOST];
	unsigned int i;
	u64 start;

	for (i = 0; i < nr; i++) {
		all[i] = (struct process){
			.kind = kind, .work = { .s = &scenes[same ? 0 : i], .me = i },
		};
		turn_init(&all[i].ready);
		turn_init(&all[i].go);
		pids[i] = fork_child(process, &all[i]);
		turn_wait(&all[i].ready);
	}
	start = now();
	for (i = 0; i < nr; i++)
		turn_give(&all[i].go);
	for (i = 0; i < nr; i++)
		expect_child(pids[i]);
	start = now() - start;
	for (i = 0; i < nr; i++) {
		close(all[i].ready.pipe[0]);
		close(all[i].ready.pipe[1]);
		close(all[i].go.pipe[0]);
		close(all[i].go.pipe[1]);
	}
	return start;
}

static void measure_kind(const struct kind *kind, bool same, unsigned int nr)
{
	static struct scene scenes[MOST];
	unsigned int i, used = same ? 1 : nr;
	char name[64];

	for (i = 0; i < used; i++) {
		scene_create(&scenes[i], MOST * STRETCH);
		if (kind->filled)
			fill(&scenes[i]);
	}
	snprintf(name, sizeof(name), "%s.%u", same ? "same" : "own", nr);
	tell(name_of("threads", kind->name, name), run_at_once(kind, scenes, same, nr), "instructions");
	for (i = 0; i < used; i++)
		scene_close(&scenes[i]);
}

static void run(void)
{
	static const struct kind kinds[] = {
		{ "fault", fault, true }, { "check", check, true }, { "add", add, false },
	};
	unsigned int nr;
	size_t i;

	need_module(bench_avow);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		for (nr = 1; nr <= MOST; nr *= 2) {
			measure_kind(&kinds[i], false, nr);
			/* ADD_PAGES at once of one enclave is EBUSY (R20.1). */
			if (kinds[i].filled)
				measure_kind(&kinds[i], true, nr);
		}
	need_no_module("avow");
}

const struct family threads = { .name = "threads", .run = run, .processors = MOST };
