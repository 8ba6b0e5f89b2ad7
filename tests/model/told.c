// SPDX-License-Identifier: LGPL-2.1-or-later
/* R18.1: what the record of a refusal tells. */
#include <errno.h>

#include "model.h"

static __u64 address(const struct m_model *m, int page)
{
	return m->base + (__u64)((__s64)page * M_PAGE);
}

void m_tell_range(const struct m_model *m, struct m_outcome *out, int page, int end,
		  unsigned int requested)
{
	out->told = (struct m_told){
		.start = address(m, page),
		.end = address(m, end),
		.end_at_most = address(m, end),
		.requested = (__u8)requested,
	};
}

void m_tell_slot(const struct m_model *m, struct m_outcome *out, int page, unsigned int requested,
		 const struct m_slot *slot)
{
	m_tell_range(m, out, page, page + 1, requested);
	out->told.declared = slot->intent;
	out->told.source_class = slot->source_class;
	out->told.file = slot->file;
}

static __u64 sum(__u64 a, __u64 b)
{
	return a + b < a ? ~0ULL : a + b;
}

void m_tell_asked(const struct m_model *m, struct m_outcome *out, const struct m_range *range,
		  unsigned int requested)
{
	__u64 end = sum(range->offset, range->length), base = m->created ? m->base : 0;

	out->told = (struct m_told){
		.start = sum(base, range->offset),
		.end = sum(base, end),
		.end_at_most = sum(base, end),
		.requested = requested & MRWX,
	};
}

struct m_outcome m_refusals(__u64 total, __u64 seq, __u32 nr, bool reserved, bool writable)
{
	struct m_outcome out = { .value = -1, .or_value = -1, .err = m_read_args(nr, reserved).err };
	__u64 oldest = total > M_KEPT ? total - M_KEPT + 1 : 1, wanted = seq ? seq : 1;
	__u64 first = wanted < oldest ? oldest : wanted;

	if (out.err)
		return out;
	out.count = total + 1 - first < nr ? total + 1 - first : nr;
	if (out.count && !writable) {
		out.count = 0;
		out.err = EFAULT;
		return out;
	}
	out.result = (first + out.count) | (first - wanted) << 32;
	return out;
}
