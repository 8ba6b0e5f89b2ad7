// SPDX-License-Identifier: LGPL-2.1-or-later
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#include "overlap.h"
#include "thread.h"

#define FAULTS		256
#define US		1000ULL		/* in nanoseconds */
/* How much the change comes late, at most, and early: in many strides, in no order. */
#define LATEST		(200 * US)
#define EARLIEST	(50 * US)
#define STRIDE		(97 * US)
/* The same for a machine that answers a fault in no time. */
#define SOON		(8 * US)
#define SOON_STRIDE	300ULL
/* For who is slow, or sleeps where a check is turned off. */
#define LONG_AFTER	(10000 * US)

_Atomic bool change_over;

/* What both threads see of an access; each writes its own half. */
struct overlap {
	struct scene *s;
	void (*access)(u64 at);
	_Atomic unsigned long turn;	/* 1 and on, whose change is to come; FAULTS + 1: no more */
	_Atomic unsigned long ready, accessed;	/* the last turn whose access is to come, is over */
	u64 began, ended;
	bool answered;			/* by the kernel, with an entry */
};

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec * 1000000000ULL + (u64)t.tv_nsec;
}

static void spin(u64 time)
{
	u64 end = now() + time;

	while (now() < end)
		;
}

/* Without sleeping, so as to see it at once. */
static void await(const _Atomic unsigned long *turn, unsigned long wanted)
{
	while (*turn < wanted)
		;
}

static u64 access_after(unsigned long turn)
{
	return turn % 4 == 1 ? turn * STRIDE % EARLIEST : 0;
}

static u64 change_after(unsigned long turn)
{
	if (turn % 8 == 0)
		return LONG_AFTER;
	return turn % 4 == 1 ? 0 : turn % 4 == 3 ? turn * SOON_STRIDE % SOON : turn * STRIDE % LATEST;
}

static u64 page_of(const struct overlap *o, unsigned long turn)
{
	return o->s->play + (turn - 1) * PAGE;
}

static void *accesses(void *arg)
{
	static u8 ordinary[PAGE];
	struct overlap *o = arg;
	unsigned long turn;
	long before;

	/* Where there is no such processor the two have to take turns. */
	thread_stay_on(1);
	/* What else there is to fault on is done by this. */
	o->access((u64)ordinary);
	for (turn = 1; ; turn++) {
		await(&o->turn, turn);
		if (o->turn > FAULTS)
			return NULL;
		before = thread_faults();
		change_over = false;
		o->ready = turn;
		spin(access_after(turn));
		o->began = now();
		o->access(scene_at(o->s, page_of(o, turn)));
		o->ended = now();
		o->answered = thread_faults() != before;
		o->accessed = turn;
	}
}

/* Did the change fall into a fault? */
static bool take_turn(struct overlap *o, unsigned long turn,
		      void (*meanwhile)(struct scene *s, u64 offset))
{
	u64 began, ended;

	o->turn = turn;
	await(&o->ready, turn);
	spin(change_after(turn));
	began = now();
	meanwhile(o->s, page_of(o, turn));
	ended = now();
	change_over = true;
	await(&o->accessed, turn);
	return o->answered && began < o->ended && o->began < ended;
}

/* Each is a mapping of its own, so that a fault brings no entry for the next (R10.5). */
static void map_each(struct scene *s)
{
	u64 page;

	for (page = 0; page < FAULTS; page++)
		scene_map(s, s->play + page * PAGE, 1, PROT_READ | PROT_WRITE);
}

unsigned long during_faults(struct scene *s, void (*access)(u64 at),
			    void (*meanwhile)(struct scene *s, u64 offset),
			    void (*check)(struct scene *s, u64 offset))
{
	struct overlap o = { .s = s, .access = access };
	unsigned long turn, fell = 0;
	pthread_t thread;

	scene_ready(s, FAULTS, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	map_each(s);
	change_over = true;
	REQUIRE(!pthread_create(&thread, NULL, accesses, &o));
	thread_stay_on(0);
	for (turn = 1; turn <= FAULTS && (time_left() || !fell); turn++) {
		fell += take_turn(&o, turn, meanwhile);
		check(s, page_of(&o, turn));
	}
	o.turn = FAULTS + 1;
	pthread_join(thread, NULL);
	if (!fell)
		could_not_try("of %lu changes none fell into a fault", turn - 1);
	printf("# %lu of %lu changes fell into a fault\n", fell, turn - 1);
	return fell;
}

void writes(u64 at)
{
	probe_write(at, 0x11);
}

bool still_written(struct scene *s, u64 offset)
{
	u64 at = scene_at(s, offset);

	return !probe_write(at, 0x5a).signo && probe_read(at).value == 0x5a;
}
