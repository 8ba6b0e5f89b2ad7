// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mappings. What Linux itself does with them is written here as well: a fixed mapping
 * takes away what was there before the file is asked, mprotect() goes from mapping to
 * mapping and keeps what it did before a refusal, and mappings of an enclave are never
 * merged.
 */
#include <errno.h>
#include <string.h>

#include "model.h"

static struct m_outcome call(int err, unsigned int rule)
{
	return (struct m_outcome){ .err = err, .rule = rule, .value = -1, .or_value = -1 };
}

const struct m_vma *m_mapping(const struct m_model *m, int space, int page)
{
	const struct m_space *s = &m->spaces[space];
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		if (page >= s->vmas[i].start && page < s->vmas[i].end)
			return &s->vmas[i];
	return NULL;
}

static void insert(struct m_space *s, struct m_vma vma)
{
	unsigned int at = s->nr;

	while (at && s->vmas[at - 1].start > vma.start) {
		s->vmas[at] = s->vmas[at - 1];
		at--;
	}
	s->vmas[at] = vma;
	s->nr++;
}

static void unmap(struct m_space *s, int start, int end)
{
	struct m_vma old[M_VMAS];
	unsigned int nr = s->nr, i;

	/* Nothing is taken away: Linux splits no mapping then. */
	if (start >= end)
		return;
	memcpy(old, s->vmas, sizeof(old));
	s->nr = 0;
	for (i = 0; i < nr; i++) {
		struct m_vma before = old[i], after = old[i];

		if (before.end > start)
			before.end = start;
		if (after.start < end)
			after.start = end;
		if (before.start < before.end)
			insert(s, before);
		if (after.start < after.end)
			insert(s, after);
	}
}

static bool overlaps(const struct m_space *s, int start, int end)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		if (s->vmas[i].start < end && s->vmas[i].end > start)
			return true;
	return false;
}

static bool in_range(const struct m_model *m, int page)
{
	return page >= 0 && (__u64)page < m->size / M_PAGE;
}

static struct m_outcome as_a_whole(const struct m_model *m, int err, unsigned int rule, int start,
				   int end, unsigned int requested)
{
	struct m_outcome out = call(err, rule);

	m_tell_range(m, &out, start, end, requested);
	return out;
}

/* R8, R9: the first slots that do not allow it, which may be a run of equal ones. */
static struct m_outcome slots_allow(const struct m_model *m, int start, int end, unsigned int prot,
				    enum m_door door)
{
	struct m_outcome out = call(0, 0);
	int page;

	for (page = start; page < end; page++) {
		const struct m_slot *slot = &m->slots[page];
		struct m_verdict v = m_map_slot(m->contract, slot, door, prot);

		if (v.err && !out.err) {
			out = call(v.err, v.rule);
			m_tell_slot(m, &out, page, prot, slot);
		} else if (out.err && v.rule == out.rule && slot->intent == out.told.declared) {
			out.told.end_at_most += M_PAGE;
		} else if (out.err) {
			break;
		}
	}
	return out;
}

/* R12, R11.2, R8, R9 for a part of the arena. */
static struct m_outcome may_map(const struct m_model *m, int start, int end, unsigned int prot,
				enum m_door door, bool read_implies_exec)
{
	int last = m->created ? (int)(m->size / M_PAGE) : 0, page;

	/* Linux has added the X by then. */
	if (read_implies_exec && m_broken_rule != 1200)
		return as_a_whole(m, EACCES, 1200, start, end, prot & MR ? prot | MX : prot);
	if (!m->created)
		return call(0, 0);
	for (page = start; page < end; page++)
		if (m->initialized && !in_range(m, page) && m_broken_rule != 1102)
			return as_a_whole(m, EACCES, 1102, start, end, prot);
	return slots_allow(m, start < 0 ? 0 : start, end < last ? end : last, prot, door);
}

/* R16.2: pages that are there when they are mapped. */
static void remember(struct m_model *m, int start, int end, unsigned int prot)
{
	int page;

	for (page = start; page < end; page++) {
		if (!in_range(m, page) || !m->slots[page].present)
			continue;
		m->slots[page].ever_w |= !!(prot & MW);
		m->slots[page].ever_x |= !!(prot & MX);
	}
}

struct m_outcome m_mmap(struct m_model *m, int space, int fd, int page, int nr, unsigned int prot,
			enum m_map_flags flags, bool read_implies_exec)
{
	struct m_space *s = &m->spaces[space];
	struct m_outcome out;

	if (!(s->fds & 1U << fd))
		return call(EBADF, 0);
	/* Linux asks for the place before it tells what for. */
	if (flags == MAP_PRIVATELY)
		return as_a_whole(m, EINVAL, 1103, page, page + nr, 0);
	if (flags == MAP_NO_REPLACE && overlaps(s, page, page + nr))
		return call(EEXIST, 0);
	unmap(s, page, page + nr);
	out = may_map(m, page, page + nr, prot, M_MMAP, read_implies_exec);
	if (out.err)
		return out;
	insert(s, (struct m_vma){ page, page + nr, prot });
	remember(m, page, page + nr, prot);
	return call(0, 0);
}

struct m_outcome m_mprotect(struct m_model *m, int space, int page, int nr, unsigned int prot,
			    bool read_implies_exec)
{
	struct m_space *s = &m->spaces[space];
	int end = page + nr;

	while (page < end) {
		const struct m_vma *vma = m_mapping(m, space, page);
		struct m_outcome out;
		int part;

		if (!vma)
			return call(ENOMEM, 0);
		part = vma->end < end ? vma->end : end;
		out = may_map(m, page, part, prot, M_MPROTECT, read_implies_exec);
		if (out.err)
			return out;
		remember(m, page, part, prot);
		if (vma->prot != prot) {
			unmap(s, page, part);
			insert(s, (struct m_vma){ page, part, prot });
		}
		page = part;
	}
	return call(0, 0);
}

struct m_outcome m_munmap(struct m_model *m, int space, int page, int nr)
{
	unmap(&m->spaces[space], page, page + nr);
	return call(0, 0);
}

struct m_outcome m_mremap(struct m_model *m, int space, int page, int nr, int new_nr, int to)
{
	struct m_space *s = &m->spaces[space];
	const struct m_vma *vma;

	if (!m_mapping(m, space, page))
		return call(EFAULT, 0);
	if (to != page) {
		/* Linux clears the new place, and cuts the old one, before it asks. */
		if (page < to + new_nr && to < page + nr)
			return call(EINVAL, 0);
		unmap(s, to, to + new_nr);
		if (nr > new_nr) {
			unmap(s, page + new_nr, page + nr);
			nr = new_nr;
		}
	}
	vma = m_mapping(m, space, page);
	if (!vma)
		return call(EFAULT, 0);
	if (to == page && new_nr <= nr) {
		unmap(s, page + new_nr, page + nr);
		return call(0, 0);
	}
	if (nr > vma->end - page)
		return call(EFAULT, 0);
	if (new_nr > nr)
		return call(EFAULT, 0);
	if (m_broken_rule == 1101)
		return call(0, 0);
	return as_a_whole(m, EINVAL, 1101, to, to + new_nr, vma->prot);
}

void m_fork(struct m_model *m, int space, int child)
{
	m->spaces[child] = m->spaces[space];
}

void m_exit(struct m_model *m, int space)
{
	memset(&m->spaces[space], 0, sizeof(m->spaces[space]));
}
