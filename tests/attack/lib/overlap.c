// SPDX-License-Identifier: LGPL-2.1-or-later
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#include "overlap.h"
#include "thread.h"

#define TURNS		128
/* The thread accesses as many in a turn, and one of them is changed. */
#define PAGES		128
#define US		1000ULL		/* in nanoseconds */
/*
 * How long the thread waits until it begins, and then the change, at most: in many strides, in no
 * order. With one processor for both, they take turns at it, of some milliseconds, and the end of
 * the thread's must fall into a fault.
 */
#define BEGINS		(8000 * US)
#define LATEST		(200 * US)
#define STRIDE		(97 * US)
#define LONG_STRIDE	(4970 * US)

_Atomic bool change_over;

/* What both threads see of a turn. */
struct overlap {
	struct scene *s;
	bool (*access)(u64 at);
	u64 pages[PAGES];		/* where they are in the enclave */
	_Atomic unsigned long turn;	/* 1 and on; TURNS + 1: no more */
	/* The last in which the thread has begun, in which it makes no access any more. */
	_Atomic unsigned long ready, done;
	_Atomic bool change_comes;
	_Atomic unsigned int at;	/* which of the pages, */
	_Atomic unsigned int accessing;	/* the same while it faults on that, else none (PAGES) */
	bool answered[PAGES];		/* the thread's until it is done */
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

static void *accesses(void *arg)
{
	static u8 ordinary[PAGE];
	struct overlap *o = arg;
	unsigned long turn;
	unsigned int page;

	thread_stay_on(1);
	/* What else there is to fault on is done by this. */
	o->access((u64)ordinary);
	for (turn = 1; ; turn++) {
		await(&o->turn, turn);
		if (o->turn > TURNS)
			return NULL;
		change_over = false;
		spin(turn * LONG_STRIDE % BEGINS);
		for (page = 0; page < PAGES && !o->change_comes; page++) {
			o->at = page;
			o->accessing = page;
			o->ready = turn;
			o->answered[page] = o->access(scene_at(o->s, o->pages[page]));
			o->accessing = PAGES;
		}
		o->done = turn;
	}
}

/*
 * Mapped anew a page has no entry, and where it has a mapping of its own no fault elsewhere brings
 * one (R10.5): an access that succeeds was a fault, and answered. All are unmapped at once, for to
 * unmap waits for the other processor.
 */
static void map_anew(const struct overlap *o)
{
	void *first = (void *)scene_at(o->s, o->s->play);
	unsigned int page;

	REQUIRE(mmap(first, (TURNS + PAGES) * PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == first);
	for (page = 0; page < PAGES; page++)
		scene_map(o->s, o->pages[page], 1, PROT_READ | PROT_WRITE);
}

/* Did the change fall into a fault? *page: which it was made to. */
static bool take_turn(struct overlap *o, unsigned long turn, unsigned int *page,
		      void (*meanwhile)(struct scene *s, u64 offset))
{
	bool fell;

	map_anew(o);
	o->change_comes = false;
	o->turn = turn;
	await(&o->ready, turn);
	spin(turn * STRIDE % LATEST);
	o->change_comes = true;
	*page = o->at;
	fell = o->accessing == *page;
	meanwhile(o->s, o->pages[*page]);
	change_over = true;
	await(&o->done, turn);
	return fell && o->answered[*page];
}

unsigned long during_faults(struct scene *s, bool (*access)(u64 at),
			    void (*meanwhile)(struct scene *s, u64 offset),
			    void (*check)(struct scene *s, u64 offset))
{
	struct overlap o = { .s = s, .access = access, .accessing = PAGES };
	unsigned long turn, fell = 0;
	unsigned int page;
	pthread_t thread;

	scene_ready(s, TURNS + PAGES, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	for (page = 0; page < PAGES; page++)
		o.pages[page] = s->play + page * PAGE;
	change_over = true;
	REQUIRE(!pthread_create(&thread, NULL, accesses, &o));
	thread_stay_on(0);
	for (turn = 1; turn <= TURNS && (time_left() || !fell); turn++) {
		fell += take_turn(&o, turn, &page, meanwhile);
		check(s, o.pages[page]);
		o.pages[page] = s->play + (PAGES + turn - 1) * PAGE;
	}
	o.turn = TURNS + 1;
	pthread_join(thread, NULL);
	if (!fell)
		could_not_try("of %lu changes none fell into a fault", turn - 1);
	printf("# %lu of %lu changes fell into a fault\n", fell, turn - 1);
	return fell;
}

bool writes(u64 at)
{
	return !probe_write(at, 0x11).signo;
}

bool still_written(struct scene *s, u64 offset)
{
	u64 at = scene_at(s, offset);

	return !probe_write(at, 0x5a).signo && probe_read(at).value == 0x5a;
}
