// SPDX-License-Identifier: GPL-2.0-only
/* The test build alone: the parameter that turns checks off, one by one. */
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "encl.h"
#include "holes.h"

static const struct {
	const char *name, *what;
} holes[] = {
#define HOLE_ROW(name_, what_)	[AVOW_HOLE_##name_] = { #name_, what_ },
	AVOW_HOLES_ALL(HOLE_ROW)
};

bool avow_hole_open[AVOW_HOLES_NR];

static int hole_find(const char *name)
{
	int i;

	for (i = 0; i < AVOW_HOLES_NR; i++)
		if (!strcmp(holes[i].name, name))
			return i;
	pr_err("there is no hole \"%s\"\n", name);
	return -EINVAL;
}

/* Names with commas between them; nothing: none. */
static int hole_parse(char *names, bool open[AVOW_HOLES_NR])
{
	char *name;
	int i;

	names = strstrip(names);
	while ((name = strsep(&names, ","))) {
		if (!*name)
			continue;
		i = hole_find(name);
		if (i < 0)
			return i;
		open[i] = true;
	}
	return 0;
}

/* The kernel holds the lock of the module's parameters. */
static int hole_set(const char *value, const struct kernel_param *kp)
{
	bool open[AVOW_HOLES_NR] = { };
	char *names = kstrdup(value, GFP_KERNEL);
	int i, ret;

	if (!names)
		return -ENOMEM;
	ret = hole_parse(names, open);
	kfree(names);
	for (i = 0; !ret && i < AVOW_HOLES_NR; i++) {
		WRITE_ONCE(avow_hole_open[i], open[i]);
		if (open[i])
			pr_notice("test build: open: %s\n", holes[i].what);
	}
	return ret;
}

static int hole_get(char *buffer, const struct kernel_param *kp)
{
	int i, used = 0;

	for (i = 0; i < AVOW_HOLES_NR; i++)
		if (avow_hole_open[i])
			used += scnprintf(buffer + used, PAGE_SIZE - used, "%s%s", used ? "," : "",
					  holes[i].name);
	return used + scnprintf(buffer + used, PAGE_SIZE - used, "\n");
}

static const struct kernel_param_ops hole_ops = { .set = hole_set, .get = hole_get };

module_param_cb(hole, &hole_ops, NULL, 0600);
MODULE_PARM_DESC(hole, "TEST BUILD: the checks that are not made, by name, commas between");
MODULE_INFO(test_build, "checks can be turned off by the parameter hole; do not use");

#define HOLE_MS		5	/* time for somebody else */

void hole_copy_again(u64 src, struct page *to)
{
	struct page *from;

	msleep(HOLE_MS);
	if (get_user_pages_unlocked(src, 1, &from, 0) < 1)
		return;
	copy_highpage(to, from);
	put_page(from);
}

const u8 *hole_read_again(u64 src)
{
	static u8 bytes[PAGE_SIZE];

	msleep(HOLE_MS);
	if (copy_from_user(bytes, u64_to_user_ptr(src), sizeof(bytes)))
		memset(bytes, 0, sizeof(bytes));
	return bytes;
}

u64 hole_secinfo_again(u64 secinfo)
{
	u64 flags = 0;

	msleep(HOLE_MS);
	return get_user(flags, (u64 __user *)secinfo) ? 0 : flags;
}

void hole_let_go(struct rw_semaphore *lock)
{
	up_read(lock);
	msleep(100);
	down_read(lock);
}

int hole_flush(struct file *file, fl_owner_t id)
{
	struct avow_encl *encl = file->private_data;
	unsigned long index;
	struct page *page;

	if (!AVOW_HOLE(close_ends))
		return 0;
	down_write(&encl->lock);
	xa_for_each(&encl->pages, index, page) {
		if (stash_set(encl, index, index, SLOT_HOLE))
			break;
		enforce_zap(encl, index, index);
		xa_erase(&encl->pages, index);
		epc_free(page);
	}
	up_write(&encl->lock);
	return 0;
}

void holes_announce(void)
{
	pr_alert("THIS IS A TEST BUILD. Its checks can be turned off by the parameter hole. Do not use it for anything but tests/attack.\n");
	add_taint(TAINT_TEST, LOCKDEP_STILL_OK);
}
