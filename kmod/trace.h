/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * R18.3: the tracepoint avow:avow_refusal, for perf, trace-cmd, tracefs and BPF. Its
 * arguments are those of the uapi and numbers, so that a BPF program needs no BTF of the
 * module to read them.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM avow

#if !defined(AVOW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define AVOW_TRACE_H

#include <linux/tracepoint.h>

#include "policy.h"

/* An event must fit a page of the ring buffer, or it is dropped; a path may be as long. */
#define AVOW_TRACE_PATH		3072

#define AVOW_TRACE_RIGHTS(field) \
	__print_flags(field, "|", { 1, "R" }, { 2, "W" }, { 4, "X" })

#define AVOW_TRACE_OP(field)						\
	__print_symbolic(field,						\
			 { 1, "CREATE" }, { 2, "ADD_PAGES" }, { 3, "INIT" },	\
			 { 4, "RESTRICT" }, { 5, "MODIFY_TYPES" },		\
			 { 6, "REMOVE_PAGES" }, { 7, "SET_CONTRACT" },		\
			 { 8, "DECLARE_DYNAMIC" }, { 9, "LOWER_INTENT" },	\
			 { 10, "mmap" }, { 11, "mprotect" }, { 12, "mremap" },	\
			 { 13, "access" }, { 14, "debug" }, { 15, "PROVISION" })

#define AVOW_TRACE_CLASS(field)						\
	__print_symbolic(field,						\
			 { 0, "none" }, { 1, "file-exec" }, { 2, "file-noexec" },	\
			 { 3, "file-written" }, { 4, "file-shared-writable" },		\
			 { 5, "shmem" }, { 6, "anonymous" }, { 7, "other" })

/* Of a device as struct avow_source has it. */
#define AVOW_TRACE_MAJOR(dev)	(((dev) >> 8) & 0xfff)
#define AVOW_TRACE_MINOR(dev)	(((dev) & 0xff) | (((dev) >> 12) & 0xfff00))

TRACE_EVENT(avow_refusal,

	TP_PROTO(const struct avow_refusal *rec, u64 base, u64 dev, u64 ino, const char *path),

	TP_ARGS(rec, base, dev, ino, path),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, start)
		__field(u64, end)
		__field(u64, base)
		__field(u64, dev)
		__field(u64, ino)
		__field(u32, rule)
		__field(u32, err)
		__field(u32, op)
		__field(u32, tgid)
		__field(u32, source)
		__field(u32, policy_serial)
		__field(u32, policy_rule)
		__field(u8, requested)
		__field(u8, declared)
		__field(u8, signo)
		__field(u8, source_class)
		__dynamic_array(char, path, strnlen(path, AVOW_TRACE_PATH - 1) + 1)
	),

	TP_fast_assign(
		__entry->seq = rec->seq;
		__entry->start = rec->start;
		__entry->end = rec->end;
		__entry->base = base;
		__entry->dev = dev;
		__entry->ino = ino;
		__entry->rule = rec->rule;
		__entry->err = rec->err;
		__entry->op = rec->op;
		__entry->tgid = rec->tgid;
		__entry->source = rec->source;
		__entry->policy_serial = avow_policy_serial(rec->policy);
		__entry->policy_rule = avow_policy_rule(rec->policy);
		__entry->requested = rec->requested;
		__entry->declared = rec->declared;
		__entry->signo = rec->signo;
		__entry->source_class = rec->source_class;
		strscpy(__get_str(path), path, __get_dynamic_array_len(path));
	),

	TP_printk("rule=R%u.%u op=%s tgid=%u range=0x%llx-0x%llx base=0x%llx requested=%s declared=%s errno=%u signal=%u policy=%u:%u class=%s source=%u dev=%u:%u ino=%llu path=%s seq=%llu",
		  __entry->rule / 100, __entry->rule % 100, AVOW_TRACE_OP(__entry->op),
		  __entry->tgid, __entry->start, __entry->end, __entry->base,
		  AVOW_TRACE_RIGHTS(__entry->requested), AVOW_TRACE_RIGHTS(__entry->declared),
		  __entry->err, __entry->signo, __entry->policy_serial, __entry->policy_rule,
		  AVOW_TRACE_CLASS(__entry->source_class), __entry->source,
		  (u32)AVOW_TRACE_MAJOR(__entry->dev), (u32)AVOW_TRACE_MINOR(__entry->dev),
		  __entry->ino, __get_str(path), __entry->seq)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
