// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the tests: when avow.ko is about to run its own initialisation, the nth allocation of the
 * task that loads it is to fail, and with `on` all that come after it, too. /proc/PID/fail-nth
 * could only count from finit_module() on, where the kernel's own allocations come first; some
 * of these warn where they fail. nth and on are for the next loading only.
 */
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/sched.h>

static unsigned int nth;
static bool on;
module_param(nth, uint, 0644);
module_param(on, bool, 0644);

static int arm(struct notifier_block *self, unsigned long state, void *data)
{
	const struct module *module = data;

	if (state != MODULE_STATE_COMING || strcmp(module->name, "avow") || !nth)
		return NOTIFY_DONE;
	current->make_it_fail = on;
	current->fail_nth = nth;
	nth = 0;
	return NOTIFY_OK;
}

/* The last one that is told. */
static struct notifier_block arming = { .notifier_call = arm, .priority = INT_MIN };

static int __init failing_init(void)
{
	return register_module_notifier(&arming);
}

static void __exit failing_exit(void)
{
	unregister_module_notifier(&arming);
}

module_init(failing_init);
module_exit(failing_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("makes allocations of avow's initialisation fail, for the tests");
