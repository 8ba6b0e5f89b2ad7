/* SPDX-License-Identifier: GPL-2.0-only */
/* R18.3: the tracepoint avow:avow_refusal, for perf, trace-cmd and tracefs. */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM avow

#if !defined(AVOW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define AVOW_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(avow_refusal,

	TP_PROTO(const struct avow_refusal *rec),

	TP_ARGS(rec),

	TP_STRUCT__entry(
		__field(u64, seq)
		__field(u64, start)
		__field(u64, end)
		__field(u32, rule)
		__field(u32, err)
		__field(u32, op)
		__field(u32, tgid)
		__field(u8, requested)
		__field(u8, declared)
		__field(u8, signo)
		__field(u8, source_class)
		__field(u32, source)
	),

	TP_fast_assign(
		__entry->seq = rec->seq;
		__entry->start = rec->start;
		__entry->end = rec->end;
		__entry->rule = rec->rule;
		__entry->err = rec->err;
		__entry->op = rec->op;
		__entry->tgid = rec->tgid;
		__entry->requested = rec->requested;
		__entry->declared = rec->declared;
		__entry->signo = rec->signo;
		__entry->source_class = rec->source_class;
		__entry->source = rec->source;
	),

	TP_printk("rule=R%u.%u op=%u tgid=%u range=0x%llx-0x%llx requested=%u declared=%u errno=%u signal=%u source=%u class=%u seq=%llu",
		  __entry->rule / 100, __entry->rule % 100, __entry->op, __entry->tgid,
		  __entry->start, __entry->end, __entry->requested, __entry->declared,
		  __entry->err, __entry->signo, __entry->source, __entry->source_class,
		  __entry->seq)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
