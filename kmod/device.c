// SPDX-License-Identifier: GPL-2.0-only
/* /dev/sgx_enclave and /dev/sgx_provision. */
#include <linux/miscdevice.h>
#include <linux/mman.h>
#include <linux/module.h>

#include "encl.h"
#include "holes.h"
#include "kernel_compat.h"

static int enclave_open(struct inode *inode, struct file *file)
{
	struct avow_encl *encl = encl_alloc(file);

	if (IS_ERR(encl))
		return PTR_ERR(encl);
	file->private_data = encl;
	return 0;
}

static int enclave_release(struct inode *inode, struct file *file)
{
	encl_free(file->private_data);
	return 0;
}

static int enclave_mmap(struct file *file, struct vm_area_struct *vma)
{
	return enforce_mmap(file->private_data, vma);
}

/* R11.3; a fixed address is taken as it is, since pages have linear addresses. */
static unsigned long enclave_get_unmapped_area(struct file *file, unsigned long addr,
					       unsigned long len, unsigned long pgoff,
					       unsigned long flags)
{
	const struct refused what = { .op = AVOW_OP_MMAP, .start = addr, .end = addr + len };

	if ((flags & MAP_TYPE) == MAP_PRIVATE && !AVOW_HOLE(private_mapping))
		return refuse(file->private_data, AVOW_REFUSE(AVOW_RULE(11, 3), EINVAL), &what);
	if (flags & MAP_FIXED)
		return addr;
	return compat_get_unmapped_area(file, addr, len, pgoff, flags);
}

static const struct file_operations enclave_fops = {
	.owner			= THIS_MODULE,
	.open			= enclave_open,
	.flush			= hole_flush,
	.release		= enclave_release,
	.unlocked_ioctl		= encl_ioctl,
	.compat_ioctl		= encl_ioctl,	/* every structure is the same in 32 bits */
	.mmap			= enclave_mmap,
	.get_unmapped_area	= enclave_get_unmapped_area,
};

static struct miscdevice enclave_device = {
	.minor		= MISC_DYNAMIC_MINOR,
	.name		= "sgx_enclave",
	.nodename	= "sgx_enclave",
	.fops		= &enclave_fops,
};

/* Holding it open is all that it is for (R27). */
static const struct file_operations provision_fops = {
	.owner		= THIS_MODULE,
};

static struct miscdevice provision_device = {
	.minor		= MISC_DYNAMIC_MINOR,
	.name		= "sgx_provision",
	.nodename	= "sgx_provision",
	.fops		= &provision_fops,
};

bool device_is_provision(const struct file *file)
{
	return file->f_op == &provision_fops;
}

int devices_register(void)
{
	int ret = misc_register(&provision_device);

	if (ret)
		return ret;
	ret = misc_register(&enclave_device);
	if (ret)
		misc_deregister(&provision_device);
	return ret;
}

void devices_unregister(void)
{
	misc_deregister(&enclave_device);
	misc_deregister(&provision_device);
}
