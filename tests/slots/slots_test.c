// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * kmod/slots.c against an array: the same words are put into both, and each question must
 * have the same answer, while memory runs out now and then. Where nothing is left to be
 * told apart, no node may be left either.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "slots.c"

#define SLOTS	(1UL << 13)	/* three levels, the last of them not full */
#define STEPS	200000

struct kmem_cache test_cache = { .left = -1 };

static struct slot_tree tree;
static avow_slot flat[SLOTS];

static u32 chance(u32 below)
{
	static u64 state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state % below);
}

/* Few different words, so that there are long runs. */
static avow_slot any_slot(void)
{
	avow_slot slot = slot_with_intent(SLOT_EXPLICIT, chance(8));

	switch (chance(4)) {
	case 0:
		return SLOT_HOLE;
	case 1:
		return slot;
	default:
		slot |= SLOT_PRESENT | (chance(2) ? SLOT_PENDING : 0);
		slot |= chance(2) ? SLOT_EVER_W : chance(2) ? SLOT_EVER_X : 0;
		return slot_with_type(slot_with_epcm(slot, chance(2) ? 7 : 3), PT_REG);
	}
}

static void any_range(unsigned long *first, unsigned long *last)
{
	static const unsigned long lengths[] = { 1, 2, 63, 64, 65, 700, 4096, SLOTS };
	unsigned long length = 1 + chance((u32)lengths[chance(8)]);

	*first = chance(SLOTS);
	if (chance(2))
		*first &= ~63UL;
	*last = min(*first + length - 1, SLOTS - 1);
}

static struct slot_test any_test(void)
{
	switch (chance(3)) {
	case 0:
		return slot_equal(any_slot());
	case 1:
		return slot_same_history(any_slot());
	default:
		return (struct slot_test){
			.need = chance(2) ? slot_with_intent(0, chance(8)) : SLOT_HISTORY,
			.forbid = chance(2) ? SLOT_IS_HOLE : chance(2) ? SLOT_PENDING : 0,
		};
	}
}

static void ask(void)
{
	struct slot_test test = any_test();
	unsigned long first, last, want;

	any_range(&first, &last);
	for (want = first; want <= last && slot_passes(flat[want], &test); want++)
		;
	assert_int_equal(slots_find(&tree, first, last, &test), want);
}

static void set(void)
{
	avow_slot slot = any_slot();
	unsigned long first, last, i;

	any_range(&first, &last);
	if (slots_set(&tree, first, last, slot)) {
		assert_int_equal(test_cache.left, 0);
		return;
	}
	for (i = first; i <= last; i++)
		flat[i] = slot;
}

static void add_history(void)
{
	avow_slot history = chance(2) ? SLOT_EVER_W : SLOT_HISTORY;
	unsigned long first, last, i;

	any_range(&first, &last);
	if (slots_mark(&tree, first, last, history)) {
		assert_int_equal(test_cache.left, 0);
		return;
	}
	for (i = first; i <= last; i++)
		if (slot_present(flat[i]))
			flat[i] |= history;
}

static void compare(void)
{
	unsigned long i, end;

	for (i = 0; i < SLOTS; i++) {
		assert_int_equal(slots_get(&tree, i), flat[i]);
		assert_int_equal(slots_stretch(&tree, i, &end), flat[i]);
		assert_true(end >= i);
		if (end < SLOTS)
			assert_int_equal(flat[end], flat[i]);
	}
}

static void start(void)
{
	memset(flat, 0, sizeof(flat));
	test_cache.left = -1;
	assert_int_equal(test_cache.used, 0);
	slots_prepare(&tree, SLOTS);
}

static void as_an_array(void **state)
{
	unsigned int step;

	(void)state;
	start();
	for (step = 0; step < STEPS; step++) {
		test_cache.left = chance(8) ? -1 : (long)chance(4);
		switch (chance(4)) {
		case 0: set(); break;
		case 1: add_history(); break;
		default: ask();
		}
		if (!(step & 1023))
			compare();
	}
	compare();
	slots_free(&tree);
	assert_int_equal(test_cache.used, 0);
}

/* In ascending order, as a loader adds pages: what is equal becomes one word on the way. */
static void equal_pages_take_no_nodes(void **state)
{
	const avow_slot slot = slot_with_intent(SLOT_PRESENT, 3);
	unsigned long i, most = 0;

	(void)state;
	start();
	for (i = 0; i < SLOTS; i++) {
		assert_int_equal(slots_set(&tree, i, i, slot), 0);
		most = most > test_cache.used ? most : test_cache.used;
	}
	assert_true(most <= 3);
	/* Room is left behind the last slot, so the root is no word. */
	assert_int_equal(test_cache.used, 1);
	slots_free(&tree);
}

/* A whole range of 2^34 slots at once, and a slot in its middle. */
static void a_large_range_is_a_word(void **state)
{
	const avow_slot slot = slot_with_intent(0, 1), other = slot_with_intent(0, 3);
	const unsigned long nr = 1UL << 36;
	struct slot_test equal = slot_equal(slot);

	(void)state;
	start();
	slots_prepare(&tree, nr);
	assert_int_equal(slots_set(&tree, 0, nr - 1, slot), 0);
	assert_int_equal(test_cache.used, 0);
	assert_int_equal(slots_set(&tree, nr / 2, nr / 2, other), 0);
	assert_int_equal(test_cache.used, 6);
	assert_int_equal(slots_find(&tree, 0, nr - 1, &equal), nr / 2);
	assert_int_equal(slots_find(&tree, nr / 2 + 1, nr - 1, &equal), nr);
	assert_int_equal(slots_set(&tree, nr / 2, nr / 2, slot), 0);
	assert_int_equal(slots_find(&tree, 0, nr - 1, &equal), nr);
	assert_int_equal(test_cache.used, 0);
	slots_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_an_array),
		cmocka_unit_test(equal_pages_take_no_nodes),
		cmocka_unit_test(a_large_range_is_a_word),
	};

	assert_int_equal(slots_init(), 0);
	return cmocka_run_group_tests_name("the tree of slots", tests, NULL, NULL);
}
