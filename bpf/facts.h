/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a request is, as the kernel has it: struct avow_facts from the arguments of a
 * hook. Included by the programs that attach to the hooks.
 */
#ifndef AVOW_BPF_FACTS_H
#define AVOW_BPF_FACTS_H

#include "policy.h"
#include "sgx_arch.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#include "hook.h"
#pragma clang attribute pop

/* Of the kernel's headers, and the same in all kernels. */
#define MNT_NOSUID	0x01
#define MNT_NOEXEC	0x04
#define SB_I_NOEXEC	0x02
#define S_ISUID		0004000
#define S_ISGID		0002000
#define FS_VERITY_HASH_ALG_SHA256	1
#define FS_VERITY_HASH_ALG_SHA512	2

#define MOUNTS_STACKED_MAX	8	/* on one directory */

static void name_file(struct avow_file_id *id, const struct inode *inode)
{
	if (!inode)
		return;
	id->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	id->ino = BPF_CORE_READ(inode, i_ino);
}

/* ---- who ---- */

static long add_cgroup(u32 i, void *context)
{
	struct avow_facts *facts = *(struct avow_facts **)context;
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	int level = task->cgroups->dfl_cgrp->level - (int)i;

	u64 id;

	if (level < 0)
		return 1;
	id = bpf_get_current_ancestor_cgroup_id(level);
	barrier_var(i);		/* the verifier wants to see it compared just before */
	if (i >= AVOW_CGROUPS_MAX)
		return 1;
	facts->cgroups[i] = id;
	facts->nr_cgroups = i + 1;
	return 0;
}

static void facts_who(struct avow_facts *facts)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();

	facts->uid = task->cred->euid.val;
	facts->gid = task->cred->egid.val;
	name_file(&facts->program, BPF_CORE_READ(task, mm, exe_file, f_inode));
	bpf_loop(AVOW_CGROUPS_MAX, add_cgroup, &facts, 0);
}

/* ---- the source ---- */

/* Walks from a file up to the root. */
struct walk {
	struct avow_facts *facts;
	struct dentry *dentry;
	struct mount *mount;
};

static struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)((char *)mnt - bpf_core_field_offset(struct mount, mnt));
}

/*
 * Who makes a user namespace may mount anything anywhere in a mount namespace of it: a
 * directory of a policy is no place above what is mounted there.
 */
static bool places_count(struct mount *mount)
{
	struct mnt_namespace *ns = BPF_CORE_READ(mount, mnt_ns);

	/* Neither there for a mount of the kernel's own nor for one that was taken off. */
	return ns && BPF_CORE_READ(ns, user_ns) && !BPF_CORE_READ(ns, user_ns, level);
}

/* From the root of a mount to the directory that it is mounted on. False: there is none. */
static bool leave_mount(struct walk *walk)
{
	struct mount *mount = walk->mount, *parent = BPF_CORE_READ(mount, mnt_parent);

	if (!parent || parent == mount || !places_count(mount))
		return false;
	walk->dentry = BPF_CORE_READ(mount, mnt_mountpoint);
	walk->mount = parent;
	return true;
}

static bool at_root(const struct walk *walk)
{
	struct mount *mount = walk->mount;

	return walk->dentry == BPF_CORE_READ(mount, mnt.mnt_root);
}

/*
 * One directory further up. Past the last one of AVOW_DIRS_MAX nothing is under
 * anything: what allows by a directory then does not match.
 */
static long add_directory(u32 i, void *context)
{
	struct walk *walk = context;
	struct dentry *dentry, *parent;
	struct avow_file_id id = {};
	int n;

	for (n = 0; n < MOUNTS_STACKED_MAX && at_root(walk); n++)
		if (!leave_mount(walk))
			return 1;
	dentry = walk->dentry;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (!parent || parent == dentry)
		return 1;
	walk->dentry = parent;
	name_file(&id, BPF_CORE_READ(parent, d_inode));
	barrier_var(i);		/* the verifier wants to see it compared just before */
	if (i >= AVOW_DIRS_MAX)
		return 1;
	walk->facts->dirs[i] = id;
	walk->facts->nr_dirs = i + 1;
	return 0;
}

static void facts_place(struct avow_facts *facts, const struct path *path)
{
	struct vfsmount *mnt = BPF_CORE_READ(path, mnt);
	struct walk walk = {
		.facts = facts,
		.dentry = BPF_CORE_READ(path, dentry),
		.mount = mount_of(mnt),
	};
	int flags = BPF_CORE_READ(mnt, mnt_flags);

	if ((flags & MNT_NOEXEC) || (BPF_CORE_READ(mnt, mnt_sb, s_iflags) & SB_I_NOEXEC))
		facts->bits |= FACT_MOUNT_NOEXEC;
	if (flags & MNT_NOSUID)
		facts->bits |= FACT_MOUNT_NOSUID;
	bpf_loop(AVOW_DIRS_MAX, add_directory, &walk, 0);
}

/* The kernel's names of its algorithms; it has no others. */
static u32 verity_algorithm(const struct fsverity_info *info)
{
	char name[8] = {};

	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(info, tree_params.hash_alg, name));
	if (name[0] != 's' || name[1] != 'h' || name[2] != 'a' || name[6])
		return 0;
	if (name[3] == '2' && name[4] == '5' && name[5] == '6')
		return FS_VERITY_HASH_ALG_SHA256;
	if (name[3] == '5' && name[4] == '1' && name[5] == '2')
		return FS_VERITY_HASH_ALG_SHA512;
	return 0;
}

static void facts_verity(struct avow_facts *facts, struct inode *inode)
{
	struct fsverity_info *info;

	if (!bpf_core_field_exists(inode->i_verity_info))
		return;
	info = BPF_CORE_READ(inode, i_verity_info);
	if (!info)
		return;
	facts->bits |= FACT_FILE_VERITY;
	facts->verity_algorithm = verity_algorithm(info);
	BPF_CORE_READ_INTO(&facts->verity, info, file_digest);
}

/* Of the inode that the bytes come from: under overlayfs of the one below. */
static void facts_inode(struct avow_facts *facts, struct inode *inode)
{
	u16 mode = BPF_CORE_READ(inode, i_mode);

	name_file(&facts->file, inode);
	if (mode & S_ISUID)
		facts->bits |= FACT_FILE_SETUID;
	if (mode & S_ISGID)
		facts->bits |= FACT_FILE_SETGID;
	bpf_probe_read_kernel_str(facts->filesystem, sizeof(facts->filesystem),
				  BPF_CORE_READ(inode, i_sb, s_type, name));
	facts_verity(facts, inode);
}

/*
 * The path that was opened. A stacked file system maps another file than the one that was
 * opened: up to 6.4 with that one's path, later with its own, and the other beside it.
 */
static const struct path *opened_path(struct file *file)
{
	struct backing_file *backing = (void *)file;

	if (bpf_core_type_exists(struct backing_file) &&
	    bpf_core_enum_value_exists(enum avow_kernel, AVOW_KERNEL_BACKING) &&
	    (BPF_CORE_READ(file, f_mode) & bpf_core_enum_value(enum avow_kernel, AVOW_KERNEL_BACKING)))
		return (void *)((char *)backing + bpf_core_field_offset(struct backing_file, user_path));
	return (void *)((char *)file + bpf_core_field_offset(struct file, f_path));
}

static void facts_source(struct avow_facts *facts, struct vm_area_struct *source)
{
	struct file *file = source->vm_file;

	if (!file)
		return;
	facts_inode(facts, BPF_CORE_READ(file, f_inode));
	facts_place(facts, opened_path(file));
}

/* ---- the requests, of which `bits` names the event ---- */

static void facts_load(struct avow_facts *facts, struct vm_area_struct *source, u32 intent,
		       u32 source_class, bool measured)
{
	facts->bits |= (u64)(intent & AVOW_RWX) << FACT_RIGHTS_SHIFT |
		       FACT_CLASS(source_class & 7) | (measured ? FACT_MEASURED : 0);
	facts_source(facts, source);
}

static void facts_map(struct avow_facts *facts, u32 prot, u32 history)
{
	facts->bits |= (u64)(prot & AVOW_RWX) << FACT_RIGHTS_SHIFT |
		       (history & AVOW_W ? FACT_EVER_W : 0) | (history & AVOW_X ? FACT_EVER_X : 0);
}

static void facts_identity(struct avow_facts *facts, const struct enclave_identity *id)
{
	u64 attributes = id->attributes;

	facts->bits |= (id->code_measured ? FACT_MEASURED : 0) |
		       (attributes & ATTR_DEBUG ? FACT_DEBUG : 0) |
		       (attributes & ATTR_PROVISIONKEY ? FACT_PROVISION : 0);
	facts->isvprodid = id->isvprodid;
	facts->isvsvn = id->isvsvn;
	BPF_CORE_READ_INTO(&facts->mrenclave, id, mrenclave);
	BPF_CORE_READ_INTO(&facts->mrsigner, id, mrsigner);
}

#endif
