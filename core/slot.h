/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * What is known of one slot, in one word, so that equal neighbours are one run
 * and a run is one entry of a tree. 0 is a hole.
 *
 *   bits  field       set by                         lives
 *   0-2   intent      ADD_PAGES, DECLARE, EAUG       as long as the enclave (strict)
 *   3-5   epcm R/W/X  EADD, EAUG, EMOD*, EACCEPT*    as long as the page
 *   6-8   type        EADD, EAUG, EMODT              as long as the page
 *   9-21  flags       see below
 *   22-24 source class ADD_PAGES                     as long as the page
 *   25-56 source id   ADD_PAGES                      as long as the page
 *
 * Bit 57 is always set in a slot that is no hole, so that an intent of nothing
 * is still an intent. The word fits the 63 bits that an xarray value holds.
 */
#ifndef AVOW_SLOT_H
#define AVOW_SLOT_H

#include "avow_env.h"
#include "sgx_arch.h"

typedef u64 avow_slot;

#define SLOT_HOLE		0ULL

#define SLOT_INTENT_SHIFT	0
#define SLOT_EPCM_SHIFT		3
#define SLOT_TYPE_SHIFT		6
#define SLOT_PRESENT		(1ULL << 9)
#define SLOT_PENDING		(1ULL << 10)
#define SLOT_MODIFIED		(1ULL << 11)
#define SLOT_PR			(1ULL << 12)
#define SLOT_EVER_W		(1ULL << 13)
#define SLOT_EVER_X		(1ULL << 14)
#define SLOT_MEASURED		(1ULL << 15)
#define SLOT_DYNAMIC		(1ULL << 16)
#define SLOT_EXPLICIT		(1ULL << 17)
#define SLOT_LOWERED		(1ULL << 18)
#define SLOT_KEPT		(1ULL << 19)
#define SLOT_CLASS_SHIFT	22
#define SLOT_SOURCE_SHIFT	25
#define SLOT_USED		(1ULL << 57)

#define SLOT_HISTORY		(SLOT_EVER_W | SLOT_EVER_X)

static inline u32 slot_intent(avow_slot s)
{
	return (s >> SLOT_INTENT_SHIFT) & 7;
}

static inline u32 slot_epcm(avow_slot s)
{
	return (s >> SLOT_EPCM_SHIFT) & 7;
}

static inline u32 slot_type(avow_slot s)
{
	return (s >> SLOT_TYPE_SHIFT) & 7;
}

static inline u32 slot_class(avow_slot s)
{
	return (s >> SLOT_CLASS_SHIFT) & 7;
}

static inline u32 slot_source(avow_slot s)
{
	return (u32)(s >> SLOT_SOURCE_SHIFT);
}

static inline bool slot_present(avow_slot s)
{
	return s & SLOT_PRESENT;
}

static inline avow_slot slot_with_intent(avow_slot s, u32 intent)
{
	return (s & ~(7ULL << SLOT_INTENT_SHIFT)) | (u64)intent << SLOT_INTENT_SHIFT | SLOT_USED;
}

static inline avow_slot slot_with_epcm(avow_slot s, u32 rwx)
{
	return (s & ~(7ULL << SLOT_EPCM_SHIFT)) | (u64)rwx << SLOT_EPCM_SHIFT;
}

static inline avow_slot slot_with_type(avow_slot s, u32 type)
{
	return (s & ~(7ULL << SLOT_TYPE_SHIFT)) | (u64)type << SLOT_TYPE_SHIFT;
}

static inline avow_slot slot_with_source(avow_slot s, u32 class, u32 id)
{
	s &= ~(7ULL << SLOT_CLASS_SHIFT | 0xffffffffULL << SLOT_SOURCE_SHIFT);
	return s | (u64)class << SLOT_CLASS_SHIFT | (u64)id << SLOT_SOURCE_SHIFT;
}

/* A right of the intent goes: SLOT_LOWERED tells of it. */
static inline avow_slot slot_lowered(avow_slot s, u32 intent)
{
	if (slot_intent(s) != intent)
		s |= SLOT_LOWERED;
	return slot_with_intent(s, intent);
}

/* The rights that the EPCM grants now: none while PENDING or MODIFIED, none but REG's. */
static inline u32 slot_granted(avow_slot s)
{
	if (!slot_present(s) || (s & (SLOT_PENDING | SLOT_MODIFIED)) || slot_type(s) != PT_REG)
		return 0;
	return slot_epcm(s);
}

/* The history that a mapping with these rights makes. */
static inline avow_slot slot_history(u32 rwx)
{
	return (rwx & 2 ? SLOT_EVER_W : 0) | (rwx & 4 ? SLOT_EVER_X : 0);
}

/*
 * A question that many slots can be asked at once, by what all of them have and what any
 * has. In `need` a slot counts with the bits of its word, without a page also with those of
 * SLOT_OF_PAGE, and a hole with all: what is not there forbids nothing. In `forbid` it counts
 * with the bits of its word. Two bits beyond those of a word serve here alone.
 */
struct slot_test {
	u64 need, forbid;
};

#define SLOT_OF_PAGE		(7ULL << SLOT_EPCM_SHIFT | 7ULL << SLOT_TYPE_SHIFT | SLOT_HISTORY)
/* What no slot has without a page. */
#define SLOT_OF_PRESENT		(SLOT_OF_PAGE | SLOT_PENDING | SLOT_MODIFIED | SLOT_PR)
#define SLOT_WORD		(SLOT_USED | (SLOT_USED - 1))
#define SLOT_IS_HOLE		(SLOT_USED << 1)	/* to forbid */
/* To need: SLOT_HISTORY, which here what is not there does not have. */
#define SLOT_TOLD_SHIFT		46
#define SLOT_TOLD		(SLOT_HISTORY << SLOT_TOLD_SHIFT)

static inline u64 slot_all(avow_slot s)
{
	if (s == SLOT_HOLE)
		return ~SLOT_TOLD;
	if (!slot_present(s))
		return s | SLOT_OF_PAGE;
	return s | (s & SLOT_HISTORY) << SLOT_TOLD_SHIFT;
}

static inline u64 slot_any(avow_slot s)
{
	return s == SLOT_HOLE ? SLOT_IS_HOLE : s;
}

static inline bool slot_passes(avow_slot s, const struct slot_test *test)
{
	return !(test->need & ~slot_all(s)) && !(test->forbid & slot_any(s));
}

/* Passed by slots that are equal to this one. */
static inline struct slot_test slot_equal(avow_slot s)
{
	return (struct slot_test){
		.need = s,
		.forbid = (~s & SLOT_WORD) | (s == SLOT_HOLE ? 0 : SLOT_IS_HOLE),
	};
}

/* Passed by slots of the same history, which is none where there is no page. */
static inline struct slot_test slot_same_history(avow_slot s)
{
	return (struct slot_test){
		.need = (s & SLOT_HISTORY) << SLOT_TOLD_SHIFT,
		.forbid = ~s & SLOT_HISTORY,
	};
}

#endif
