// SPDX-License-Identifier: GPL-2.0-only
/*
 * R18.5: the module's tracepoint, for one reader. Each reader loads its own, so that none
 * takes a record from another, and a slow one loses only its own.
 *
 * The tracepoint's arguments are of the ioctl interface and numbers: no type of the
 * module's is needed, so this works where the module came without BTF.
 */
#include "log.h"

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

/* The tracepoint runs with preemption off, and refusals are made by tasks: it is ours alone. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct avow_log_event);
} scratch SEC(".maps");

u64 lost;	/* records that found no room */

SEC("raw_tp/avow_refusal")
int avow_log(struct bpf_raw_tracepoint_args *ctx)
{
	u32 zero = 0;
	struct avow_log_event *event = bpf_map_lookup_elem(&scratch, &zero);
	long length;

	if (!event)
		return 0;
	bpf_probe_read_kernel(&event->refusal, sizeof(event->refusal), (void *)ctx->args[0]);
	event->base = ctx->args[1];
	event->dev = ctx->args[2];
	event->ino = ctx->args[3];
	length = bpf_probe_read_kernel_str(event->path, sizeof(event->path), (void *)ctx->args[4]);
	if (length <= 0) {
		event->path[0] = '\0';
		length = 1;
	}
	if (length > AVOW_LOG_PATH)	/* for the verifier */
		length = AVOW_LOG_PATH;
	if (bpf_ringbuf_output(&ring, event, offsetof(struct avow_log_event, path) + length, 0))
		__sync_fetch_and_add(&lost, 1);
	return 0;
}
