// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the hooks will call a file: the loader opens or maps it, and these programs go
 * through its descriptors and mappings. stat() would not do: under overlayfs and btrfs it
 * tells other numbers.
 */
#include "kernel.h"

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>

#include "shared.h"

char LICENSE[] SEC("license") = "GPL";

static void tell(struct bpf_iter_meta *meta, struct task_struct *task, u64 key, struct file *file)
{
	struct avow_bpf_name name = {
		.key = key,
		.id = {
			.dev = BPF_CORE_READ(file, f_inode, i_sb, s_dev),
			.ino = BPF_CORE_READ(file, f_inode, i_ino),
		},
		.process = {
			.start = BPF_CORE_READ(task, group_leader, start_boottime),
			.tgid = BPF_CORE_READ(task, tgid),
		},
	};

	bpf_seq_write(meta->seq, &name, sizeof(name));
}

SEC("iter/task_file")
int avow_descriptors(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (task && file)
		tell(ctx->meta, task, ctx->fd, file);
	return 0;
}

SEC("iter/task_vma")
int avow_mappings(struct bpf_iter__task_vma *ctx)
{
	struct task_struct *task = ctx->task;
	struct vm_area_struct *vma = ctx->vma;
	struct file *file;

	if (!task || !vma)
		return 0;
	file = vma->vm_file;
	if (file)
		tell(ctx->meta, task, vma->vm_start, file);
	return 0;
}
