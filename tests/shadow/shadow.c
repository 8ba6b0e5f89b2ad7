// SPDX-License-Identifier: GPL-2.0-only
/* For the tests: functions with the names of the module's hooks, that nobody calls. */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>

int security_enclave_load(struct file *file, struct vm_area_struct *source, u32 intent, u32 class, bool measured);
int security_enclave_map(struct file *file, unsigned long start, unsigned long end, u32 prot, u32 history);
int security_enclave_init(struct file *file, const void *id);

noinline int security_enclave_load(struct file *file, struct vm_area_struct *source, u32 intent, u32 class,
				   bool measured)
{
	return 0;
}

noinline int security_enclave_map(struct file *file, unsigned long start, unsigned long end, u32 prot, u32 history)
{
	return 0;
}

noinline int security_enclave_init(struct file *file, const void *id)
{
	return 0;
}

static int __init shadow_init(void)
{
	return 0;
}

static void __exit shadow_exit(void)
{
}

module_init(shadow_init);
module_exit(shadow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("functions with the names of avow's security hooks, for tests");
