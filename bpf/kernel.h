/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Of the kernel's types, what the programs read. Only names count: where a field is,
 * the loader finds out from the running kernel's BTF. A name after ___ is another
 * kernel's shape of the type before it.
 */
#ifndef AVOW_BPF_KERNEL_H
#define AVOW_BPF_KERNEL_H

#include "avow_env.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct file_system_type {
	const char *name;
};

struct super_block {
	u32 s_dev;
	struct file_system_type *s_type;
	unsigned long s_iflags;
};

struct fsverity_hash_alg {
	const char *name;
};

struct merkle_tree_params {
	const struct fsverity_hash_alg *hash_alg;
};

struct fsverity_info {
	struct merkle_tree_params tree_params;
	u8 file_digest[64];
};

struct inode {
	u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	struct fsverity_info *i_verity_info;
};

struct qstr {
	u32 hash;
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
};

struct user_namespace {
	int level;
};

struct mnt_namespace {
	struct user_namespace *user_ns;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_mode;
	struct path f_path;
	struct inode *f_inode;
};

/* Since 6.5: what a stacked file system maps. user_path is the path that was opened. */
struct backing_file {
	struct file file;
	struct path user_path;
};

struct vm_area_struct {
	unsigned long vm_start;
	struct file *vm_file;
};

struct mm_struct {
	struct file *exe_file;
};

struct cgroup {
	int level;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

typedef struct {
	u32 val;
} kuid_t;

typedef struct {
	u32 val;
} kgid_t;

struct cred {
	kuid_t euid;
	kgid_t egid;
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;		/* threads that have not ended */
};

struct task_struct {
	struct mm_struct *mm;
	struct signal_struct *signal;
	const struct cred *cred;
	struct css_set *cgroups;
	u32 tgid;		/* pid_t */
	struct task_struct *group_leader;
	u64 start_boottime;
};

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};

struct bpf_iter__task_vma {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct vm_area_struct *vma;
};

/* The module's own: numbers of its kernel that are no types. See kmod/kernel_compat.h. */
enum avow_kernel {
	AVOW_KERNEL_BACKING = 0,
};

#pragma clang attribute pop

#endif
