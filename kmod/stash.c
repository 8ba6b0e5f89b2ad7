// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where intent is stashed: what is known of each slot, kept as runs of equal
 * slots in a maple tree. One word a run, nothing for holes.
 */
#include "encl.h"

static unsigned long last_index(const struct avow_encl *encl)
{
	return (encl->size >> SGX_PAGE_SHIFT) - 1;
}

avow_slot stash_run(struct avow_encl *encl, unsigned long index, unsigned long limit,
		    unsigned long *last)
{
	MA_STATE(mas, &encl->slots, index, index);
	void *entry;

	lockdep_assert_held(&encl->lock);
	entry = mas_walk(&mas);
	*last = min(mas.last, limit);
	return entry ? xa_to_value(entry) : SLOT_HOLE;
}

avow_slot stash_get(struct avow_encl *encl, unsigned long index)
{
	unsigned long last;

	return stash_run(encl, index, index, &last);
}

/* The first slot of the run that ends at index. */
static unsigned long run_start(struct avow_encl *encl, unsigned long index)
{
	MA_STATE(mas, &encl->slots, index, index);

	mas_walk(&mas);
	return mas.index;
}

static int store(struct avow_encl *encl, unsigned long first, unsigned long last, void *entry)
{
	MA_STATE(mas, &encl->slots, first, last);

	return mas_store_gfp(&mas, entry, GFP_KERNEL);
}

int stash_set(struct avow_encl *encl, unsigned long first, unsigned long last, avow_slot slot)
{
	unsigned long end;

	lockdep_assert_held(&encl->lock);
	encl->changes++;
	if (slot == SLOT_HOLE)
		return store(encl, first, last, NULL);
	if (first && stash_get(encl, first - 1) == slot)
		first = run_start(encl, first - 1);
	if (last < last_index(encl) &&
	    stash_run(encl, last + 1, last_index(encl), &end) == slot)
		last = end;
	return store(encl, first, last, xa_mk_value(slot));
}

bool stash_empty(struct avow_encl *encl)
{
	lockdep_assert_held(&encl->lock);
	return mtree_empty(&encl->slots);
}
