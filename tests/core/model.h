/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A slot spelt out, with the bit numbers written down once more: the properties
 * are checked against this and not against the accessors under test.
 */
#ifndef AVOW_MODEL_H
#define AVOW_MODEL_H

#include "testing.h"

enum { TCS = 1, REG = 2, TRIM = 4 };

struct model {
	bool hole, present, pending, modified, pr;
	unsigned int intent, epcm, type;
};

static inline avow_slot model_slot(const struct model *m)
{
	if (m->hole)
		return 0;
	return 1ULL << 57 | m->intent | m->epcm << 3 | m->type << 6 |
	       (unsigned int)m->present << 9 | (unsigned int)m->pending << 10 |
	       (unsigned int)m->modified << 11 | (unsigned int)m->pr << 12;
}

static inline unsigned int model_granted(const struct model *m)
{
	bool rest = m->present && !m->pending && !m->modified && m->type == REG;

	return m->hole || !rest ? 0 : m->epcm;
}

#define MODEL_COUNT	(1U + (1U << 13))

/* The n-th of all slots: the hole, then every combination. */
static inline struct model model_nth(unsigned int n)
{
	struct model m = { .hole = true };

	if (!n--)
		return m;
	m.hole = false;
	m.intent = n & 7;
	m.epcm = n >> 3 & 7;
	m.type = n >> 6 & 7;
	m.present = n >> 9 & 1;
	m.pending = n >> 10 & 1;
	m.modified = n >> 11 & 1;
	m.pr = n >> 12 & 1;
	return m;
}

#define for_each_model(n, m) \
	for ((n) = 0; (n) < MODEL_COUNT && ((m) = model_nth(n), true); (n)++)

static inline bool subset(unsigned int a, unsigned int b)
{
	return !(a & ~b);
}

#endif
