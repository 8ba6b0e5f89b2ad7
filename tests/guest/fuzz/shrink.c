// SPDX-License-Identifier: LGPL-2.1-or-later
/* Delta debugging: leave steps out, in ever smaller groups, as long as the difference stays. */
#include <string.h>

#include "drive.h"

/* The sequence without some steps, if it still shows a difference. */
static bool without(struct fuzz *f, struct sequence *s, unsigned int from, unsigned int nr,
		    struct difference *d)
{
	static struct sequence shorter;
	struct difference now;

	shorter.nr = s->nr - nr;
	memcpy(shorter.steps, s->steps, from * sizeof(s->steps[0]));
	memcpy(shorter.steps + from, s->steps + from + nr,
	       (shorter.nr - from) * sizeof(s->steps[0]));
	fuzz_replay(f, &shorter, &now);
	if (!now.found || now.kind != d->kind)
		return false;
	*d = now;
	*s = shorter;
	s->nr = d->at + 1;	/* nothing behind the difference is needed */
	return true;
}

/* Ranges of one page, where they will do. */
static bool narrower(struct fuzz *f, struct sequence *s, unsigned int at, struct difference *d)
{
	struct step *step = &s->steps[at], old = *step;
	const struct arg *arg = &op_texts[step->op].args[A_PAGES];
	struct difference now;

	if (!arg->name || strcmp(arg->name, "pages") || step->arg[A_PAGES] <= 1)
		return false;
	step->arg[A_PAGES] = 1;
	fuzz_replay(f, s, &now);
	if (!now.found || now.kind != d->kind) {
		*step = old;
		return false;
	}
	*d = now;
	s->nr = d->at + 1;
	return true;
}

void fuzz_shrink(struct fuzz *f, struct sequence *s, struct difference *d)
{
	unsigned int group, from;
	bool again = true;

	s->nr = d->at + 1;
	for (group = s->nr / 2; group > 1; group /= 2)
		for (from = 0; from + group <= s->nr;)
			if (!without(f, s, from, group, d))
				from += group;
	while (again) {
		again = false;
		for (from = s->nr; from-- > 0;)
			again |= from < s->nr && s->nr > 1 && without(f, s, from, 1, d);
	}
	for (from = 0; from < s->nr; from++)
		narrower(f, s, from, d);
}
