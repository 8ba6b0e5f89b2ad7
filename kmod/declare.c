// SPDX-License-Identifier: GPL-2.0-only
/* Where intent is declared: ADD_PAGES, and DECLARE_DYNAMIC for pages to come. */
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "encl.h"
#include "holes.h"
#include "inside.h"
#include "rights.h"

/* One ADD_PAGES call. */
struct add {
	const struct sgx_enclave_add_pages *arg;
	struct avow_secinfo secinfo;
	avow_slot slot;		/* of every page, but for its source */
	struct source_copy source;
};

static int measure(struct avow_encl *encl, const struct add *add, u64 offset, const u8 *bytes)
{
	u8 record[64];
	u32 part;
	int ret;

	encl_assert_busy(encl);
	avow_measure_eadd(record, offset, &add->secinfo);
	ret = crypto_shash_update(encl->mrenclave, record, sizeof(record));
	if (!(add->arg->flags & SGX_PAGE_MEASURE))
		return ret;
	for (part = 0; !ret && part < PAGE_SIZE; part += 256) {
		avow_measure_eextend(record, offset + part);
		ret = crypto_shash_update(encl->mrenclave, record, sizeof(record)) ?:
		      crypto_shash_update(encl->mrenclave, bytes + part, 256);
	}
	return ret;
}

static struct refused told(struct avow_encl *encl, const struct add *add, unsigned long index)
{
	return (struct refused){
		.op = AVOW_OP_ADD_PAGES,
		.start = encl_addr(encl, index),
		.end = encl_addr(encl, index + 1),
		.requested = slot_intent(add->slot),
		.declared = add->source.rights,
		.slot = slot_with_source(SLOT_USED, add->source.class, add->source.id),
		.policy = add->source.policy,
	};
}

/* R4: checks, bytes and hook under one hold of mmap_lock. */
static avow_verdict load(struct avow_encl *encl, struct file *file, struct add *add, u64 src,
			 struct page *page)
{
	avow_verdict v;

	if (mmap_read_lock_killable(current->mm))
		return AVOW_REFUSE(AVOW_RULE(22, 8), EINTR);
	v = source_load(encl, file, AVOW_HOLE(source_each) ? add->arg->src : src, page, &add->source);
	mmap_read_unlock(current->mm);
	if (!v && (AVOW_HOLE(source_each) || AVOW_HOLE(source_hold)))
		hole_copy_again(src, page);
	if (v || slot_type(add->slot) != PT_TCS)
		return v;
	v = avow_args_tcs(page_address(page));
	if (v)
		add->source.policy = 0;	/* it was not the policy */
	return v;
}

/* Of a test build: what the process says by now. */
static avow_slot declared_again(const struct add *add)
{
	u64 flags = hole_secinfo_again(add->arg->secinfo);

	return avow_epcm_eadd(flags, flags & SECINFO_RWX, false, add->source.measured);
}

/*
 * Measured last: a measurement cannot be taken back, and hashing cannot fail. And measured
 * before encl->lock is free: then the page can be written to through older mappings (R4.2).
 */
static int commit(struct avow_encl *encl, const struct add *add, unsigned long index,
		  struct page *page)
{
	avow_slot slot = slot_with_source(add->slot, add->source.class, add->source.id);
	u64 offset = (u64)index << SGX_PAGE_SHIFT;
	const u8 *bytes = page_address(page);
	int ret;

	if (AVOW_HOLE(secinfo_twice))
		slot = declared_again(add);
	if (AVOW_HOLE(measured_again))
		bytes = hole_read_again(add->arg->src + offset - add->arg->offset);
	down_write(&encl->lock);
	ret = epc_insert(encl, index, page, slot);
	if (!ret)
		WARN_ON_ONCE(measure(encl, add, offset, bytes));
	up_write(&encl->lock);
	return ret;
}

static avow_verdict may_add(struct avow_encl *encl, unsigned long index)
{
	avow_verdict v;

	down_write(&encl->lock);
	v = avow_intent_may_add(stash_get(encl, index));
	up_write(&encl->lock);
	return v;
}

static int add_page(struct avow_encl *encl, struct file *file, struct add *add, u64 src,
		    unsigned long index)
{
	struct page *page = epc_alloc();
	struct refused what;
	avow_verdict v;
	int ret;

	if (!page)
		return -ENOMEM;
	source_forget(&add->source);
	/* Only ioctls add before INIT, and they exclude each other: it stays so. */
	v = may_add(encl, index);
	if (!v)
		v = load(encl, file, add, src, page);
	if (v || add->source.policy)
		what = told(encl, add, index);
	if (v) {
		ret = refuse(encl, v, &what);
		goto err_free;
	}
	if (add->source.policy)
		audit(encl, AVOW_RULE(7, 2), &what);
	ret = commit(encl, add, index, page);
	if (ret)
		goto err_free;
	return 0;

err_free:
	epc_free(page);
	return ret;
}

static int add_all(struct avow_encl *encl, struct file *file, struct add *add, u64 *done)
{
	const struct sgx_enclave_add_pages *arg = add->arg;
	int ret = 0;
	u64 c;

	for (c = 0; c < arg->length; c += PAGE_SIZE) {
		if (signal_pending(current)) {
			ret = c ? 0 : -ERESTARTSYS;
			break;
		}
		cond_resched();
		ret = add_page(encl, file, add, arg->src + c, (arg->offset + c) >> PAGE_SHIFT);
		if (ret)
			break;
	}
	*done = c;
	return ret;
}

/* Rights that SECINFO gives are not known yet. */
struct refused asked_add(struct avow_encl *encl, const void *arg)
{
	const struct sgx_enclave_add_pages *user = arg;
	u32 intent = user->flags & AVOW_PAGE_INTENT ? avow_add_flags_intent(user->flags) : 0;

	return asked_for(encl, AVOW_OP_ADD_PAGES, user->offset, user->length, intent);
}

int ioc_add_pages(struct avow_encl *encl, struct file *file, void *arg)
{
	struct sgx_enclave_add_pages *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	struct refused what = asked_add(encl, user);
	struct add add = { .arg = user };
	bool is_explicit;
	avow_verdict v;
	u32 intent;
	u64 done;
	int ret;

	v = avow_args_add(&facts, user);
	if (v)
		return refuse(encl, v, &what);
	if (copy_from_user(&add.secinfo, u64_to_user_ptr(user->secinfo), sizeof(add.secinfo)))
		return -EFAULT;
	if (!(user->flags & AVOW_PAGE_INTENT))
		what.requested = add.secinfo.flags & SECINFO_RWX;
	v = avow_args_secinfo(&add.secinfo);
	if (!v)
		v = avow_intent_declared(user->flags, add.secinfo.flags, &intent, &is_explicit);
	if (v)
		return refuse(encl, v, &what);
	add.source.intent = intent;
	add.source.measured = user->flags & SGX_PAGE_MEASURE;
	add.slot = avow_epcm_eadd(add.secinfo.flags, intent, is_explicit, add.source.measured);
	ret = add_all(encl, file, &add, &done);
	source_done(&add.source);
	user->count = done;
	return ret;
}

/* The whole range holes? If not, *what tells of the first run that is none. Caller holds encl->lock. */
static avow_verdict may_declare(struct avow_encl *encl, unsigned long first, unsigned long last,
				struct refused *what)
{
	unsigned long index, end;
	avow_slot slot;
	avow_verdict v;

	for (index = first; index <= last; index = end + 1) {
		slot = stash_run(encl, index, last, &end);
		v = avow_intent_may_declare(slot);
		if (v) {
			told_run(encl, what, index, end, slot);
			return v;
		}
	}
	return AVOW_OK;
}

/* R3.3 */
int ioc_declare_dynamic(struct avow_encl *encl, struct file *file, void *arg)
{
	const struct avow_declare_dynamic *user = arg;
	struct avow_encl_facts facts = encl_facts(encl);
	struct refused what = asked_for(encl, AVOW_OP_DECLARE_DYNAMIC, user->offset, user->length,
					user->intent);
	unsigned long first, last;
	avow_verdict v;
	int ret;

	v = avow_args_declare(&facts, user);
	if (v)
		return refuse(encl, v, &what);
	first = user->offset >> PAGE_SHIFT;
	last = first + (user->length >> PAGE_SHIFT) - 1;
	down_write(&encl->lock);
	v = may_declare(encl, first, last, &what);
	ret = v ? avow_errno(v) : stash_set(encl, first, last, avow_intent_declare(user->intent));
	up_write(&encl->lock);
	return v ? refuse(encl, v, &what) : ret;
}
