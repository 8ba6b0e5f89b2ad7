// SPDX-License-Identifier: GPL-2.0-only
/*
 * The least that adding pages costs: the bytes are copied, to a page that is allocated or
 * to one that is there, and hashed, in records as those of EADD and EEXTEND.
 */
#include <crypto/hash.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "floor.h"

#define RECORD	64
#define PART	256	/* bytes that one EEXTEND hashes */

struct adding {
	struct list_head pages;
	struct page *page;	/* is there already */
	struct shash_desc *hash;
};

static void adding_free(struct adding *a)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &a->pages, lru)
		__free_page(page);
	if (a->page)
		__free_page(a->page);
	if (a->hash) {
		crypto_free_shash(a->hash->tfm);
		kfree(a->hash);
	}
	kfree(a);
}

static int hash_prepare(struct adding *a)
{
	struct crypto_shash *tfm = crypto_alloc_shash("sha256", 0, 0);

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	a->hash = kzalloc(sizeof(*a->hash) + crypto_shash_descsize(tfm), GFP_KERNEL);
	if (!a->hash) {
		crypto_free_shash(tfm);
		return -ENOMEM;
	}
	a->hash->tfm = tfm;
	return crypto_shash_init(a->hash);
}

static int add_open(struct inode *inode, struct file *file)
{
	struct adding *a = kzalloc(sizeof(*a), GFP_KERNEL);
	int ret;

	if (!a)
		return -ENOMEM;
	INIT_LIST_HEAD(&a->pages);
	a->page = alloc_page(GFP_KERNEL);
	ret = a->page ? hash_prepare(a) : -ENOMEM;
	if (ret) {
		adding_free(a);
		return ret;
	}
	file->private_data = a;
	return 0;
}

static int add_release(struct inode *inode, struct file *file)
{
	adding_free(file->private_data);
	return 0;
}

static int hash(struct adding *a, const u8 *bytes, u32 what)
{
	static const u8 record[RECORD];
	unsigned int part;
	int ret = 0;

	if (what & FLOOR_EADD)
		ret = crypto_shash_update(a->hash, record, RECORD);
	if (!(what & FLOOR_EEXTEND))
		return ret;
	for (part = 0; !ret && part < PAGE_SIZE; part += PART)
		ret = crypto_shash_update(a->hash, record, RECORD) ?:
		      crypto_shash_update(a->hash, bytes + part, PART);
	return ret;
}

static int add_one(struct adding *a, u64 src, u32 what)
{
	struct page *page = a->page;

	if (what & FLOOR_ALLOC) {
		page = alloc_page(GFP_KERNEL_ACCOUNT);
		if (!page)
			return -ENOMEM;
		list_add(&page->lru, &a->pages);
	}
	if (copy_from_user(page_address(page), u64_to_user_ptr(src), PAGE_SIZE))
		return -EFAULT;
	return hash(a, page_address(page), what);
}

static long add_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct floor_add user;
	int ret = 0;
	u32 i;

	if (cmd != FLOOR_ADD)
		return -ENOTTY;
	if (copy_from_user(&user, (void __user *)arg, sizeof(user)))
		return -EFAULT;
	for (i = 0; !ret && i < user.pages; i++)
		ret = add_one(file->private_data, user.src + i * PAGE_SIZE, user.what);
	return ret;
}

static const struct file_operations operations = {
	.owner		= THIS_MODULE,
	.open		= add_open,
	.release	= add_release,
	.unlocked_ioctl	= add_ioctl,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= FLOOR_DEVICE,
	.fops	= &operations,
};

int add_init(void)
{
	return misc_register(&device);
}

void add_exit(void)
{
	misc_deregister(&device);
}
