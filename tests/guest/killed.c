// SPDX-License-Identifier: LGPL-2.1-or-later
/* R40.2, R40.3: processes with threads inside are killed at random moments; then the module goes. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "inside.h"
#include "module.h"
#include "remains.h"

#define KILLS		80	/* in pairs */
#define UNLOAD_EVERY	10	/* pairs */
#define LATEST		400	/* milliseconds */

/* What the victims tell, in shared memory: zeroed for each pair. */
struct told {
	volatile u64 entries;
	volatile u64 spinning;	/* threads inside for as long as they live */
	struct op spin;
};

struct victim {
	struct scene s;
	struct told *told;
	u64 page;		/* offset of a page that is mapped and protected anew all the time */
};

static void on_alarm(int signo)
{
	(void)signo;
}

/* Asynchronous exits and ERESUMEs, a thousand a second. */
static void *spin(void *arg)
{
	struct victim *v = arg;

	v->told->spin = (struct op){ .id = OP_SPIN };
	v->told->spinning = 1;
	enter(&v->s, 0, &v->told->spin);
	return NULL;
}

static void *come_and_go(void *arg)
{
	struct victim *v = arg;

	for (;;) {
		struct op op = { .id = OP_READ64, .addr = scene_at(&v->s, v->page) };

		/* It may or may not be mapped just now: both are of interest. */
		enter_once(&v->s, 2 * PAGE, &op);
		v->told->entries++;
	}
	return NULL;
}

static void change(struct victim *v)
{
	for (;;) {
		raw_restrict(&v->s, v->page, 1, AVOW_R);
		scene_unmap(&v->s, v->page, 1);
		scene_map(&v->s, v->page, 1, PROT_READ | PROT_WRITE);
		raw_protect(&v->s, v->page, 1, PROT_READ);
	}
}

static void victim(void *arg)
{
	struct itimerval often = { .it_interval = { 0, 1000 }, .it_value = { 0, 1000 } };
	void *(*const run[])(void *) = { spin, come_and_go };
	struct sigaction act = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	struct victim v = { .told = arg };
	pthread_t thread;
	size_t i;

	scene_image(&v.s, 4);
	v.page = v.s.play;
	scene_add(&v.s, v.page, 1, AVOW_R | AVOW_W);
	scene_init(&v.s);
	scene_map(&v.s, v.page, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!sigaction(SIGALRM, &act, NULL));
	REQUIRE(!setitimer(ITIMER_REAL, &often, NULL));
	for (i = 0; i < 2; i++)
		REQUIRE(!pthread_create(&thread, NULL, run[i], &v));
	change(&v);
}

static unsigned int random_below(unsigned int limit)
{
	unsigned int r;

	REQUIRE(getrandom(&r, sizeof(r), 0) == sizeof(r));
	return r % limit;
}

static void wait_inside(const struct told *told)
{
	int i;

	for (i = 0; !told->spin.inside || !told->entries; i++) {
		REQUIRE(i < 60000);
		usleep(1000);
	}
}

/* Killed, not ended in any other way: otherwise nothing was shown. */
static void kill_it(pid_t pid)
{
	int status;

	REQUIRE(!kill(pid, SIGKILL));
	REQUIRE(waitpid(pid, &status, 0) == pid);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* One at any moment of its life, from its first instruction; one with two threads inside. */
static bool pair(struct told *told)
{
	pid_t young, old;
	bool was_inside;

	memset(told, 0, 2 * sizeof(*told));
	old = fork_child(victim, &told[0]);
	wait_inside(&told[0]);
	young = fork_child(victim, &told[1]);
	usleep(random_below(LATEST) * 1000);
	was_inside = told[1].spin.inside;
	kill_it(young);
	usleep(random_below(LATEST / 10) * 1000);
	kill_it(old);
	return was_inside;
}

static void unload_and_look(const struct remains *before)
{
	REQUIRE_OK(module_unload());
	remains_none();
	if (before)
		remains_expect(before, KILLS / 4);
}

static void at_random(void)
{
	struct told *told = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
				 -1, 0);
	struct remains before;
	int i, inside = 0;

	_Static_assert(2 * sizeof(struct told) <= PAGE, "both fit");
	REQUIRE(told != MAP_FAILED);
	pair(told);	/* the kernel's own caches fill */
	unload_and_look(NULL);
	before = remains_take();
	REQUIRE_OK(module_load(""));
	for (i = 1; i <= KILLS / 2 && !test_failed(); i++) {
		inside += pair(told);
		if (i % UNLOAD_EVERY)
			continue;
		unload_and_look(&before);
		REQUIRE_OK(module_load(""));
	}
	printf("# %d were killed inside, %d before\n", KILLS / 2 + inside, KILLS / 2 - inside);
}

TESTS(
	{ "R40.2 R40.3 killed at random moments, then unloaded", at_random, BOTH },
)
