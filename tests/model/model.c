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

/* A call that is refused as a whole. */
static struct m_outcome as_a_whole(const struct m_model *m, struct m_verdict v,
				   const struct m_range *range, __u64 requested)
{
	struct m_outcome out = refused(v);

	m_tell_asked(m, &out, range, (unsigned int)requested);
	return out;
}

static struct m_verdict because(int err, unsigned int rule)
{
	return (struct m_verdict){ err, rule };
}

void m_reset(struct m_model *m, __u64 base, bool machine_pku)
{
	memset(m, 0, sizeof(*m));
	m->base = base;
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
	m->debug = attributes & M_DEBUG;
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

/* Of ADD_PAGES the source is told of, once it is looked at; if it was written, with the copy. */
static void tell_source(struct m_outcome *out, const struct m_page *page)
{
	enum { FILE_EXEC = 1, FILE_NOEXEC, FILE_WRITTEN };

	out->told.declared = page->source.rights;
	out->told.source_class = page->source_class;
	out->told.file = page->file;
	if (page->source_class == FILE_WRITTEN && out->rule != 2209)
		out->told.source_class = page->source.executable ? FILE_EXEC : FILE_NOEXEC;
}

static void add_page(struct m_model *m, __u64 at, const struct m_add *add,
		     const struct m_page *page, struct m_outcome *out)
{
	static const struct m_slot nothing;
	struct m_slot *slot = &m->slots[at];
	unsigned int intent = m_declared_intent(add->secinfo, add->flags);
	unsigned int type = (unsigned int)(add->secinfo >> M_TYPE_SHIFT) & 0xff;
	struct m_verdict v = m_add_slot(slot);
	bool looked_at = !v.err;

	if (!v.err)
		v = m_source(m->contract, intent, &page->source);
	if (!v.err && type == M_TCS && (page->code || page->no_tcs))
		v = because(EIO, 2209);
	if (v.err) {
		out->err = v.err;
		out->rule = v.rule;
		m_tell_slot(m, out, (int)at, intent, &nothing);
		if (looked_at)
			tell_source(out, page);
		return;
	}
	*slot = m_added(add->secinfo, add->flags);
	slot->source_class = page->source_class;
	slot->file = page->file;
	m->bytes[at] = (struct m_bytes){
		.code = page->code,
		.tag = page->tag,
		.no_tcs = page->no_tcs,
	};
	m->begun = true;
}

struct m_outcome m_add(struct m_model *m, const struct m_add *add, const struct m_page *pages)
{
	const struct m_range *range = &add->range;
	struct m_outcome out = call(0, 0);
	unsigned int explicit = m_explicit_intent(add->flags);
	struct m_verdict v;

	if (!m->created || m->initialized)
		return as_a_whole(m, because(EINVAL, 2201), range, explicit);
	if (add->src % M_PAGE)
		return as_a_whole(m, because(EINVAL, 2202), range, explicit);
	if (!range_ok(m, range))
		return as_a_whole(m, because(EINVAL, 2203), range, explicit);
	v = m_add_flags(add->flags);
	if (v.err)
		return as_a_whole(m, v, range, explicit);
	if (!add->secinfo_readable)
		return call(EFAULT, 0);
	v = m_add_secinfo(add->secinfo, add->secinfo_reserved, add->flags);
	if (v.err)
		return as_a_whole(m, v, range, m_asked_intent(add->secinfo, add->flags));
	for (; out.count < range->length && !out.err; out.count += out.err ? 0 : M_PAGE)
		add_page(m, (range->offset + out.count) / M_PAGE, add, &pages[out.count / M_PAGE],
			 &out);
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
		      m_page_fn one, __u64 arg, unsigned int requested)
{
	for (; out->count < range->length; out->count += M_PAGE) {
		__u64 at = (range->offset + out->count) / M_PAGE;
		struct m_verdict v = one(m, at, arg, &out->result);

		if (v.err) {
			out->err = v.err;
			out->rule = v.rule;
			m_tell_slot(m, out, (int)at, requested, &m->slots[at]);
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
		return as_a_whole(m, because(EINVAL, 2401), range, rights);
	if (!range_ok(m, range))
		return as_a_whole(m, because(EINVAL, 2402), range, rights);
	if ((rights & ~(__u64)MRWX) || !m_intent_ok((unsigned int)rights))
		return as_a_whole(m, because(EINVAL, 2403), range, rights);
	if (range->result || range->count)
		return as_a_whole(m, because(EINVAL, 2404), range, rights);
	each_page(m, range, &out, restrict_one, rights, (unsigned int)rights);
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
		return as_a_whole(m, because(EINVAL, 2501), range, 0);
	if (!range_ok(m, range))
		return as_a_whole(m, because(EINVAL, 2502), range, 0);
	if ((type != M_TCS && type != M_TRIM) || range->result || range->count)
		return as_a_whole(m, because(EINVAL, 2503), range, 0);
	each_page(m, range, &out, modify_one, type, 0);
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
		return as_a_whole(m, because(EINVAL, 2601), range, 0);
	each_page(m, range, &out, remove_one, 0, 0);
	return out;
}

typedef struct m_verdict (*m_slot_fn)(const struct m_slot *slot, unsigned int intent);

/* All or nothing. The record's range may go on while the slots are equal. */
static struct m_outcome all_slots(const struct m_model *m, const struct m_range *range, __u32 intent,
				  m_slot_fn one)
{
	__u64 at = range->offset / M_PAGE, end = (range->offset + range->length) / M_PAGE;
	struct m_outcome out = call(0, 0);
	const struct m_slot *first;

	while (at < end && !one(&m->slots[at], intent).err)
		at++;
	if (at == end)
		return out;
	first = &m->slots[at];
	out = refused(one(first, intent));
	m_tell_slot(m, &out, (int)at, intent, first);
	while (++at < end && m->slots[at].has_intent == first->has_intent &&
	       m->slots[at].intent == first->intent)
		out.told.end_at_most += M_PAGE;
	return out;
}

static struct m_verdict declare_one(const struct m_slot *slot, unsigned int intent)
{
	(void)intent;
	return m_declare_slot(slot);
}

struct m_outcome m_declare_range(struct m_model *m, const struct m_range *range, __u32 intent)
{
	__u64 at, end = (range->offset + range->length) / M_PAGE;
	struct m_outcome out;

	if (!m->created || m->initialized)
		return as_a_whole(m, because(EINVAL, 303), range, intent);
	if (range->reserved)
		return as_a_whole(m, because(EINVAL, 2901), range, intent);
	if (!range_ok(m, range))
		return as_a_whole(m, because(EINVAL, 2902), range, intent);
	if (!m_intent_ok(intent))
		return as_a_whole(m, because(EINVAL, 303), range, intent);
	out = all_slots(m, range, intent, declare_one);
	if (out.err)
		return out;
	for (at = range->offset / M_PAGE; at < end; at++)
		m->slots[at] = (struct m_slot){
			.has_intent = true,
			.intent = (__u8)intent,
			.explicit = true,
			.declared = true,
		};
	m->begun = true;
	return out;
}

struct m_outcome m_lower_range(struct m_model *m, const struct m_range *range, __u32 intent)
{
	__u64 at, end = (range->offset + range->length) / M_PAGE;
	struct m_outcome out;

	if (!m->created)
		return as_a_whole(m, because(EINVAL, 2902), range, intent);
	if (range->reserved || range->count)
		return as_a_whole(m, because(EINVAL, 2901), range, intent);
	if (!range_ok(m, range))
		return as_a_whole(m, because(EINVAL, 2902), range, intent);
	if (!m_intent_ok(intent))
		return as_a_whole(m, because(EINVAL, 205), range, intent);
	out = all_slots(m, range, intent, m_lower_slot);
	if (out.err)
		return out;
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
