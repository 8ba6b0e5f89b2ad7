// SPDX-License-Identifier: GPL-2.0-only
/*
 * For ./dev bench: what the in-tree driver does at mmap() and mprotect(), by its own
 * sgx_encl_may_map(), which is in the kernel's image. It is given a struct sgx_encl whose
 * members lie where that kernel has them (layout.h), with a record for each page in its
 * xarray, as the driver's own ADD_PAGES leaves them. There is nothing in such an enclave.
 * A file that was given no range maps the same way without any check.
 */
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/xarray.h>

#include "intree.h"
#include "layout.h"

static int (*may_map)(void *encl, unsigned long start, unsigned long end, unsigned long vm_flags);

static void *member(void *of, size_t offset)
{
	return (char *)of + offset;
}

static struct xarray *pages_of(void *encl)
{
	return member(encl, ENCL_PAGES);
}

static int intree_open(struct inode *inode, struct file *file)
{
	void *encl = kzalloc(ENCL_SIZE, GFP_KERNEL);

	if (!encl)
		return -ENOMEM;
	mutex_init((struct mutex *)member(encl, ENCL_LOCK));
	xa_init(pages_of(encl));
	file->private_data = encl;
	return 0;
}

static int intree_release(struct inode *inode, struct file *file)
{
	void *encl = file->private_data, *record, *last = NULL;
	unsigned long index;

	xa_for_each(pages_of(encl), index, record) {
		/* Neighbours have one or each their own. */
		if (record != last)
			kfree(last);
		last = record;
		cond_resched();
	}
	kfree(last);
	xa_destroy(pages_of(encl));
	kfree(encl);
	return 0;
}

/* Read, write and execute are allowed, so that the whole range is looked at. */
static void *record_new(void)
{
	void *record = kzalloc(PAGE_RECORD_SIZE, GFP_KERNEL);

	if (record)
		*(u8 *)member(record, PAGE_RECORD_BITS) = VM_READ | VM_WRITE | VM_EXEC;
	return record;
}

static int fill(void *encl, const struct intree_fill *arg)
{
	unsigned long index = PFN_DOWN(arg->base), end = PFN_DOWN(arg->base + arg->size);
	void *record = NULL;
	int ret = 0;

	*(unsigned long *)member(encl, ENCL_BASE) = arg->base;
	*(unsigned long *)member(encl, ENCL_LENGTH) = arg->size;
	for (; !ret && index < end; index++) {
		if (!record || !arg->shared)
			record = record_new();
		if (!record)
			return -ENOMEM;
		ret = xa_err(xa_store(pages_of(encl), index, record, GFP_KERNEL));
		cond_resched();
	}
	return ret;
}

static long intree_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void *encl = file->private_data;
	struct intree_fill user;

	if (cmd != INTREE_FILL)
		return -ENOTTY;
	if (copy_from_user(&user, (void __user *)arg, sizeof(user)))
		return -EFAULT;
	if (!xa_empty(pages_of(encl)))
		return -EBUSY;
	return fill(encl, &user);
}

static int intree_mprotect(struct vm_area_struct *vma, unsigned long start, unsigned long end,
			   unsigned long newflags)
{
	return may_map(vma->vm_private_data, start, end, newflags);
}

static const struct vm_operations_struct vm_ops = { .mprotect = intree_mprotect };
static const struct vm_operations_struct vm_ops_unchecked = { };

static int intree_mmap(struct file *file, struct vm_area_struct *vma)
{
	void *encl = file->private_data;
	bool checked = !xa_empty(pages_of(encl));
	int ret = checked ? may_map(encl, vma->vm_start, vma->vm_end, vma->vm_flags) : 0;

	if (ret)
		return ret;
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
	vma->vm_flags |= VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_IO;
#else
	vm_flags_set(vma, VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_IO);
#endif
	vma->vm_ops = checked ? &vm_ops : &vm_ops_unchecked;
	vma->vm_private_data = encl;
	return 0;
}

static const struct file_operations operations = {
	.owner		= THIS_MODULE,
	.open		= intree_open,
	.release	= intree_release,
	.unlocked_ioctl	= intree_ioctl,
	.mmap		= intree_mmap,
};

static struct miscdevice device = {
	.minor	= MISC_DYNAMIC_MINOR,
	.name	= INTREE_DEVICE,
	.fops	= &operations,
};

/* It is global in the kernel, and not exported. */
static int find_may_map(void)
{
	struct kprobe probe = { .symbol_name = "sgx_encl_may_map", .flags = KPROBE_FLAG_DISABLED };
	int ret = register_kprobe(&probe);

	if (ret)
		return ret;
	may_map = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static int __init intree_init(void)
{
	return find_may_map() ?: misc_register(&device);
}

static void __exit intree_exit(void)
{
	misc_deregister(&device);
}

module_init(intree_init);
module_exit(intree_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("the in-tree driver's check of mappings, for benchmarks");
