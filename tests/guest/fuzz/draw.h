/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps by chance: what is likely to be of interest where the model stands. */
#ifndef DRAW_H
#define DRAW_H

#include "world.h"

struct chance {
	u64 state;
};

void chance_begin(struct chance *c, u64 seed, u64 number);
void draw_step(struct chance *c, const struct world *w, struct step *step);

#endif
