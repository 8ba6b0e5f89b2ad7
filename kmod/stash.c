// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where intent is stashed: what is known of each slot of an enclave, one word (core/slot.h)
 * in a tree (slots.c).
 */
#include "encl.h"

avow_slot stash_get(struct avow_encl *encl, unsigned long index)
{
	lockdep_assert_held(&encl->lock);
	return slots_get(&encl->slots, index);
}

avow_slot stash_stretch(struct avow_encl *encl, unsigned long index, unsigned long *last)
{
	lockdep_assert_held_write(&encl->lock);
	return slots_stretch(&encl->slots, index, last);
}

avow_slot stash_run(struct avow_encl *encl, unsigned long index, unsigned long limit,
		    unsigned long *last)
{
	struct slot_test equal;
	avow_slot slot;

	slot = stash_stretch(encl, index, last);
	if (*last < limit) {
		equal = slot_equal(slot);
		*last = slots_find(&encl->slots, *last + 1, limit, &equal) - 1;
	}
	*last = min(*last, limit);
	return slot;
}

unsigned long stash_find(struct avow_encl *encl, unsigned long first, unsigned long last,
			 const struct slot_test *test)
{
	lockdep_assert_held_write(&encl->lock);
	return slots_find(&encl->slots, first, last, test);
}

int stash_set(struct avow_encl *encl, unsigned long first, unsigned long last, avow_slot slot)
{
	lockdep_assert_held_write(&encl->lock);
	encl->changes++;
	return slots_set(&encl->slots, first, last, slot);
}

int stash_mark(struct avow_encl *encl, unsigned long first, unsigned long last, avow_slot history)
{
	const struct slot_test has = { .need = history };

	lockdep_assert_held_write(&encl->lock);
	first = slots_find(&encl->slots, first, last, &has);
	if (first > last)
		return 0;
	encl->changes++;
	return slots_mark(&encl->slots, first, last, history);
}

bool stash_empty(struct avow_encl *encl)
{
	const struct slot_test unused = { .forbid = SLOT_USED };
	unsigned long last = (1UL << encl->slots.shift) - 1;

	lockdep_assert_held_write(&encl->lock);
	return slots_find(&encl->slots, 0, last, &unused) > last;
}
