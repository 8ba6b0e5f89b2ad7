/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads that do the steps. Each waits for its turn in memory that all share, does
 * one step, tells how it went, and waits again: so the order is known. The first is the
 * one that gives the turns.
 */
#ifndef ACTOR_H
#define ACTOR_H

#include "world.h"

struct place {
	u32 asked, done;		/* futexes: when they are equal, nothing is to be done */
	struct step step;
	struct m_outcome got;
	pid_t pid, tid;			/* who did it */
	bool failed;			/* the actor itself is not in order */
};

#define UNTOUCHED	0xa5	/* each byte of shared->runs that LIST did not write */

struct shared {
	struct place places[NR_ACTORS];
	struct avow_secs secs;		/* for OP_CREATE: a good one */
	struct avow_sigstruct sig;	/* for OP_INIT: as it is to be given */
	struct avow_list list;		/* of OP_LIST: what came back */
	struct avow_run runs[M_SLOTS + 1];
	struct avow_refusal refusals[AVOW_REFUSALS_KEPT];	/* of OP_REFUSALS */
	u8 skip[ALL_ACCESSES];		/* for OP_OUT_ALL */
	struct m_outcome all[ALL_ACCESSES];
};

/* What an actor starts with; it forks and starts the others when it is told to. */
struct stage {
	struct shared *shared;
	struct scene scene;		/* the image; fd and base of the enclave */
	struct source_file files[NR_FILES];
	int *fds;			/* M_FDS of them: memory that each process has for itself */
};

/*
 * Lets an actor do a step and waits for it: what it came to, or NULL when it does not
 * come back or tells that it is not in order. Actor 0 is the caller.
 */
const struct m_outcome *actor_do(struct stage *stage, const struct step *step);

/* act.c: does it. */
struct m_outcome act(struct stage *stage, const struct step *step);
void act_all(struct stage *stage, const struct step *step);

#endif
