// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the tests: a module that has functions of the names of avow's security hooks. The
 * kernel looks for what a BPF program is to be attached to by its name, over all modules.
 */
#include <linux/module.h>

#define SHADOW(name)				\
	noinline int security_enclave_##name(void);	\
	noinline int security_enclave_##name(void)	\
	{					\
		barrier();			\
		return 0;			\
	}

SHADOW(load)
SHADOW(map)
SHADOW(init)

/* Called once, so that they are there. */
static int __init shadow_init(void)
{
	return security_enclave_load() | security_enclave_map() | security_enclave_init();
}

static void __exit shadow_exit(void)
{
}

module_init(shadow_init);
module_exit(shadow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("has functions of the names of avow's hooks, for tests");
