// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Whole lives of slots: from every beginning, every operation is tried on every
 * state that can be reached, until nothing new comes. What holds for each step
 * then holds for every sequence of steps, however long.
 */
#include <string.h>

#include "model.h"

/* Bits 0 to 19 of a slot are its whole state here: no source, no history. */
#define STATES		(1U << 20)
#define STATE_BITS	(STATES - 1)

static bool reached[STATES];
static avow_slot waiting[STATES];
static unsigned int waiting_count, state_count;
static bool strict;

/* Which side made a step: only the enclave itself may widen what the EPCM grants. */
enum actor { HOST, ENCLAVE };

static void reach(avow_slot slot)
{
	assert_int_equal(slot & ~(STATE_BITS | SLOT_USED), 0);
	/* 0 is a hole and nothing else is. */
	assert_int_equal(!(slot & SLOT_USED), !slot);
	if (reached[slot & STATE_BITS] && (slot || reached[0]))
		return;
	reached[slot & STATE_BITS] = true;
	waiting[waiting_count++] = slot;
	state_count++;
}

static void check_shape(avow_slot slot)
{
	u32 type = slot_type(slot);

	if (!slot_present(slot)) {
		expect(!slot_epcm(slot) && !type, "%#llx", slot);
		expect(!(slot & (SLOT_PENDING | SLOT_MODIFIED | SLOT_PR | SLOT_HISTORY |
				 SLOT_MEASURED)), "%#llx", slot);
		return;
	}
	expect(!(slot & SLOT_KEPT), "%#llx", slot);
	expect(type == TCS || type == REG || type == TRIM, "%#llx", slot);
	expect((slot_epcm(slot) & 3) != 2, "W without R: %#llx", slot);
	expect(type == REG || !slot_epcm(slot), "%#llx", slot);
	expect(!(slot & SLOT_PENDING) || !(slot & SLOT_MODIFIED), "%#llx", slot);
}

static void step(avow_slot from, avow_slot to, enum actor actor)
{
	check_shape(to);
	if (strict && from)
		expect(to && subset(slot_intent(to), slot_intent(from)),
		       "the intent grows: %#llx to %#llx", from, to);
	/* compat's one hole in it: removal of what was not given explicitly. */
	if (!strict && (from & SLOT_EXPLICIT))
		expect(to & SLOT_EXPLICIT, "forgotten: %#llx to %#llx", from, to);
	if (!strict && from && to)
		expect(subset(slot_intent(to), slot_intent(from)), "%#llx to %#llx", from, to);
	if (actor == ENCLAVE)
		expect(slot_intent(to) == slot_intent(from), "%#llx to %#llx", from, to);
	else
		expect(subset(slot_granted(to), slot_granted(from)),
		       "the host widens: %#llx to %#llx", from, to);
	reach(to);
}

static void host_ioctls(avow_slot from)
{
	unsigned int n;
	u64 result;

	for (n = 0; n < 8; n++) {
		avow_slot slot = from;

		if (avow_rights_wellformed(n) && !avow_epcm_emodpr(&slot, n, &result))
			step(from, slot, HOST);
		else
			expect(slot == from, "refused and changed: %#llx", from);
		if (avow_rights_wellformed(n) && !avow_intent_may_lower(from, n)) {
			slot = avow_intent_lower(from, n);
			expect(!(slot & SLOT_LOWERED) ==
			       (!(from & SLOT_LOWERED) && slot_intent(slot) == slot_intent(from)),
			       "%#llx to %#llx", from, slot);
			expect(slot & SLOT_EXPLICIT, "%#llx to %#llx", from, slot);
			step(from, slot, HOST);
		}
		slot = from;
		if (!avow_epcm_emodt(&slot, n, &result))
			step(from, slot, HOST);
		else
			expect(slot == from, "refused and changed: %#llx", from);
	}
	if (!avow_epcm_may_remove(from))
		step(from, avow_intent_after_removal(from, strict), HOST);
}

static void access_by_anybody(avow_slot from)
{
	struct avow_access_ask ask = {
		.slot = from, .strict = strict, .initialized = true,
		.mapping = from ? slot_intent(from) : 7, .access = 0,
	};
	avow_verdict verdict;

	if (avow_bound_access(&ask, &verdict) == AVOW_ACCESS_EAUG) {
		avow_slot slot = avow_epcm_eaug(from);

		expect(slot & SLOT_DYNAMIC, "%#llx", slot);
		expect(slot_intent(slot) == (from ? slot_intent(from) : 7), "%#llx", slot);
		step(from, slot, HOST);
	}
}

static void enclave_leaves(avow_slot from)
{
	const avow_slot copied = SLOT_USED | SLOT_PRESENT | 1 << SLOT_EPCM_SHIFT |
				 REG << SLOT_TYPE_SHIFT;
	unsigned int n;
	u64 code;

	for (n = 0; n < 64 * 5; n++) {
		u64 secinfo = (n & 63) | (u64)(n >> 6) << 8;
		avow_slot slot = from;

		if (avow_epcm_eaccept(&slot, secinfo, &code) == AVOW_EPCM_OK)
			step(from, slot, ENCLAVE);
		slot = from;
		if (avow_epcm_emodpe(&slot, secinfo) == AVOW_EPCM_OK)
			step(from, slot, ENCLAVE);
		slot = from;
		if (avow_epcm_eacceptcopy(&slot, copied, secinfo, &code) == AVOW_EPCM_OK)
			step(from, slot, ENCLAVE);
	}
}

static void live(void)
{
	while (waiting_count) {
		avow_slot from = waiting[--waiting_count];

		host_ioctls(from);
		access_by_anybody(from);
		enclave_leaves(from);
	}
}

static void begin(bool is_strict)
{
	memset(reached, 0, sizeof(reached));
	waiting_count = state_count = 0;
	strict = is_strict;
}

/* Every page that ADD_PAGES can add, every declaration, and a hole. */
static void all_beginnings(void)
{
	unsigned int intent, rwx;

	reach(SLOT_HOLE);
	for (intent = 0; intent < 8; intent++) {
		if (!avow_rights_wellformed(intent))
			continue;
		reach(avow_intent_declare(intent));
		for (rwx = 0; rwx < 8; rwx++)
			if (avow_rights_wellformed(rwx))
				reach(avow_epcm_eadd(REG << 8 | rwx, intent, true, false));
		reach(avow_epcm_eadd(REG << 8 | intent, intent, false, false));
	}
	reach(avow_epcm_eadd(TCS << 8, 3, false, false));
}

/* With step() checking each: an intent never grows, the host never widens. */
static void strict_lives(void **state)
{
	(void)state;
	begin(true);
	all_beginnings();
	live();
	assert_true(state_count > 400);
}

static void compat_lives(void **state)
{
	(void)state;
	begin(false);
	all_beginnings();
	live();
	assert_true(state_count > 400);
}

/* The most that a slot which begins like this can come to have. */
static unsigned int most_of(avow_slot slot, bool is_strict)
{
	unsigned int n, intent = 0;

	begin(is_strict);
	reach(slot);
	live();
	for (n = 0; n < STATES; n++)
		if (reached[n])
			intent |= n & 7;
	return intent;
}

/* As a program of the in-tree driver's adds it. */
static avow_slot readable_page(void)
{
	return avow_epcm_eadd(REG << 8 | 1, 1, false, true);
}

static void strict_does_not_launder(void **state)
{
	(void)state;
	assert_int_equal(most_of(readable_page(), true), 1);
}

/* R2.4: it is so in-tree, and here on purpose. */
static void compat_launders(void **state)
{
	(void)state;
	assert_int_equal(most_of(readable_page(), false), 7);
}

/*
 * R2.6: nothing that was given explicitly grows, in either contract. LOWER_INTENT gives a
 * page of any beginning one, from then on.
 */
static void explicit_does_not_launder(void **state)
{
	unsigned int intent;
	avow_slot lowered;

	(void)state;
	for (intent = 0; intent < 8; intent++) {
		if (!avow_rights_wellformed(intent))
			continue;
		assert_int_equal(most_of(avow_intent_declare(intent), true), intent);
		assert_int_equal(most_of(avow_intent_declare(intent), false), intent);
		assert_int_equal(most_of(avow_epcm_eadd(REG << 8 | 7, intent, true, false), false), intent);
		lowered = avow_intent_lower(avow_epcm_eadd(REG << 8 | 7, 7, false, false), intent);
		assert_int_equal(most_of(lowered, false), intent);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_lives),
		cmocka_unit_test(compat_lives),
		cmocka_unit_test(strict_does_not_launder),
		cmocka_unit_test(compat_launders),
		cmocka_unit_test(explicit_does_not_launder),
	};

	return cmocka_run_group_tests_name("life", tests, NULL, NULL);
}
