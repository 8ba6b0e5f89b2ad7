// SPDX-License-Identifier: GPL-2.0-only
/* The in-tree SGX2 calls: RESTRICT_PERMISSIONS, MODIFY_TYPES, REMOVE_PAGES (R24 to R26). */
#include <linux/sched/signal.h>

#include "encl.h"

/* One call: what is done to each slot of a range. */
struct change {
	u32 op;			/* enum avow_op */
	u32 arg;		/* rights or page type */
	u64 result;		/* out: SGX error code of the slot that failed */
	/* Decides and makes the new slot. Caller holds encl->lock. */
	avow_verdict (*decide)(struct avow_encl *encl, avow_slot *slot, struct change *change);
	/* After the new slot is stashed and the entries are gone; may be NULL. */
	void (*done)(struct avow_encl *encl, unsigned long index);
};

static int refuse_change(struct avow_encl *encl, const struct change *change, avow_verdict v,
			 unsigned long index, avow_slot slot)
{
	const struct refused what = {
		.op = change->op,
		.start = encl_addr(encl, index),
		.end = encl_addr(encl, index + 1),
		.requested = change->op == AVOW_OP_RESTRICT ? change->arg : 0,
		.declared = slot_intent(slot),
		.slot = slot,
	};

	return refuse(encl, v, &what);
}

static int change_slot(struct avow_encl *encl, struct change *change, unsigned long index)
{
	avow_slot old = stash_get(encl, index), new = old;
	avow_verdict v = change->decide(encl, &new, change);
	int ret;

	lockdep_assert_held_write(&encl->lock);
	if (v)
		return refuse_change(encl, change, v, index, old);
	ret = stash_set(encl, index, index, new);
	if (ret)
		return ret;
	if (!AVOW_HOLE(change_entries))
		enforce_zap(encl, index, index);
	if (change->done)
		change->done(encl, index);
	return 0;
}

/* Page by page, each under its own hold of the lock, as in-tree; *count in bytes. */
static int change_range(struct avow_encl *encl, struct change *change, u64 offset, u64 length,
			u64 *count)
{
	u64 c;
	int ret = 0;

	for (c = 0; c < length; c += SGX_PAGE_SIZE) {
		down_write(&encl->lock);
		ret = change_slot(encl, change, (offset + c) >> SGX_PAGE_SHIFT);
		up_write(&encl->lock);
		if (ret)
			break;
		cond_resched();
	}
	*count = c;
	return ret;
}

static avow_verdict decide_restrict(struct avow_encl *encl, avow_slot *slot,
				    struct change *change)
{
	return avow_epcm_emodpr(slot, change->arg, &change->result);
}

static avow_verdict decide_type(struct avow_encl *encl, avow_slot *slot, struct change *change)
{
	return avow_epcm_emodt(slot, change->arg, &change->result);
}

static avow_verdict decide_remove(struct avow_encl *encl, avow_slot *slot,
				  struct change *change)
{
	avow_verdict v = avow_epcm_may_remove(*slot);

	if (!v)
		*slot = avow_intent_after_removal(*slot, encl->strict);
	return v;
}

static void drop_page(struct avow_encl *encl, unsigned long index)
{
	struct page *page = xa_erase(&encl->pages, index);

	if (!WARN_ON_ONCE(!page))
		epc_free(page);
}

struct refused asked_restrict(struct avow_encl *encl, const void *arg)
{
	const struct sgx_enclave_restrict_permissions *user = arg;

	return asked_for(encl, AVOW_OP_RESTRICT, user->offset, user->length, user->permissions);
}

struct refused asked_modify_types(struct avow_encl *encl, const void *arg)
{
	const struct sgx_enclave_modify_types *user = arg;

	return asked_for(encl, AVOW_OP_MODIFY_TYPES, user->offset, user->length, 0);
}

struct refused asked_remove(struct avow_encl *encl, const void *arg)
{
	const struct sgx_enclave_remove_pages *user = arg;

	return asked_for(encl, AVOW_OP_REMOVE_PAGES, user->offset, user->length, 0);
}

int ioc_restrict(struct avow_encl *encl, struct file *file, void *arg)
{
	struct sgx_enclave_restrict_permissions *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	struct change change = {
		.op = AVOW_OP_RESTRICT,
		.arg = user->permissions,
		.decide = decide_restrict,
	};
	const struct refused what = asked_restrict(encl, user);
	avow_verdict v = avow_args_restrict(&facts, user);
	int ret;

	if (v)
		return refuse(encl, v, &what);
	ret = change_range(encl, &change, user->offset, user->length, &user->count);
	user->result = change.result;
	return ret;
}

int ioc_modify_types(struct avow_encl *encl, struct file *file, void *arg)
{
	struct sgx_enclave_modify_types *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	struct change change = {
		.op = AVOW_OP_MODIFY_TYPES,
		.arg = user->page_type,
		.decide = decide_type,
	};
	const struct refused what = asked_modify_types(encl, user);
	avow_verdict v = avow_args_modify_types(&facts, user);
	int ret;

	if (v)
		return refuse(encl, v, &what);
	ret = change_range(encl, &change, user->offset, user->length, &user->count);
	user->result = change.result;
	return ret;
}

int ioc_remove_pages(struct avow_encl *encl, struct file *file, void *arg)
{
	struct sgx_enclave_remove_pages *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	struct change change = {
		.op = AVOW_OP_REMOVE_PAGES,
		.decide = decide_remove,
		.done = drop_page,
	};
	const struct refused what = asked_remove(encl, user);
	avow_verdict v = avow_args_remove(&facts, user);

	if (v)
		return refuse(encl, v, &what);
	return change_range(encl, &change, user->offset, user->length, &user->count);
}
