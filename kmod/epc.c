// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enclave pages: ordinary kernel pages, charged to the memory cgroup of the task
 * that adds them and counted against one limit for the host, the "EPC".
 */
#include <linux/gfp.h>
#include <linux/module.h>

#include "encl.h"

static char *epc_size;
module_param(epc_size, charp, 0444);
MODULE_PARM_DESC(epc_size, "most memory for all enclaves together, in bytes with suffix K, M or G (default: a quarter of RAM)");

static u64 limit_pages;
static atomic_long_t used_pages;

int epc_parse_size(void)
{
	char *end;
	u64 bytes;

	if (!epc_size) {
		limit_pages = totalram_pages() / 4;
		return 0;
	}
	bytes = memparse(epc_size, &end);
	if (end == epc_size || *end || bytes < SGX_PAGE_SIZE || bytes > S64_MAX) {
		pr_err("parameter epc_size: \"%s\" is no size; give bytes, K, M or G, from 4K on, as in epc_size=512M\n",
		       epc_size);
		return -EINVAL;
	}
	limit_pages = bytes >> SGX_PAGE_SHIFT;
	return 0;
}

u64 epc_limit(void)
{
	return limit_pages << SGX_PAGE_SHIFT;
}

unsigned long epc_pages_used(void)
{
	return atomic_long_read(&used_pages);
}

struct page *epc_alloc(void)
{
	struct page *page;

	if (atomic_long_inc_return(&used_pages) > limit_pages)
		goto out;
	page = alloc_page((AVOW_HOLE(epc_charged) ? GFP_KERNEL : GFP_KERNEL_ACCOUNT) | __GFP_ZERO |
			  __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
	if (page)
		return page;
out:
	atomic_long_dec(&used_pages);
	return NULL;
}

void epc_free(struct page *page)
{
	put_page(page);
	atomic_long_dec(&used_pages);
}

int epc_insert(struct avow_encl *encl, unsigned long index, struct page *page, avow_slot slot)
{
	int ret;

	lockdep_assert_held_write(&encl->lock);
	ret = xa_insert(&encl->pages, index, page, GFP_KERNEL);
	if (ret == -EBUSY && AVOW_HOLE(page_replaced)) {
		enforce_zap(encl, index, index);
		epc_free(xa_store(&encl->pages, index, page, GFP_KERNEL));
		ret = 0;
	}
	if (ret)
		return ret;
	ret = stash_set(encl, index, index, slot);
	if (ret)
		xa_erase(&encl->pages, index);
	return ret;
}

int epc_augment(struct avow_encl *encl, unsigned long index)
{
	avow_slot slot = avow_epcm_eaug(stash_get(encl, index));
	struct page *page;
	int ret;

	lockdep_assert_held_write(&encl->lock);
	page = epc_alloc();
	if (!page)
		return -ENOMEM;
	ret = epc_insert(encl, index, page, slot);
	if (ret)
		epc_free(page);
	return ret;
}
