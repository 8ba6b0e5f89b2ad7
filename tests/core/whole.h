/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For the programs test_whole_*: functions of core/ over their whole domain, against
 * tests/model. Slots are of the model; the words that core/ has for them are made here,
 * by bit numbers that are written down once more.
 *
 * Each test counts what it compared and fails unless that is what the domain has.
 */
#ifndef AVOW_WHOLE_H
#define AVOW_WHOLE_H

#include <stdio.h>
#include <string.h>

#include "testing.h"
#include "../model/decide.h"

static u64 compared;

/* Before a test: one that failed leaves its count. */
static inline int whole_begin(void **state)
{
	(void)state;
	compared = 0;
	return 0;
}

/* At the end of a test. */
static inline void whole_domain(const char *what, u64 inputs)
{
	u64 n = compared;

	compared = 0;
	printf("# %s: %llu inputs\n", what, n);
	assert_int_equal(n, inputs);
}

/* A verdict of the model as one of core/. */
static inline u32 verdict_of(struct m_verdict v)
{
	return v.err ? v.rule << 12 | (u32)v.err : 0;
}

/* The word of a slot; source: its id. */
static inline u64 word_of(const struct m_slot *s, u32 source)
{
	u64 flags = s->present | s->pending << 1 | s->modified << 2 | s->pr << 3 | s->ever_w << 4 |
		    s->ever_x << 5 | s->measured << 6 | (s->declared || s->augmented) << 7 |
		    s->explicit << 8 | s->lowered << 9 | s->kept << 10;

	if (!s->has_intent)
		return 0;
	return 1ULL << 57 | s->intent | (u64)s->epcm << 3 | (u64)s->type << 6 | flags << 9 |
	       (u64)s->source_class << 22 | (u64)source << 25;
}

/*
 * The n-th of all slots: every combination of what a word has but for the source, then
 * the hole. Some of them no enclave ever has (test_whole_slots.c, lives).
 */
#define SLOTS	((1U << 20) + 1)

static inline struct m_slot slot_nth(u32 n)
{
	u32 flags = n >> 9;
	bool present = flags & 1, dynamic = flags >> 7 & 1;

	if (n == SLOTS - 1)
		return (struct m_slot){ 0 };
	return (struct m_slot){
		.has_intent = true, .intent = n & 7, .epcm = n >> 3 & 7, .type = n >> 6 & 7,
		.present = present, .pending = flags >> 1 & 1, .modified = flags >> 2 & 1,
		.pr = flags >> 3 & 1, .ever_w = flags >> 4 & 1, .ever_x = flags >> 5 & 1,
		.measured = flags >> 6 & 1, .declared = dynamic && !present,
		.augmented = dynamic && present, .explicit = flags >> 8 & 1,
		.lowered = flags >> 9 & 1, .kept = flags >> 10 & 1,
	};
}

#define for_each_slot(n, s)	for ((n) = 0; (n) < SLOTS && ((s) = slot_nth(n), true); (n)++)

/*
 * Without a source, and with every bit of one set. core/ takes and leaves the source as a
 * whole; a bit that it took for another would be missing in the one or too many in the other.
 */
struct whole_source { u8 class; u32 id; };
static const struct whole_source whole_sources[] = { { 0, 0 }, { 7, 0xffffffff } };

#endif
