// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of threads inside. A task looks up only itself, so it finds its own
 * record or none; the spinlock orders entering, leaving and dying.
 */
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>

#include "inside.h"

#define TABLE_BITS	8

/*
 * A record that is passed on the way can be taken by another task meanwhile, and is then in
 * that one's list. So each list ends with its number, and who ends in a wrong one begins anew.
 */
static struct hlist_nulls_head table[1 << TABLE_BITS];
static DEFINE_SPINLOCK(table_lock);
static atomic_t inside_count;

static struct hlist_nulls_head *bucket(const struct task_struct *task)
{
	return &table[hash_ptr(task, TABLE_BITS)];
}

static struct avow_thread *find_current(void)
{
	struct hlist_nulls_head *own = bucket(current);
	struct hlist_nulls_node *node;
	struct avow_thread *thread;

	rcu_read_lock();
	do {
		hlist_nulls_for_each_entry_rcu(thread, node, own, node) {
			if (READ_ONCE(thread->task) == current)
				goto out;
		}
	} while (get_nulls_value(node) != own - table);
	thread = NULL;
out:
	rcu_read_unlock();
	return thread;
}

struct avow_thread *inside_current(void)
{
	return inside_possible() ? find_current() : NULL;
}

bool inside_enter(struct avow_thread *thread, const struct avow_thread *claim)
{
	bool mine;

	lockdep_assert_held_write(&thread->encl->lock);
	spin_lock(&table_lock);
	mine = !thread->task;
	if (mine) {
		thread->file = claim->file;
		thread->tcs = claim->tcs;
		thread->frame = claim->frame;
		thread->address = claim->address;
		thread->aep = claim->aep;
		thread->fsbase = claim->fsbase;
		thread->gsbase = claim->gsbase;
		thread->trap_flag = claim->trap_flag;
		thread->optin = claim->optin;
		thread->dispatch = claim->dispatch;
		thread->task = current;
		hlist_nulls_add_head_rcu(&thread->node, bucket(current));
		atomic_inc(&inside_count);
	}
	spin_unlock(&table_lock);
	return mine;
}

void inside_leave(struct avow_thread *thread)
{
	struct ssa_frame frame;
	struct page *tcs;
	struct file *file;

	spin_lock(&table_lock);
	hlist_nulls_del_rcu(&thread->node);
	frame = thread->frame;
	tcs = thread->tcs;
	file = thread->file;
	WRITE_ONCE(thread->task, NULL);
	atomic_dec(&inside_count);
	spin_unlock(&table_lock);
	ssa_put(&frame);
	put_page(tcs);
	fput(file);	/* may be the enclave's last reference; it goes when the task next can sleep */
}

struct avow_thread *thread_of(struct avow_encl *encl, unsigned long index)
{
	struct avow_thread *thread = xa_load(&encl->threads, index);

	lockdep_assert_held_write(&encl->lock);
	if (thread)
		return thread;
	thread = kzalloc(sizeof(*thread), GFP_KERNEL_ACCOUNT);
	if (!thread)
		return NULL;
	thread->encl = encl;
	thread->xsave = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!thread->xsave || xa_err(xa_store(&encl->threads, index, thread, GFP_KERNEL_ACCOUNT))) {
		thread_free(thread);
		return NULL;
	}
	return thread;
}

void thread_free(struct avow_thread *thread)
{
	free_page((unsigned long)thread->xsave);
	kfree_rcu(thread, rcu);
}

/*
 * A task that dies or becomes another program inside: nothing is saved, the TCS is free. What
 * it had registered by rseq() stays away: it was in memory of the former program.
 */
static void forget(void)
{
	/* Not by inside_possible(): exec has cleared the bit already. */
	struct avow_thread *thread = atomic_read(&inside_count) ? find_current() : NULL;

	if (thread)
		inside_leave(thread);
}

static void on_exit(void *data, struct task_struct *task)
{
	if (task == current)
		forget();
}

static void on_exec(void *data, struct task_struct *task, pid_t old_pid, void *bprm)
{
	forget();
}

/* Tracepoints that are not exported, found by name. */
static struct probe {
	const char *name;
	void *fn;
	struct tracepoint *tp;
} probes[] = {
	{ .name = "sched_process_exit", .fn = on_exit },
	{ .name = "sched_process_exec", .fn = on_exec },
};

static void match_tracepoint(struct tracepoint *tp, void *data)
{
	struct probe *probe = data;

	if (!strcmp(tp->name, probe->name))
		probe->tp = tp;
}

static void remove_probes(int n)
{
	while (n-- > 0)
		tracepoint_probe_unregister(probes[n].tp, probes[n].fn, NULL);
	tracepoint_synchronize_unregister();
}

int inside_init(void)
{
	int i, ret;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		INIT_HLIST_NULLS_HEAD(&table[i], i);
	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		for_each_kernel_tracepoint(match_tracepoint, &probes[i]);
		ret = probes[i].tp ? tracepoint_probe_register(probes[i].tp, probes[i].fn, NULL) :
				     -ENOENT;
		if (ret) {
			pr_err("this kernel offers no tracepoint %s (%d)\n", probes[i].name, ret);
			remove_probes(i);
			return ret;
		}
	}
	return 0;
}

void inside_exit(void)
{
	remove_probes(ARRAY_SIZE(probes));
}
