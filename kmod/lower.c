// SPDX-License-Identifier: GPL-2.0-only
/* LOWER_INTENT: a right given up, for good (R2). */
#include <linux/sched.h>

#include "encl.h"

/* The first run that does not allow it, if any. Caller holds encl->lock. */
static avow_verdict check(struct avow_encl *encl, unsigned long first, unsigned long last,
			  u32 intent, struct refused *what)
{
	unsigned long index, end;
	avow_slot slot;
	avow_verdict v;

	for (index = first; index <= last; index = end + 1) {
		slot = stash_run(encl, index, last, &end);
		v = avow_intent_may_lower(slot, intent);
		if (v) {
			told_run(encl, what, index, end, slot);
			return v;
		}
	}
	return AVOW_OK;
}

static int lower(struct avow_encl *encl, unsigned long first, unsigned long last, u32 intent,
		 unsigned long *next)
{
	avow_slot slot;
	int ret = 0;

	lockdep_assert_held_write(&encl->lock);
	for (*next = first; !ret && *next <= last;) {
		unsigned long end;

		slot = stash_run(encl, *next, last, &end);
		ret = stash_set(encl, *next, end, avow_intent_lower(slot, intent));
		if (!ret)
			*next = end + 1;
		cond_resched();
	}
	if (!AVOW_HOLE(lower_entries))
		enforce_zap(encl, first, last);
	return ret;
}

int ioc_lower_intent(struct avow_encl *encl, struct file *file, void *arg)
{
	struct avow_lower_intent *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	struct refused what = asked_for(encl, AVOW_OP_LOWER_INTENT, user->offset, user->length,
					user->intent);
	unsigned long first, last, next;
	avow_verdict v;
	int ret = 0;

	v = avow_args_lower(&facts, user);
	if (v)
		return refuse(encl, v, &what);
	first = user->offset >> PAGE_SHIFT;
	last = first + (user->length >> PAGE_SHIFT) - 1;
	down_write(&encl->lock);
	v = check(encl, first, last, user->intent, &what);
	if (!v)
		ret = lower(encl, first, last, user->intent, &next);
	up_write(&encl->lock);
	if (v)
		return refuse(encl, v, &what);
	user->count = (u64)(next - first) << PAGE_SHIFT;
	return ret;
}
