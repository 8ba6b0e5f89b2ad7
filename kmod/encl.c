// SPDX-License-Identifier: GPL-2.0-only
/* Birth and death of an enclave. */
#include <linux/shmem_fs.h>
#include <linux/slab.h>

#include "encl.h"
#include "inside.h"

static struct shash_desc *measurement_alloc(void)
{
	struct crypto_shash *tfm = crypto_alloc_shash("sha256", 0, 0);
	struct shash_desc *desc;

	if (IS_ERR(tfm))
		return ERR_CAST(tfm);
	desc = kzalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL_ACCOUNT);
	if (!desc) {
		crypto_free_shash(tfm);
		return ERR_PTR(-ENOMEM);
	}
	desc->tfm = tfm;
	return desc;
}

static void measurement_free(struct shash_desc *desc)
{
	crypto_free_shash(desc->tfm);
	kfree_sensitive(desc);
}

/*
 * The enclave of a file that is being opened. All its mappings are linked to one
 * address_space, at their linear addresses as offsets, so that one call drops the
 * page-table entries of a page wherever it is mapped.
 */
struct avow_encl *encl_alloc(struct file *file)
{
	struct avow_encl *encl = kzalloc(sizeof(*encl), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!encl)
		return ERR_PTR(-ENOMEM);
	encl->mrenclave = measurement_alloc();
	if (IS_ERR(encl->mrenclave)) {
		ret = PTR_ERR(encl->mrenclave);
		goto err_free;
	}
	encl->anchor = shmem_file_setup("avow-anchor", 0, VM_NORESERVE);
	if (IS_ERR(encl->anchor)) {
		/* shmem says ENOSPC where there is no memory for an inode. */
		ret = PTR_ERR(encl->anchor) == -ENOSPC ? -ENOMEM : PTR_ERR(encl->anchor);
		goto err_measurement;
	}
	/* Else the kernel would take the device's inode for one of a memory file (R20.4). */
	if (!AVOW_HOLE(shmem_anchor))
		encl->anchor->f_mapping->a_ops = &empty_aops;
	init_rwsem(&encl->lock);
	xa_init(&encl->pages);
	xa_init(&encl->threads);
	xa_init_flags(&encl->sources, XA_FLAGS_ALLOC1);
	spin_lock_init(&encl->log.lock);
	abort_prepare(encl);
	encl->strict = avow_strict_default;
	encl->allowed = ATTR_DEBUG | ATTR_MODE64BIT | ATTR_KSS;
	file->f_mapping = encl->anchor->f_mapping;
	return encl;

err_measurement:
	measurement_free(encl->mrenclave);
err_free:
	kfree(encl);
	return ERR_PTR(ret);
}

/* From the file's release: nobody maps it, nobody is inside. */
void encl_free(struct avow_encl *encl)
{
	struct avow_thread *thread;
	unsigned long index;
	struct page *page;

	might_sleep();
	abort_free(encl);
	xa_for_each(&encl->threads, index, thread)
		thread_free(thread);
	xa_destroy(&encl->threads);
	xa_for_each(&encl->pages, index, page) {
		epc_free(page);
		cond_resched();
	}
	xa_destroy(&encl->pages);
	slots_free(&encl->slots);
	source_free_all(encl);
	if (encl->secs)
		epc_free(virt_to_page(encl->secs));
	fput(encl->anchor);
	measurement_free(encl->mrenclave);
	kfree(encl);
}
