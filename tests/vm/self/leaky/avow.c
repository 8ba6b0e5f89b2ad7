// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that bears avow.ko's name and does not clean up, or breaks down: the check of what
 * is left behind must notice, and the machine must end.
 */
#include <linux/bug.h>
#include <linux/gfp.h>
#include <linux/module.h>
#include <linux/slab.h>

static bool cache;
module_param(cache, bool, 0444);
MODULE_PARM_DESC(cache, "leave a slab cache behind");

static unsigned int pages;
module_param(pages, uint, 0444);
MODULE_PARM_DESC(pages, "leave this many pages behind");

static bool bug;
module_param(bug, bool, 0444);
MODULE_PARM_DESC(bug, "break down when it is loaded");

static int __init leaky_init(void)
{
	unsigned int i;

	BUG_ON(bug);
	if (cache && !kmem_cache_create("avow_left", 64, 0, 0, NULL))
		return -ENOMEM;
	for (i = 0; i < pages; i++)
		if (!__get_free_page(GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static void __exit leaky_exit(void)
{
}

module_init(leaky_init);
module_exit(leaky_exit);
MODULE_DESCRIPTION("Leaves things behind, for a test");
MODULE_LICENSE("GPL");
