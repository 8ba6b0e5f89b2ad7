// SPDX-License-Identifier: LGPL-2.1-or-later
/* Ioctls: which error comes first, and what changes. */
#include <errno.h>
#include <string.h>

#include "model.h"

static struct m_outcome call(int err, unsigned int rule)
{
	return (struct m_outcome){ .err = err, .rule = rule, .value = -1, .or_value = -1 };
}

static struct m_outcome refused(struct m_verdict v)
{
	return call(v.err, v.rule);
}

void m_reset(struct m_model *m, bool machine_pku)
{
	memset(m, 0, sizeof(*m));
	m->machine_pku = machine_pku;
	m->spaces[0].used = true;
	m->spaces[0].fds = 1;
}

struct m_outcome m_create(struct m_model *m, enum m_secs secs, __u64 size, __u64 attributes)
{
	if (m->created)
		return call(EINVAL, 2101);
	switch (secs) {
	case SECS_UNREADABLE:
		return call(EFAULT, 0);
	case SECS_SIZE:
		return call(EINVAL, 2103);
	case SECS_ECREATE:
		return call(EIO, 2104);
	case SECS_GOOD:
		break;
	}
	m->created = true;
	m->size = size;
	m->keys = (unsigned int)attributes & M_KEYS;
	return call(0, 0);
}

struct m_outcome m_contract(struct m_model *m, unsigned int contract, bool reserved)
{
	struct m_verdict v = m_contract_choice(contract, reserved, m->contract, m->begun);

	if (v.err)
		return refused(v);
	m->contract = (int)contract;
	return call(0, 0);
}

static bool range_ok(const struct m_model *m, const struct m_range *range)
{
	return m_range_ok(m->size, range->offset, range->length);
}

static struct m_verdict add_page(struct m_model *m, __u64 at, const struct m_add *add,
				 const struct m_page *page)
{
	struct m_slot *slot = &m->slots[at];
	unsigned int intent = m_declared_intent(add->secinfo, add->flags);
	unsigned int type = (unsigned int)(add->secinfo >> M_TYPE_SHIFT) & 0xff;
	struct m_verdict v = m_add_slot(slot);

	if (!v.err)
		v = m_source(m->contract, intent, &page->source);
	if (!v.err && type == M_TCS && (page->code || page->no_tcs))
		v = (struct m_verdict){ EIO, 2209 };
	if (v.err)
		return v;
	*slot = m_added(add->secinfo, add->flags);
	slot->source_class = page->source_class;
	m->bytes[at] = (struct m_bytes){
		.code = page->code,
		.tag = page->tag,
		.no_tcs = page->no_tcs,
	};
	m->begun = true;
	return v;
}

struct m_outcome m_add(struct m_model *m, const struct m_add *add, const struct m_page *pages)
{
	struct m_outcome out = call(0, 0);
	struct m_verdict v;

	if (!m->created || m->initialized)
		return call(EINVAL, 2201);
	if (add->src % M_PAGE)
		return call(EINVAL, 2202);
	if (!range_ok(m, &add->range))
		return call(EINVAL, 2203);
	v = m_add_flags(add->flags);
	if (v.err)
		return refused(v);
	if (!add->secinfo_readable)
		return call(EFAULT, 0);
	v = m_add_secinfo(add->secinfo, add->secinfo_reserved, add->flags);
	if (v.err)
		return refused(v);
	for (; out.count < add->range.length; out.count += M_PAGE) {
		v = add_page(m, (add->range.offset + out.count) / M_PAGE, add,
			     &pages[out.count / M_PAGE]);
		if (v.err) {
			out.err = v.err;
			out.rule = v.rule;
			break;
		}
	}
	return out;
}

struct m_outcome m_init(struct m_model *m, enum m_sig sig)
{
	static const struct m_verdict wrong[] = {
		[SIG_UNREADABLE] = { EFAULT, 0 },
		[SIG_VENDOR] = { EINVAL, 2303 },
		[SIG_MACHINE] = { EINVAL, 2305 },
		[SIG_HEADER] = { EPERM, 2306 },
		[SIG_SIGNATURE] = { EPERM, 2307 },
		[SIG_HASH] = { EPERM, 2308 },
		[SIG_SECS] = { EPERM, 2309 },
	};

	if (!m->created || m->initialized)
		return call(EINVAL, 2301);
	if (sig == SIG_UNREADABLE || sig == SIG_VENDOR)
		return refused(wrong[sig]);
	if ((m->keys & ~m->allowed) && m_broken_rule != 2304)
		return call(EACCES, 2304);
	if (sig != SIG_GOOD)
		return refused(wrong[sig]);
	m->initialized = true;
	return call(0, 0);
}

struct m_outcome m_provision(struct m_model *m, bool is_provision)
{
	if (!is_provision && m_broken_rule != 2701)
		return call(EINVAL, 2701);
	m->allowed |= M_PROVISIONKEY;
	return call(0, 0);
}

typedef struct m_verdict (*m_page_fn)(struct m_model *m, __u64 at, __u64 arg, __u64 *result);

/* R24, R25, R26: page by page, until one is refused. */
static void each_page(struct m_model *m, const struct m_range *range, struct m_outcome *out,
		      m_page_fn one, __u64 arg)
{
	for (; out->count < range->length; out->count += M_PAGE) {
		struct m_verdict v = one(m, (range->offset + out->count) / M_PAGE, arg,
					 &out->result);

		if (v.err) {
			out->err = v.err;
			out->rule = v.rule;
			return;
		}
	}
}

static struct m_verdict restrict_one(struct m_model *m, __u64 at, __u64 rights, __u64 *result)
{
	struct m_verdict v = m_restrict_slot(&m->slots[at], result);

	if (!v.err)
		m_restrict(&m->slots[at], (unsigned int)rights);
	return v;
}

struct m_outcome m_restrict_range(struct m_model *m, const struct m_range *range, __u64 rights)
{
	struct m_outcome out = call(0, 0);

	if (!m->initialized)
		return call(EINVAL, 2401);
	if (!range_ok(m, range))
		return call(EINVAL, 2402);
	if ((rights & ~(__u64)MRWX) || !m_intent_ok((unsigned int)rights))
		return call(EINVAL, 2403);
	if (range->result || range->count)
		return call(EINVAL, 2404);
	each_page(m, range, &out, restrict_one, rights);
	return out;
}

static struct m_verdict modify_one(struct m_model *m, __u64 at, __u64 type, __u64 *result)
{
	struct m_verdict v = m_modify_slot(&m->slots[at], (unsigned int)type, result);

	if (!v.err)
		m_modify(&m->slots[at], (unsigned int)type);
	return v;
}

struct m_outcome m_modify_range(struct m_model *m, const struct m_range *range, __u64 type)
{
	struct m_outcome out = call(0, 0);

	if (!m->initialized)
		return call(EINVAL, 2501);
	if (!range_ok(m, range))
		return call(EINVAL, 2502);
	if ((type != M_TCS && type != M_TRIM) || range->result || range->count)
		return call(EINVAL, 2503);
	each_page(m, range, &out, modify_one, type);
	return out;
}

static struct m_verdict remove_one(struct m_model *m, __u64 at, __u64 arg, __u64 *result)
{
	struct m_verdict v = m_remove_slot(&m->slots[at]);

	(void)arg;
	(void)result;
	if (!v.err)
		m_after_removal(m->contract, &m->slots[at]);
	return v;
}

struct m_outcome m_remove_range(struct m_model *m, const struct m_range *range)
{
	struct m_outcome out = call(0, 0);

	if (!m->initialized || !range_ok(m, range) || range->count)
		return call(EINVAL, 2601);
	each_page(m, range, &out, remove_one, 0);
	return out;
}

struct m_outcome m_declare_range(struct m_model *m, const struct m_range *range, __u32 intent)
{
	__u64 at, end = (range->offset + range->length) / M_PAGE;
	struct m_verdict v;

	if (!m->created || m->initialized)
		return call(EINVAL, 303);
	if (range->reserved)
		return call(EINVAL, 2901);
	if (!range_ok(m, range))
		return call(EINVAL, 2902);
	if (!m_intent_ok(intent))
		return call(EINVAL, 303);
	for (at = range->offset / M_PAGE; at < end; at++) {
		v = m_declare_slot(&m->slots[at]);
		if (v.err)
			return refused(v);
	}
	for (at = range->offset / M_PAGE; at < end; at++)
		m->slots[at] = (struct m_slot){
			.has_intent = true,
			.intent = (__u8)intent,
			.explicit = true,
			.declared = true,
		};
	m->begun = true;
	return call(0, 0);
}

struct m_outcome m_lower_range(struct m_model *m, const struct m_range *range, __u32 intent)
{
	__u64 at, end = (range->offset + range->length) / M_PAGE;
	struct m_outcome out = call(0, 0);
	struct m_verdict v;

	if (!m->created)
		return call(EINVAL, 2902);
	if (range->reserved || range->count)
		return call(EINVAL, 2901);
	if (!range_ok(m, range))
		return call(EINVAL, 2902);
	if (!m_intent_ok(intent))
		return call(EINVAL, 205);
	for (at = range->offset / M_PAGE; at < end; at++) {
		v = m_lower_slot(&m->slots[at], intent);
		if (v.err)
			return refused(v);
	}
	for (at = range->offset / M_PAGE; at < end; at++) {
		m_lower(&m->slots[at], intent);
		m->slots[at].explicit = true;	/* R2.6; what a TCS loses is not (R13.3) */
	}
	out.count = range->length;
	return out;
}

struct m_outcome m_list(const struct m_model *m, const struct m_range *range, __u32 nr,
			bool runs_writable)
{
	__u64 at = range->offset / M_PAGE;
	/* Calls that only read are not recorded (R18.1). */
	struct m_outcome out = call(m_list_args(m->created, m->size, range->offset, range->length, nr,
						range->reserved).err, 0);

	/* R20.3: of an array that nothing is written to, nobody sees whether it is there. */
	for (; !out.err && !runs_writable && at < (range->offset + range->length) / M_PAGE; at++)
		if (m->slots[at].has_intent)
			out.err = EFAULT;
	return out;
}
