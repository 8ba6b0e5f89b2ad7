// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that bears avow.ko's name and makes one mistake when it is loaded, of each kind that
 * the kernel of KERNEL=debug is there to notice; and what looks like one and is none.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/refcount.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/stackdepot.h>
#include <linux/timer.h>

static char *fault = "";
module_param(fault, charp, 0444);
MODULE_PARM_DESC(fault, "which mistake to make");

static volatile unsigned int forty = 40;	/* what the compiler cannot know */
static void *kept;

static int use_after_free(void)
{
	volatile char *bytes = kmalloc(100, GFP_KERNEL);

	kfree((void *)bytes);
	return bytes[8];
}

static int out_of_bounds(void)
{
	volatile char *bytes = kmalloc(40, GFP_KERNEL);
	int byte = bytes[forty];

	kfree((void *)bytes);
	return byte;
}

static int stack_out_of_bounds(void)
{
	volatile char bytes[40] = { 0 }, *at = bytes;

	/* Not as an array, of which UBSAN knows the bounds. */
	OPTIMIZER_HIDE_VAR(at);
	return at[forty];
}

static int lock_inversion(void)
{
	static DEFINE_MUTEX(a);
	static DEFINE_MUTEX(b);

	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
	return 0;
}

static int sleep_in_atomic(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	/* Before it sleeps: the scheduler would notice that in any kernel. */
	might_sleep();
	spin_unlock(&lock);
	return 0;
}

static int lock_without_init(void)
{
	spinlock_t *lock = kzalloc(sizeof(*lock), GFP_KERNEL);

	spin_lock(lock);
	spin_unlock(lock);
	kfree(lock);
	return 0;
}

static int rcu_without_lock(void)
{
	static void __rcu *pointer;

	return rcu_dereference(pointer) != NULL;
}

static int shift_too_far(void)
{
	/* cppcheck-suppress [shiftTooManyBits, integerOverflow] */
	return 1 << forty;
}

static int refcount_from_zero(void)
{
	refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
	return 0;
}

static int list_twice(void)
{
	struct list_head head = LIST_HEAD_INIT(head), entry;

	list_add(&entry, &head);
	list_add(&entry, &head);
	return 0;
}

static int page_twice(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	put_page(page);
	put_page(page);
	return 0;
}

static void expired(struct timer_list *timer)
{
}

/* A timer without a function would not be started. */
static int timer_freed(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	timer_setup(timer, expired, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
	return 0;
}

static int leak(void)
{
	/* Not to be found on the stack by chance. */
	OPTIMIZER_HIDE_VAR(kept);
	kept = kmalloc(1000, GFP_KERNEL);
	kept = NULL;
	return 0;
}

static int leak_at_exit(void)
{
	kept = kmalloc(1000, GFP_KERNEL);
	return 0;
}

/* No mistake: more than leftovers.c allows to be missing is in the depot of stacks, for good. */
static int stacks(void)
{
	unsigned long entries[60] = { 0 };

	for (entries[0] = 0; entries[0] < 64 * SZ_1M / sizeof(entries); entries[0]++)
		WARN_ON(!stack_depot_save(entries, ARRAY_SIZE(entries), GFP_KERNEL));
	return 0;
}

static const struct {
	const char *name;
	int (*make)(void);
} faults[] = {
	{ "use_after_free", use_after_free },
	{ "out_of_bounds", out_of_bounds },
	{ "stack_out_of_bounds", stack_out_of_bounds },
	{ "lock_inversion", lock_inversion },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "lock_without_init", lock_without_init },
	{ "rcu_without_lock", rcu_without_lock },
	{ "shift_too_far", shift_too_far },
	{ "refcount_from_zero", refcount_from_zero },
	{ "list_twice", list_twice },
	{ "page_twice", page_twice },
	{ "timer_freed", timer_freed },
	{ "leak", leak },
	{ "leak_at_exit", leak_at_exit },
	{ "stacks", stacks },
};

static int __init faulty_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(faults[i].name, fault))
			continue;
		pr_info("made: %d\n", faults[i].make());
		return 0;
	}
	return *fault ? -EINVAL : 0;
}

static void __exit faulty_exit(void)
{
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_DESCRIPTION("Makes a mistake, for a test");
MODULE_LICENSE("GPL");
