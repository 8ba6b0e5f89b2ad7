// SPDX-License-Identifier: GPL-2.0-only
/*
 * Outside accesses to a page that the EPCM grants to nobody (a TCS, a PENDING page):
 * reads give ones, writes are dropped (R10.4). Page tables belong to the process, so
 * an entry that serves an outside access would serve an inside one too: it is made for
 * a moment, and taken away by a timer or when somebody enters, whichever is first.
 */
#include <linux/mm.h>
#include <linux/sched/task_stack.h>
#include <linux/workqueue.h>

#include "encl.h"
#include "inside.h"

static struct page *abort_page;		/* read-only for everybody */

static void fill_with_ones(struct page *page)
{
	memset64(page_address(page), ~0ULL, PAGE_SIZE / sizeof(u64));
}

int abort_init(void)
{
	abort_page = alloc_page(GFP_KERNEL);
	if (!abort_page)
		return -ENOMEM;
	fill_with_ones(abort_page);
	return 0;
}

void abort_exit(void)
{
	__free_page(abort_page);
}

/* A write goes to a page of the enclave's own, which is made ones again before each use. */
static struct page *sink(struct avow_encl *encl)
{
	if (!encl->sink)
		encl->sink = alloc_page(GFP_KERNEL_ACCOUNT);
	if (encl->sink)
		fill_with_ones(encl->sink);
	return encl->sink;
}

void abort_end(struct avow_encl *encl)
{
	lockdep_assert_held_write(&encl->lock);
	if (encl->abort_first > encl->abort_last)
		return;
	enforce_zap(encl, encl->abort_first, encl->abort_last);
	encl->abort_first = ULONG_MAX;
	encl->abort_last = 0;
}

static void on_timer(struct work_struct *work)
{
	struct avow_encl *encl = container_of(to_delayed_work(work), struct avow_encl, abort_work);

	down_write(&encl->lock);
	abort_end(encl);
	up_write(&encl->lock);
}

void abort_prepare(struct avow_encl *encl)
{
	INIT_DELAYED_WORK(&encl->abort_work, on_timer);
	encl->abort_first = ULONG_MAX;
}

/* From the end of the enclave: no mapping is left. */
void abort_free(struct avow_encl *encl)
{
	cancel_delayed_work_sync(&encl->abort_work);
	if (encl->sink)
		__free_page(encl->sink);
}

/* Does this access come from outside? The kernel's own does, but for that of a leaf. */
static bool from_outside(const struct vm_fault *vmf)
{
	struct avow_thread *thread = inside_current();

	if (!thread || !thread_covers(thread, task_pt_regs(current)->ip))
		return true;
	return !(vmf->flags & FAULT_FLAG_USER) && !thread->leaf;
}

bool abort_applies(const struct vm_fault *vmf, avow_slot slot)
{
	return slot_present(slot) && !slot_granted(slot) &&
	       !(vmf->flags & FAULT_FLAG_INSTRUCTION) && from_outside(vmf);
}

/* Caller holds encl->lock. */
vm_fault_t abort_map(struct avow_encl *encl, const struct vm_fault *vmf, unsigned long index)
{
	bool write = vmf->flags & FAULT_FLAG_WRITE;
	struct page *page;

	lockdep_assert_held_write(&encl->lock);
	/* What was written through other entries of the sink must not be seen through a new one. */
	if (write)
		abort_end(encl);
	page = write ? sink(encl) : abort_page;
	if (!page)
		return VM_FAULT_OOM;
	encl->abort_first = min(encl->abort_first, index);
	encl->abort_last = max(encl->abort_last, index);
	schedule_delayed_work(&encl->abort_work, 1);
	return entry_make(vmf, page, AVOW_R | (write ? AVOW_W : 0));
}
