// SPDX-License-Identifier: LGPL-2.1-or-later
/* Accesses, and the leaves by which an enclave changes its pages. */
#include <errno.h>
#include <stddef.h>

#include "model.h"

#define RET	0xc3
#define ONES	0xff

static struct m_outcome went(enum m_how how, unsigned int rule)
{
	return (struct m_outcome){ .how = how, .rule = rule, .value = -1, .or_value = -1 };
}

static bool in_range(const struct m_model *m, int page)
{
	return m->created && page >= 0 && (__u64)page < m->size / M_PAGE;
}

/*
 * What Linux itself lets through to the file: also a fetch through a mapping that only can
 * be read, which it refuses when there is an entry.
 */
static bool mapping_allows(const struct m_model *m, const struct m_vma *vma, unsigned int access)
{
	if (!vma || !vma->prot)
		return false;
	if (access == MW)
		return vma->prot & MW;
	return access == MX || !(m->machine_pku && vma->prot == MX);
}

/* A page for an access through a mapping: the slot, or NULL and how it ended. Augments. */
static struct m_slot *reach(struct m_model *m, const struct m_vma *vma, int page,
			    struct m_outcome *out)
{
	struct m_slot *slot = in_range(m, page) ? &m->slots[page] : NULL;

	*out = went(H_WORKS, 0);
	if (!slot) {
		*out = went(H_BUS, 1104);
		return NULL;
	}
	if (slot->has_intent && (vma->prot & ~slot->intent) && m_broken_rule != 1001) {
		*out = went(H_BUS, 1001);
		return NULL;
	}
	if (!slot->present) {
		if (!m->initialized || !m_augmentable(m->contract, slot)) {
			*out = went(H_BUS, m->initialized ? 302 : 1001);
			return NULL;
		}
		m_augment(slot);
		m->begun = true;
		m->bytes[page] = (struct m_bytes){ 0 };
	}
	return slot;
}

static void count_as_mapped(struct m_slot *slot, unsigned int mapped)
{
	slot->ever_w |= !!(mapped & MW);
	slot->ever_x |= !!(mapped & MX);
}

/* R16.2: a page counts as mapped from the first access on that makes an entry for it. */
static void remember(struct m_slot *slot, unsigned int mapped, unsigned int access)
{
	if ((m_granted(slot) & m_counts_as(mapped, access)) && m_broken_rule != 1602)
		count_as_mapped(slot, mapped);
}

static struct m_outcome works(struct m_bytes *bytes, unsigned int access, bool code, __u8 value)
{
	struct m_outcome out = went(H_WORKS, 0);

	switch (access) {
	case MR:
		out.value = bytes->tag;
		break;
	case MW:
		if (code)
			bytes->code = RET;
		else
			bytes->tag = value;
		break;
	case MX:
		if (bytes->code != RET)
			out.how = H_SKIPPED;
		break;
	}
	return out;
}

static struct m_outcome ones(struct m_bytes *bytes, unsigned int access, bool code, __u8 value)
{
	struct m_outcome out = went(H_WORKS, 0);

	if (access == MW && !code)
		bytes->dropped = value;
	if (access == MR) {
		out.value = ONES;
		out.or_value = bytes->dropped ? bytes->dropped : -1;
	}
	return out;
}

/* R39.3; where a mapping is, its file was asked first, and that is a refusal of its own. */
static struct m_outcome leaves_the_range(struct m_model *m, const struct m_vma *vma, int page)
{
	static const struct m_slot nothing;
	struct m_outcome out = went(H_GP, 0);

	if (!mapping_allows(m, vma, MX))
		return out;
	out.rule = 1104;
	m_tell_slot(m, &out, page, m_counts_as(vma->prot, MX), &nothing);
	return out;
}

struct m_outcome m_touch(struct m_model *m, int space, int page, unsigned int access, bool inside,
			 bool code, __u8 value)
{
	const struct m_vma *vma = m_mapping(m, space, page);
	struct m_slot *slot, old = { 0 };
	struct m_outcome out;
	unsigned int rule, asked;

	if (inside && access == MX && !in_range(m, page))
		return leaves_the_range(m, vma, page);
	if (!mapping_allows(m, vma, access))
		return went(H_SEGV, 0);
	if (in_range(m, page))
		old = m->slots[page];
	asked = m_counts_as(vma->prot, access);
	slot = reach(m, vma, page, &out);
	if (!slot) {
		m_tell_slot(m, &out, page, asked, &old);
		return out;
	}
	remember(slot, vma->prot, access);
	switch (m_access(slot, vma->prot, access, inside, &rule)) {
	case M_WORKS:
		out = works(&m->bytes[page], access, code, value);
		if (out.how == H_SKIPPED)
			*slot = old;
		return out;
	case M_ABORT:
		return ones(&m->bytes[page], access, code, value);
	case M_BUS:
		out = went(H_BUS, rule);
		break;
	case M_SEGV:
		out = went(H_SEGV, rule);
		break;
	case M_EPCM:
		out = went(inside ? H_EPCM : H_SEGV, rule);
		break;
	case M_MAYBE:
		out = works(&m->bytes[page], access, code, value);
		out.how = H_MAYBE;
		out.rule = rule;
		break;
	}
	m_tell_slot(m, &out, page, asked, slot);
	return out;
}

/*
 * Any mapping will do, and what it allows does not matter. Of an address outside the range,
 * or before there is one, the rules say nothing.
 */
struct m_outcome m_debug(struct m_model *m, int space, int page, bool write, bool code, __u8 value)
{
	struct m_outcome out = went(H_NOTHING, 0);
	struct m_verdict v;
	struct m_slot *slot;

	if (m_mapping(m, space, page) && !in_range(m, page))
		return went(H_SKIPPED, 0);
	out.err = EIO;
	if (!m_mapping(m, space, page))
		return out;
	slot = &m->slots[page];
	v = m_debug_slot(m->contract, slot, m->debug, write);
	if (!v.err && write && slot->type == M_TCS)
		v = (struct m_verdict){ EIO, 1701 };
	if (v.err) {
		out.rule = v.rule;
		m_tell_slot(m, &out, page, write ? MW : MR, slot);
		out.told.err = v.err;
		return out;
	}
	out = works(&m->bytes[page], write ? MW : MR, code, value);
	out.how = H_NOTHING;
	return out;
}

/* The mapping of an operand, if it has one of some rights. */
static const struct m_vma *operand_mapping(struct m_model *m, int space, int page,
					   unsigned int wanted, struct m_outcome *out)
{
	const struct m_vma *vma = m_mapping(m, space, page);

	*out = went(H_SEGV, 0);
	return vma && (vma->prot & wanted) ? vma : NULL;
}

/* The operand itself. R18.1: what ENCLU raises is not recorded. */
static struct m_slot *operand(struct m_model *m, const struct m_vma *vma, int page,
			      struct m_outcome *out)
{
	struct m_slot *slot = vma ? reach(m, vma, page, out) : NULL;

	out->rule = 0;
	return slot;
}

/* Of EACCEPT and EMODPE, which neither read nor write what the page holds. */
static struct m_slot *only_operand(struct m_model *m, int space, int page, struct m_outcome *out)
{
	return operand(m, operand_mapping(m, space, page, MRWX, out), page, out);
}

static struct m_outcome leaf_done(enum m_leaf how)
{
	struct m_outcome out = went(H_WORKS, 0);

	switch (how) {
	case M_DONE:
		return out;
	case M_CODE:
		out.result = M_MISMATCH;
		return out;
	case M_GP:
		return went(H_GP, 0);
	case M_PF:
		return went(H_EPCM, 0);
	}
	return went(H_OTHER, 0);
}

static bool address_ok(const struct m_model *m, __s64 at)
{
	return at >= 0 && (__u64)at < m->size && at % M_PAGE == 0;
}

/* A page that becomes a TCS must be one (R22.9). */
static struct m_outcome eaccept(struct m_model *m, int space, int page, __u64 secinfo)
{
	struct m_outcome out;
	struct m_slot *slot = only_operand(m, space, page, &out), old;
	enum m_leaf how;

	if (!slot)
		return out;
	old = *slot;
	how = m_eaccept(slot, secinfo);
	if (how == M_DONE && slot->type == M_TCS &&
	    (m->bytes[page].code || m->bytes[page].no_tcs)) {
		*slot = old;
		how = M_GP;
	}
	return leaf_done(how);
}

static struct m_outcome emodpe(struct m_model *m, int space, int page, __u64 secinfo)
{
	struct m_outcome out;
	struct m_slot *slot = only_operand(m, space, page, &out);

	if (!slot)
		return out;
	if (!m_emodpe_secinfo(secinfo))
		return went(H_GP, 0);
	return leaf_done(m_emodpe(slot, secinfo));
}

static struct m_outcome accept_copy(struct m_model *m, int space, int to, int from, __u64 secinfo)
{
	const struct m_vma *written, *read;
	struct m_slot *target, *source;
	struct m_outcome out;
	enum m_leaf how;

	written = operand_mapping(m, space, to, MW, &out);
	read = written ? operand_mapping(m, space, from, MR | MW, &out) : NULL;
	target = read ? operand(m, written, to, &out) : NULL;
	source = target ? operand(m, read, from, &out) : NULL;
	if (!source)
		return out;
	if (!m_eacceptcopy_secinfo(secinfo))
		return went(H_GP, 0);
	how = m_eacceptcopy(target, source, secinfo);
	if (how == M_DONE) {
		m->bytes[to] = m->bytes[from];
		count_as_mapped(target, written->prot);
	}
	return leaf_done(how);
}

struct m_outcome m_no_leaf(unsigned int leaf, bool inside)
{
	if (inside)
		return went(leaf >= E_KNOWN ? H_GP : H_SKIPPED, 0);
	/* There #GP is a SIGSEGV. */
	return went(leaf == E_EENTER || leaf == E_ERESUME ? H_SKIPPED : H_SEGV, 0);
}

/* R34: EACCEPT looks at its SECINFO before the page, the others after they have found it. */
struct m_outcome m_leaf_at(struct m_model *m, int space, enum m_enclu leaf, __s64 at, __s64 from,
			   __u64 secinfo)
{
	int page = (int)(at / M_PAGE);

	if (leaf == E_EACCEPT && !m_eaccept_secinfo(secinfo))
		return went(H_GP, 0);
	if (!address_ok(m, at) || (leaf == E_EACCEPTCOPY && !address_ok(m, from)))
		return went(H_GP, 0);
	switch (leaf) {
	case E_EACCEPT:
		return eaccept(m, space, page, secinfo);
	case E_EMODPE:
		return emodpe(m, space, page, secinfo);
	case E_EACCEPTCOPY:
		return accept_copy(m, space, page, (int)(from / M_PAGE), secinfo);
	default:
		return went(H_OTHER, 0);
	}
}
