// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One thread faults on a page again and again; another closes the descriptor, unmaps the page and
 * forks, in every order, each while a fault is going on, and the child goes on when its parent has
 * let go of everything. Is the page used after the last has let go of it, or the enclave gone while
 * it is mapped? R10.3, R40.3. A mapping holds the file, and a fault holds the mapping. The hole is
 * close_ends, which lets go of all pages when a descriptor is closed.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "attack.h"
#include "thread.h"

#define MARK	0x5a
#define KEPT	source_byte(0, 17)	/* behind the byte that is written */
#define ROUNDS	4	/* for each order, at least */
#define MOST	40	/* until munmap() has waited for a fault */

enum step { CLOSE, UNMAP, FORK, STEPS };

/* Shared with the child: that the parent has forked costs it no fault on this. */
struct round {
	struct scene s;
	u64 at;
	/* Odd while the thread is at its write, a fault; how often it has come back from one. */
	_Atomic unsigned long access, answered;
	_Atomic bool over, unmapping, unmapped;
	pid_t child;
	struct turn go;
};

/*
 * mprotect() for what the mapping is already: the second page's EPCM lacks W, so that the entries
 * of both are dropped. Nothing else changes.
 */
static void drop_entries(struct round *r)
{
	raw_protect(&r->s, r->s.play, 2, PROT_READ | PROT_WRITE);
}

static void write_on(void *arg)
{
	struct round *r = arg;
	bool gone;
	long before;

	while (!r->over) {
		gone = r->unmapped;
		drop_entries(r);
		before = thread_faults();
		r->access++;
		*(volatile u8 *)r->at = MARK;
		r->answered = ++r->access / 2;
		if (gone)
			got_through("wrote to a page after it was unmapped");
		if (thread_faults() == before)
			could_not_try("a write was no fault");
		if (*(volatile u8 *)(r->at + 1) != KEPT && !r->unmapping)
			got_through("a mapped page has lost what was in it");
	}
}

static void *touches(void *arg)
{
	struct round *r = arg;

	while (!r->over)
		if (probe_run(write_on, r).signo && !r->unmapping)
			got_through("a mapped page is gone");
	return NULL;
}

/* The parent has closed and unmapped by now: what the child has must be whole. */
static void is_child(struct round *r, bool mapped)
{
	struct fault f;
	int i;

	turn_wait(&r->go);
	for (i = 0; i < 2; i++) {
		f = probe_write(r->at, MARK);
		if (!f.signo != mapped)
			got_through("the child's page: signal %d where it is %smapped", f.signo,
				    mapped ? "" : "not ");
		if (mapped && probe_read(r->at + 1).value != KEPT)
			got_through("the child's page has lost what was in it");
		drop_entries(r);
	}
	_exit(0);
}

static void take(struct round *r, enum step step)
{
	/* Of now: the round is shared, and the parent goes on. */
	const bool mapped = !r->unmapped;
	pid_t pid;

	switch (step) {
	case CLOSE:
		REQUIRE(!close(r->s.e.fd));
		break;
	case UNMAP:
		r->unmapping = true;
		REQUIRE(!munmap((void *)r->s.e.base, r->s.e.size));
		r->unmapped = true;
		break;
	default:
		fflush(stdout);
		pid = fork();
		REQUIRE(pid >= 0);
		if (!pid)
			is_child(r, mapped);
		r->child = pid;
	}
}

/* Waits for a fault to begin and to have gone on a little. Returns its number. */
static unsigned long wait_for_fault(struct round *r, unsigned int little)
{
	time_t end = time(NULL) + 10;
	unsigned long access;
	unsigned int i;

	do {
		if (time(NULL) > end)
			could_not_try("the thread does not fault");
		access = r->access;
		for (i = 0; i < little; i++)
			__builtin_ia32_pause();
	} while (!(access & 1) || r->access != access);
	return access / 2 + 1;
}

/* Whether munmap() came while a fault went on, which was then answered. */
static bool take_all(struct round *r, const enum step order[STEPS], unsigned int little)
{
	unsigned long fault = 0;
	int i;

	for (i = 0; i < STEPS; i++) {
		/* Behind munmap() there is nothing any more to fault on. */
		if (!r->unmapped)
			fault = wait_for_fault(r, little);
		take(r, order[i]);
	}
	usleep(2000);
	return r->answered >= fault;
}

static struct round *begin(void)
{
	struct round *r = mmap(NULL, sizeof(*r), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			       -1, 0);

	REQUIRE(r != MAP_FAILED);
	scene_image(&r->s, 2);
	scene_add(&r->s, r->s.play, 1, AVOW_R | AVOW_W);
	scene_add_intent(&r->s, r->s.play + PAGE, 1, AVOW_R, AVOW_R | AVOW_W);
	scene_init(&r->s);
	scene_map(&r->s, r->s.play, 2, PROT_READ | PROT_WRITE);
	r->at = scene_at(&r->s, r->s.play) + 16;
	turn_init(&r->go);
	/* Handlers installed while it forks would be there for the child's memory and not for the child. */
	REQUIRE(!probe_write(r->at, MARK).signo && probe_read(r->at + 1).value == KEPT);
	return r;
}

static bool run_order(const enum step order[STEPS], unsigned int little)
{
	struct round *r = begin();
	pthread_t thread;
	bool in_fault;
	int status;

	REQUIRE(!pthread_create(&thread, NULL, touches, r));
	in_fault = take_all(r, order, little);
	r->over = true;
	REQUIRE(!pthread_join(thread, NULL));
	turn_give(&r->go);
	REQUIRE(waitpid(r->child, &status, 0) == r->child);
	if (WIFSIGNALED(status))
		could_not_try("the child: signal %d", WTERMSIG(status));
	if (status)
		_exit(WEXITSTATUS(status));
	turn_close(&r->go);
	avow_image_close(&r->s.image);
	REQUIRE(!munmap(r, sizeof(*r)));
	return in_fault;
}

static void run_rounds(const enum step order[STEPS])
{
	unsigned int rounds, in_fault = 0;

	for (rounds = 0; rounds < ROUNDS || !in_fault; rounds++) {
		if (rounds == MOST)
			could_not_try("munmap() never came while a fault went on");
		in_fault += run_order(order, 8 * (rounds % 8));
	}
}

/* Of the module: all enclaves' pages. */
static u64 used_now(void)
{
	struct scene s;
	u64 used;

	scene_open(&s);
	used = epc_used(&s);
	scene_close(&s);
	return used;
}

void attack(void)
{
	static const enum step orders[][STEPS] = {
		{ CLOSE, UNMAP, FORK }, { CLOSE, FORK, UNMAP }, { UNMAP, CLOSE, FORK },
		{ UNMAP, FORK, CLOSE }, { FORK, CLOSE, UNMAP }, { FORK, UNMAP, CLOSE },
	};
	const size_t nr = sizeof(orders) / sizeof(orders[0]);
	u64 used = used_now();
	size_t i;

	for (i = 0; i < nr; i++)
		run_rounds(orders[i]);
	/* The last close is done a little later. */
	for (i = 0; used_now() != used && i < 1000; i++)
		usleep(1000);
	if (used_now() != used)
		got_through("memory of enclaves is left that nobody has any more");
	stopped("%zu orders, each during faults: nothing is used that was let go of", nr);
}
