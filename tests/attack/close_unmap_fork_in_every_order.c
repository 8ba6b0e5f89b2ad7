// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One thread faults on a page again and again; another closes the descriptor, unmaps the page and
 * forks, in every order, and the child goes on when its parent has let go of everything. Is the
 * page used after the last has let go of it, or the enclave gone while it is mapped? R10.3, R40.3.
 * A mapping holds the file, and a fault holds the mapping: Linux sees to that.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "attack.h"

#define MARK	0x5a
#define ROUNDS	4	/* for each order */

enum step { CLOSE, UNMAP, FORK, STEPS };

struct round {
	struct scene s;
	u64 at;
	_Atomic bool over, unmapping, unmapped;
	pid_t child;
	struct turn go;
};

static void *touches(void *arg)
{
	struct round *r = arg;
	struct fault f;
	bool gone;

	while (!r->over) {
		gone = r->unmapped;
		f = probe_write(r->at, MARK);
		if (!f.signo && gone)
			got_through("wrote to a page after it was unmapped");
		if (f.signo && !r->unmapping)
			could_not_try("a mapped page: signal %d", f.signo);
		madvise((void *)(r->at & ~(PAGE - 1)), PAGE, MADV_DONTNEED);
	}
	return NULL;
}

/* The parent has closed and unmapped by now: what the child has must be whole. */
static void is_child(struct round *r, bool mapped)
{
	struct fault f;

	turn_wait(&r->go);
	f = probe_write(r->at, MARK);
	if (!f.signo != mapped)
		got_through("the child's page: signal %d where it is %smapped", f.signo,
			    mapped ? "" : "not ");
	_exit(0);
}

static void take(struct round *r, enum step step)
{
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
		r->child = fork();
		REQUIRE(r->child >= 0);
		if (!r->child)
			is_child(r, !r->unmapped);
	}
}

static void run_order(const enum step order[STEPS])
{
	struct round r = { 0 };
	pthread_t thread;
	int i, status;

	scene_ready(&r.s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&r.s, r.s.play, 1, PROT_READ | PROT_WRITE);
	r.at = scene_at(&r.s, r.s.play) + 16;
	turn_init(&r.go);
	/* Handlers installed while it forks would be there for the child's memory and not for the child. */
	REQUIRE(!probe_write(r.at, MARK).signo);
	REQUIRE(!pthread_create(&thread, NULL, touches, &r));
	for (i = 0; i < STEPS; i++)
		take(&r, order[i]);
	usleep(2000);
	r.over = true;
	REQUIRE(!pthread_join(thread, NULL));
	turn_give(&r.go);
	REQUIRE(waitpid(r.child, &status, 0) == r.child);
	if (WIFSIGNALED(status))
		could_not_try("the child: signal %d", WTERMSIG(status));
	if (status)
		_exit(WEXITSTATUS(status));
	turn_close(&r.go);
	avow_image_close(&r.s.image);
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

	for (i = 0; i < nr * ROUNDS; i++)
		run_order(orders[i % nr]);
	/* The last close is done a little later. */
	for (i = 0; used_now() != used && i < 1000; i++)
		usleep(1000);
	if (used_now() != used)
		got_through("memory of enclaves is left that nobody has any more");
	stopped("%zu orders, %d times each: nothing is used that was let go of", nr, ROUNDS);
}
