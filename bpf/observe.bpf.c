// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program and its descendants ask at the module's three hooks, for avow policy
 * learn. It looks on after the answer, and answers nothing itself.
 *
 * As in policy.bpf.c the hooks are called with preemption off: `scratch` is the request's.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>

#include "facts.h"
#include "observed.h"

char LICENSE[] SEC("license") = "GPL";

/* The one whose children are observed: learn itself, in its own pid namespace. */
const volatile u64 ns_dev, ns_ino;
const volatile u32 ns_pid;

u64 seen;	/* requests */
u64 lost;	/* that found no room, or processes that could not be followed */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct avow_observed);
} scratch SEC(".maps");

/* Processes that are observed, by tgid. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, u32);
	__type(value, u8);
} family SEC(".maps");

/* Requests that were told already; an enclave has tens of thousands of like pages. */
struct told_key {
	u64 bits;
	struct avow_file_id program, file, directory;
	u32 name_hash;		/* the same inode may have been another file before */
	u32 answer;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, struct told_key);
	__type(value, u8);
} told SEC(".maps");

/* ---- who is observed ---- */

static bool forked_by_learn(void)
{
	struct bpf_pidns_info info = {};

	return !bpf_get_ns_current_pid_tgid(ns_dev, ns_ino, &info, sizeof(info)) && info.tgid == ns_pid;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(avow_fork, struct task_struct *parent, struct task_struct *child)
{
	u32 from = parent->tgid, to = child->tgid;
	u8 yes = 1;

	if (from == to)
		return 0;	/* a thread */
	if (!bpf_map_lookup_elem(&family, &from) && !forked_by_learn())
		return 0;
	if (bpf_map_update_elem(&family, &to, &yes, BPF_ANY))
		__sync_fetch_and_add(&lost, 1);
	return 0;
}

/* Its number will be another's. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(avow_exit, struct task_struct *task)
{
	u32 tgid = task->tgid;

	if (!task->signal->live.counter)
		bpf_map_delete_elem(&family, &tgid);
	return 0;
}

/* ---- paths ---- */

struct names {
	struct avow_observed_path *path;
	struct dentry *dentry;
	struct mount *mount;
};

/* The name of where the walk is, and one step up; of the root of a mount the name of what it is mounted on. */
static long add_name(u32 i, void *context)
{
	struct names *walk = context;
	struct avow_observed_path *path = walk->path;
	struct dentry *dentry = walk->dentry, *parent;
	struct mount *mount = walk->mount, *above;
	const unsigned char *name;
	u32 at = path->size;
	long length;

	if (dentry == BPF_CORE_READ(mount, mnt.mnt_root)) {
		above = BPF_CORE_READ(mount, mnt_parent);
		if (!above || above == mount)
			return 1;
		walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
		walk->mount = above;
		return 0;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (!parent || parent == dentry)
		return 1;
	name = BPF_CORE_READ(dentry, d_name.name);
	if (at >= AVOW_OBSERVED_NAMES)
		return 1;
	barrier_var(at);	/* the verifier wants to see a bound just before */
	at &= AVOW_OBSERVED_NAMES - 1;
	length = bpf_probe_read_kernel_str(&path->names[at], 256, name);
	if (length <= 0)
		return 1;
	path->size = at + (u32)length;
	walk->dentry = parent;
	return 0;
}

static void name_path(struct avow_observed_path *to, const struct path *path)
{
	struct names walk = {
		.path = to,
		.dentry = BPF_CORE_READ(path, dentry),
		.mount = mount_of(BPF_CORE_READ(path, mnt)),
	};

	to->size = 0;
	to->reserved = 0;
	/* Directories, and mounts between them. */
	bpf_loop(4 * AVOW_DIRS_MAX, add_name, &walk, 0);
}

/* ---- requests ---- */

static struct avow_observed *begin(u64 event)
{
	u32 zero = 0, tgid = bpf_get_current_pid_tgid() >> 32;
	struct avow_observed *o;

	if (!bpf_map_lookup_elem(&family, &tgid))
		return NULL;
	__sync_fetch_and_add(&seen, 1);
	o = bpf_map_lookup_elem(&scratch, &zero);
	if (!o)
		return NULL;
	__builtin_memset(&o->facts, 0, sizeof(o->facts));
	o->facts.bits = event;
	facts_who(&o->facts);
	o->tgid = tgid;
	o->program.size = 0;
	o->file.size = 0;
	return o;
}

/* Told before? Enclaves differ in more than the key has, and there are few. */
static bool is_new(const struct avow_observed *o, const struct path *file)
{
	struct told_key key = {
		.bits = o->facts.bits,
		.program = o->facts.program,
		.file = o->facts.file,
		.answer = o->answer,
	};
	u8 yes = 1;

	if (o->facts.bits & FACT_INIT)
		return true;
	if (o->facts.nr_dirs)
		key.directory = o->facts.dirs[0];
	if (file)
		key.name_hash = BPF_CORE_READ(file, dentry, d_name.hash);
	if (bpf_map_lookup_elem(&told, &key))
		return false;
	bpf_map_update_elem(&told, &key, &yes, BPF_ANY);	/* full: told again, no harm */
	return true;
}

static void tell(struct avow_observed *o, int answer, const struct path *file)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct file *program = BPF_CORE_READ(task, mm, exe_file);

	o->answer = answer;
	if (!is_new(o, file))
		return;
	if (program)
		name_path(&o->program, opened_path(program));
	if (file)
		name_path(&o->file, file);
	if (bpf_ringbuf_output(&ring, o, sizeof(*o), 0))
		__sync_fetch_and_add(&lost, 1);
}

SEC("fexit/security_enclave_load")
int BPF_PROG(avow_saw_load, struct file *file, struct vm_area_struct *source, u32 intent,
	     u32 source_class, bool measured, int answer)
{
	struct avow_observed *o = begin(FACT_LOAD);

	if (!o)
		return 0;
	facts_load(&o->facts, source, intent, source_class, measured);
	tell(o, answer, source->vm_file ? opened_path(source->vm_file) : NULL);
	return 0;
}

SEC("fexit/security_enclave_map")
int BPF_PROG(avow_saw_map, struct file *file, unsigned long start, unsigned long end, u32 prot,
	     u32 history, int answer)
{
	struct avow_observed *o = begin(FACT_MAP);

	if (!o)
		return 0;
	facts_map(&o->facts, prot, history);
	tell(o, answer, NULL);
	return 0;
}

SEC("fexit/security_enclave_init")
int BPF_PROG(avow_saw_init, struct file *file, const struct enclave_identity *id, int answer)
{
	struct avow_observed *o = begin(FACT_INIT);

	if (!o)
		return 0;
	facts_identity(&o->facts, id);
	tell(o, answer, NULL);
	return 0;
}
