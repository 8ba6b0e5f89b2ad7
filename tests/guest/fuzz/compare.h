/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a step came to, in the kernel and in the model. */
#ifndef COMPARE_H
#define COMPARE_H

#include "drive.h"

struct comparison {
	struct difference *d;		/* gets the first one */
	unsigned int at;		/* the step's number */
	const struct step *step;
	const struct m_model *model;	/* as it is after the step */
	const struct stage *stage;
};

/* The actor does not come back, or is not in order. */
void compare_gone(const struct comparison *c);
/* step: the comparison's own, or one access of OP_OUT_ALL */
void compare_outcome(const struct comparison *c, const struct step *step,
		     const struct m_outcome *want, const struct m_outcome *got);
/* LIST of the whole range; listed: and what the step itself has of it. */
void compare_list(const struct comparison *c, bool listed);
/* R18.2: what OP_REFUSALS read is what was read when it was new. */
void compare_refusals(const struct comparison *c, const struct m_outcome *want);
/* R18.1: the records from *seq on, one as the model has it, or, if its rule is 0, none. */
void compare_refusal(const struct comparison *c, u64 *seq, const struct m_outcome *want);

#endif
