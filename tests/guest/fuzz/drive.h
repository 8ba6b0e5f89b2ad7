/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sequences: done by actors and by the model, and compared after each step. */
#ifndef DRIVE_H
#define DRIVE_H

#include "actor.h"
#include "draw.h"

/* How often each operation came, and with which results, as the model says. */
#define RESULT_HOW	140	/* errnos from 0, then how an access went */
#define RESULT_MISMATCH	159	/* a leaf that answers */
#define NR_RESULTS	160

struct tally {
	u64 sequences, steps;
	u64 results[NR_OPS][NR_RESULTS];
};

/* What can be different in a step of each operation. */
enum what { IN_OUTCOME, IN_LIST, IN_REFUSALS, IN_ACTOR, NR_WHATS };
#define NR_KINDS	(NR_OPS * NR_WHATS)

struct difference {
	bool found;
	unsigned int at;	/* the number of the step, from 0 */
	unsigned int kind;	/* the operation, and what of it is different */
	char text[1024];
};

struct fuzz;

struct fuzz *fuzz_begin(void);
/* Draws a sequence of this many steps and does it until there is a difference; it is kept. */
void fuzz_draw(struct fuzz *f, u64 seed, u64 number, unsigned int steps, struct sequence *sequence,
	       struct difference *d);
/* Does a sequence once more, in a fresh enclave. */
void fuzz_replay(struct fuzz *f, const struct sequence *sequence, struct difference *d);
/* The shortest sequence that it comes to, which still shows a difference: it is in d. */
void fuzz_shrink(struct fuzz *f, struct sequence *sequence, struct difference *d);

const struct tally *fuzz_tally(const struct fuzz *f);
void tally_print(FILE *out, const struct tally *t);
unsigned int tally_pairs(const struct tally *t);
u64 tally_left_out(const struct tally *t);
/* Tells which operations were not done, or never came off, or never were refused: how many. */
unsigned int tally_missing(FILE *out, const struct tally *t);

#endif
