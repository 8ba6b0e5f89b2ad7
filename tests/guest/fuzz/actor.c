// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>

#include "actor.h"

#define PATIENCE	60	/* seconds: of an emulated machine that others may need as well */

static void wait_while(u32 *word, u32 value, const struct timespec *timeout)
{
	syscall(SYS_futex, word, FUTEX_WAIT, value, timeout, NULL, 0);
}

static void wake(u32 *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void store(u32 *word, u32 value)
{
	__atomic_store_n(word, value, __ATOMIC_SEQ_CST);
	wake(word);
}

static u32 load(const u32 *word)
{
	return __atomic_load_n(word, __ATOMIC_SEQ_CST);
}

struct start {
	struct stage *stage;
	unsigned int actor;
	u32 done;
};

static _Noreturn void serve(struct stage *stage, unsigned int actor, u32 done);

static void *thread(void *arg)
{
	struct start start = *(struct start *)arg;

	free(arg);
	serve(start.stage, start.actor, start.done);
}

/* A new actor's turns begin where its place stands. */
static struct m_outcome start(struct stage *stage, const struct step *step)
{
	struct m_outcome out = { .value = -1, .or_value = -1 };
	unsigned int child = (unsigned int)step->arg[0];
	u32 done = load(&stage->shared->places[child].done);
	struct start *s;
	pthread_t id;
	pid_t pid;

	if (step->op == OP_FORK) {
		pid = fork();
		if (!pid)
			serve(stage, child, done);
		out.err = pid < 0 ? errno : 0;
		return out;
	}
	s = malloc(sizeof(*s));
	if (!s) {
		out.err = ENOMEM;
		return out;
	}
	*s = (struct start){ stage, child, done };
	out.err = pthread_create(&id, NULL, thread, s);
	return out;
}

static struct m_outcome one(struct stage *stage, const struct step *step)
{
	struct m_outcome out = { .value = -1, .or_value = -1 };

	switch (step->op) {
	case OP_FORK:
	case OP_THREAD:
		return start(stage, step);
	case OP_PERSONA:
		personality(step->arg[0] ? READ_IMPLIES_EXEC : 0);
		return out;
	case OP_OUT_ALL:
		act_all(stage, step);
		return out;
	default:
		return act(stage, step);
	}
}

static void do_here(struct stage *stage, struct place *place, const struct step *step)
{
	place->pid = getpid();
	place->tid = gettid();
	place->got = one(stage, step);
}

static _Noreturn void serve(struct stage *stage, unsigned int actor, u32 done)
{
	struct place *place = &stage->shared->places[actor];

	for (;;) {
		while (load(&place->asked) == done)
			wait_while(&place->asked, done, NULL);
		done = load(&place->asked);
		if (place->step.op == OP_QUIT) {
			place->got = (struct m_outcome){ .value = -1, .or_value = -1 };
			store(&place->done, done);
			_exit(0);
		}
		do_here(stage, place, &place->step);
		place->failed = test_failed();
		store(&place->done, done);
	}
}

const struct m_outcome *actor_do(struct stage *stage, const struct step *step)
{
	struct place *place = &stage->shared->places[step->actor];
	struct timespec timeout = { .tv_sec = PATIENCE };
	u32 before = place->done;

	if (!step->actor) {
		do_here(stage, place, step);
		return test_failed() ? NULL : &place->got;
	}
	place->step = *step;
	store(&place->asked, place->asked + 1);
	while (load(&place->done) == before) {
		errno = 0;
		wait_while(&place->done, before, &timeout);
		if (errno == ETIMEDOUT && load(&place->done) == before)
			return NULL;
	}
	return place->failed ? NULL : &place->got;
}
