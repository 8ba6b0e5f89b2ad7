// SPDX-License-Identifier: GPL-2.0-only
/* For ./dev bench: the least that some things cost which avow.ko does. */
#include <linux/module.h>

#include "floor.h"

static int __init floor_init(void)
{
	int ret = trap_init();

	if (ret)
		return ret;
	ret = add_init();
	if (ret)
		trap_exit();
	return ret;
}

static void __exit floor_exit(void)
{
	add_exit();
	trap_exit();
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("the least that things cost, for benchmarks");
