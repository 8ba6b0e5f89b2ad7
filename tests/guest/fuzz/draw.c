// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "draw.h"

/* SplitMix64: any seed will do. */
static u64 next(struct chance *c)
{
	u64 z = c->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

void chance_begin(struct chance *c, u64 seed, u64 number)
{
	c->state = seed;
	c->state = next(c) ^ number * 0x2545f4914f6cdd1dULL;
}

static unsigned int below(struct chance *c, unsigned int n)
{
	return (unsigned int)(next(c) >> 32) % n;
}

static bool one_in(struct chance *c, unsigned int n)
{
	return !below(c, n);
}

/* How often an operation comes before CREATE, before INIT, and after it. */
static const u8 weights[NR_OPS][3] = {
	[OP_CREATE] = { 30, 1, 1 },
	[OP_IMAGE] = { 1, 10, 0 },
	[OP_ADD] = { 2, 40, 1 },
	[OP_INIT] = { 2, 10, 1 },
	[OP_RESTRICT] = { 1, 1, 8 },
	[OP_MODIFY] = { 1, 1, 12 },
	[OP_REMOVE] = { 1, 1, 10 },
	[OP_PROVISION] = { 3, 3, 1 },
	[OP_CONTRACT] = { 14, 4, 1 },
	[OP_DECLARE] = { 2, 8, 1 },
	[OP_LOWER] = { 1, 4, 5 },
	[OP_INFO] = { 2, 2, 1 },
	[OP_LIST] = { 1, 2, 4 },
	[OP_REFUSALS] = { 1, 1, 2 },
	[OP_UNKNOWN] = { 1, 1, 1 },
	[OP_MMAP] = { 16, 8, 26 },
	[OP_MPROTECT] = { 4, 6, 20 },
	[OP_MUNMAP] = { 2, 2, 2 },
	[OP_MREMAP] = { 2, 2, 2 },
	[OP_MAP_IMAGE] = { 1, 3, 4 },
	[OP_FORK] = { 1, 1, 2 },
	[OP_THREAD] = { 1, 1, 1 },
	[OP_QUIT] = { 1, 1, 1 },
	[OP_DUP] = { 1, 1, 1 },
	[OP_CLOSE] = { 1, 1, 1 },
	[OP_PERSONA] = { 1, 1, 1 },
	[OP_OUT_READ] = { 3, 5, 12 },
	[OP_OUT_WRITE] = { 2, 4, 12 },
	[OP_OUT_EXEC] = { 2, 3, 10 },
	[OP_OUT_ALL] = { 1, 1, 1 },
	[OP_OUT_ENCLU] = { 1, 1, 1 },
	[OP_DEBUG_READ] = { 1, 1, 2 },
	[OP_DEBUG_WRITE] = { 1, 1, 4 },
	[OP_IN_READ] = { 1, 1, 10 },
	[OP_IN_WRITE] = { 1, 1, 14 },
	[OP_IN_EXEC] = { 1, 1, 8 },
	[OP_ENTER] = { 1, 1, 2 },
	[OP_EACCEPT] = { 1, 1, 20 },
	[OP_EMODPE] = { 1, 1, 8 },
	[OP_EACCEPTCOPY] = { 1, 1, 10 },
	[OP_ENCLU] = { 1, 1, 2 },
};

static enum step_op operation(struct chance *c, const struct m_model *m)
{
	unsigned int phase = m->initialized ? 2 : m->created ? 1 : 0;
	unsigned int sum = 0, op;

	for (op = 0; op < NR_OPS; op++)
		sum += weights[op][phase];
	sum = below(c, sum);
	for (op = 0; sum >= weights[op][phase]; op++)
		sum -= weights[op][phase];
	return (enum step_op)op;
}

static void page(struct chance *c, const struct world *w, int32_t *at)
{
	if (one_in(c, 25))
		*at = M_FIRST + (int)below(c, M_END - M_FIRST);
	else
		*at = w->play + (int)below(c, PLAY_PAGES);
}

/* What an operation is more likely to get somewhere with. */
typedef bool (*wanted_fn)(const struct m_model *m, int space, int page);

static bool is_mapped(const struct m_model *m, int space, int page)
{
	const struct m_vma *vma = m_mapping(m, space, page);

	return vma && vma->prot;
}

static const struct m_slot *slot_at(const struct m_model *m, int page)
{
	static const struct m_slot hole;

	return page >= 0 && page < M_SLOTS ? &m->slots[page] : &hole;
}

/* EAUG's, if anybody's. */
static bool is_mapped_hole(const struct m_model *m, int space, int page)
{
	return is_mapped(m, space, page) && !slot_at(m, page)->present;
}

static bool is_free(const struct m_model *m, int space, int page)
{
	(void)space;
	return page >= 0 && page < M_SLOTS && !m->slots[page].has_intent;
}

static bool is_present(const struct m_model *m, int space, int page)
{
	(void)space;
	return slot_at(m, page)->present;
}

static bool is_trimmed(const struct m_model *m, int space, int page)
{
	(void)space;
	return slot_at(m, page)->type == PT_TRIM;
}

static bool has_intent(const struct m_model *m, int space, int page)
{
	(void)space;
	return slot_at(m, page)->has_intent;
}

static bool is_readable(const struct m_model *m, int space, int page)
{
	return is_mapped(m, space, page) && (m_granted(slot_at(m, page)) & MR);
}

static bool is_pending(const struct m_model *m, int space, int page)
{
	const struct m_vma *vma = m_mapping(m, space, page);

	return vma && (vma->prot & MW) &&
	       (!slot_at(m, page)->present || slot_at(m, page)->pending);
}

/* Three times in four a page of which it is true, if one is found soon. */
static void page_where(struct chance *c, const struct world *w, const struct step *step,
		       int32_t *at, wanted_fn wanted)
{
	int tries = one_in(c, 4) ? 0 : 8;

	page(c, w, at);
	while (tries-- && !wanted(&w->model, w->actors[step->actor].space, *at))
		page(c, w, at);
}

static void mapped_page(struct chance *c, const struct world *w, const struct step *step, int32_t *at)
{
	page_where(c, w, step, at, one_in(c, 5) ? is_mapped_hole : is_mapped);
}

static int32_t some_pages(struct chance *c)
{
	return one_in(c, 2) ? 2 + (int)below(c, 6) : 1;
}

/* A range that stays in the arena, and out of the image as a rule. */
static void range(struct chance *c, const struct world *w, struct step *step, wanted_fn wanted)
{
	int32_t *arg = step->arg;

	if (wanted)
		page_where(c, w, step, &arg[A_PAGE], wanted);
	else
		page(c, w, &arg[A_PAGE]);
	arg[A_PAGES] = wanted && !one_in(c, 3) ? 1 : some_pages(c);
	if (arg[A_PAGE] + arg[A_PAGES] > M_END)
		arg[A_PAGES] = M_END - arg[A_PAGE];
	if (arg[A_PAGE] < w->image_pages && arg[A_PAGE] + arg[A_PAGES] > 0 && !one_in(c, 6))
		arg[A_PAGE] = w->play;
}

static int32_t rights(struct chance *c)
{
	static const u8 usual[] = { 0, 1, 1, 3, 3, 3, 5, 5, 5, 7, 7, 4, 2, 6 };

	return usual[below(c, sizeof(usual))];
}

static int32_t wrong(struct chance *c, enum wrong last)
{
	return one_in(c, 16) ? 1 + (int)below(c, last) : RIGHT;
}

static int32_t secinfo_of(struct chance *c, unsigned int type)
{
	static const u8 usual[] = { 1, 3, 3, 5, 7, 7, 0, 4, 2 };
	int32_t secinfo = (int32_t)type << 8;

	if (type == PT_REG)
		secinfo |= usual[below(c, sizeof(usual))];
	if (one_in(c, 30))
		secinfo ^= 1 << below(c, 20);
	return secinfo;
}

static void draw_add(struct chance *c, const struct world *w, struct step *step)
{
	bool tcs = one_in(c, 8);

	range(c, w, step, is_free);
	step->arg[ADD_SRC] = one_in(c, 3) ? SRC_CODE + (int)below(c, 4) : (int)below(c, NR_SOURCES);
	if (tcs && !one_in(c, 3)) {
		step->arg[ADD_SRC] = SRC_TCS_CODE + (int)below(c, 3);
		step->arg[A_PAGES] = 1;
	}
	step->arg[ADD_SECINFO] = secinfo_of(c, tcs ? PT_TCS : PT_REG);
	step->arg[ADD_FLAGS] = one_in(c, 2) ? 0 : ADD_INTENT | rights(c) << ADD_INTENT_SHIFT;
	step->arg[ADD_FLAGS] |= one_in(c, 4) ? ADD_MEASURE : 0;
	if (one_in(c, 20))
		step->arg[ADD_FLAGS] ^= 1 << below(c, 7);
	step->arg[ADD_FLAGS] |= wrong(c, NR_WRONG - 1) << ADD_WRONG_SHIFT;
}

/* SECINFO for EACCEPT: of what the page is, as a rule. */
static int32_t accepted(struct chance *c, const struct m_model *m, int32_t at)
{
	int32_t secinfo = PT_REG << 8 | SECINFO_PENDING | MR | MW;

	if (at >= 0 && at < M_SLOTS && m->slots[at].present) {
		const struct m_slot *s = &m->slots[at];

		secinfo = s->type << 8 | s->epcm | (s->pending ? SECINFO_PENDING : 0) |
			  (s->modified ? SECINFO_MODIFIED : 0) |
			  (s->pr && one_in(c, 2) ? SECINFO_PR : 0);
	}
	if (one_in(c, 12))
		secinfo ^= 1 << below(c, 11);
	return secinfo;
}

static void draw_leaf(struct chance *c, const struct world *w, struct step *step)
{
	if (step->op == OP_EACCEPTCOPY)
		page_where(c, w, step, &step->arg[0], is_pending);
	else
		mapped_page(c, w, step, &step->arg[0]);
	step->arg[1] = step->op == OP_EACCEPT ? accepted(c, &w->model, step->arg[0])
					      : secinfo_of(c, PT_REG);
	step->arg[2] = one_in(c, 40) ? 8 : 0;
	if (step->op == OP_EACCEPTCOPY)
		page_where(c, w, step, &step->arg[3], is_readable);
}

static void draw_mremap(struct chance *c, const struct world *w, struct step *step)
{
	range(c, w, step, is_mapped);
	step->arg[2] = one_in(c, 3) ? step->arg[A_PAGES] : 1 + (int)below(c, 4);
	step->arg[3] = step->arg[A_PAGE];
	if (!one_in(c, 3))
		step->arg[3] = w->play + (int)below(c, PLAY_PAGES);
}

static wanted_fn wanted_by(const struct step *step)
{
	switch (step->op) {
	case OP_RESTRICT:
	case OP_MODIFY:
		return is_present;
	case OP_REMOVE:
		return is_trimmed;
	case OP_LOWER:
		return has_intent;
	default:
		return NULL;
	}
}

static void draw_range_ioctl(struct chance *c, const struct world *w, struct step *step)
{
	static const u8 types[] = { PT_TRIM, PT_TRIM, PT_TRIM, PT_TRIM, PT_TCS, PT_TCS, PT_REG };

	range(c, w, step, wanted_by(step));
	step->arg[A_WRONG] = wrong(c, step->op == OP_LIST ? WRONG_ARRAY : WRONG_POINTER);
	switch (step->op) {
	case OP_MODIFY:
		step->arg[A_WHAT] = types[below(c, sizeof(types))];
		if (one_in(c, 20))
			step->arg[A_WHAT] = (int)below(c, 300);
		break;
	case OP_LIST:
		step->arg[A_WHAT] = (int)below(c, one_in(c, 2) ? M_SLOTS + 1 : 5);
		if (one_in(c, 3)) {
			step->arg[A_PAGE] = 0;
			step->arg[A_PAGES] = M_SLOTS;
		}
		break;
	case OP_REMOVE:
		break;
	default:
		step->arg[A_WHAT] = one_in(c, 20) ? (int)below(c, 16) : rights(c);
	}
}

/* One of the device's own commands, but for a bit of its number, size, direction or type. */
static int32_t unknown_command(struct chance *c)
{
	static const u32 known[] = {
		SGX_IOC_ENCLAVE_CREATE, SGX_IOC_ENCLAVE_ADD_PAGES, SGX_IOC_ENCLAVE_INIT,
		SGX_IOC_ENCLAVE_PROVISION, SGX_IOC_ENCLAVE_RESTRICT_PERMISSIONS,
		SGX_IOC_ENCLAVE_MODIFY_TYPES, SGX_IOC_ENCLAVE_REMOVE_PAGES, AVOW_IOC_INFO,
		AVOW_IOC_SET_CONTRACT, AVOW_IOC_DECLARE_DYNAMIC, AVOW_IOC_LOWER_INTENT,
		AVOW_IOC_LIST, AVOW_IOC_SOURCE, AVOW_IOC_REFUSALS,
	};
	unsigned int nr = sizeof(known) / sizeof(known[0]), i;
	u32 command = known[below(c, nr)] ^ 1U << below(c, 32);

	for (i = 0; i < nr && command != known[i]; i++)
		;
	return i < nr ? 0x90 : (int32_t)command;
}

/* The value that is written: a RET, so that the page can be called, or something else. */
static int32_t written(struct chance *c)
{
	return one_in(c, 2) ? -1 : 0x80 + (int)below(c, 0x70);
}

static unsigned int actor(struct chance *c, const struct world *w)
{
	unsigned int nr = 0, i;

	/* The first one needs no turn given: it does more. */
	if (one_in(c, 2))
		return 0;
	for (i = 0; i < NR_ACTORS; i++)
		nr += w->actors[i].used;
	nr = below(c, nr);
	for (i = 0; !w->actors[i].used || nr; i++)
		nr -= w->actors[i].used;
	return i;
}

/* A descriptor that is open, as a rule. */
static uint8_t descriptor(struct chance *c, const struct world *w, unsigned int who)
{
	unsigned int fds = w->model.spaces[w->actors[who].space].fds, fd = below(c, M_FDS);

	if (fds && !one_in(c, 40))
		while (!(fds & 1U << fd))
			fd = (fd + 1) % M_FDS;
	return (uint8_t)fd;
}

/* What would stop a sequence from getting anywhere is rarely drawn. */
static bool hinders(struct chance *c, const struct world *w, const struct step *step)
{
	const struct model_actor *who = &w->actors[step->actor];
	unsigned int fds = w->model.spaces[who->space].fds;

	if (who->read_implies_exec && step->op != OP_PERSONA)
		return false;
	return step->op == OP_CLOSE && !(fds & (fds - 1)) && !one_in(c, 10);
}

static void draw_args(struct chance *c, const struct world *w, struct step *step)
{
	int32_t *arg = step->arg;

	switch (step->op) {
	case OP_CREATE:
		arg[0] = one_in(c, 2) ? (int)below(c, SECS_VARIANTS) : 0;
		if (one_in(c, 6))
			arg[0] = one_in(c, 2) ? SECS_PROVISIONKEY : SECS_NO_DEBUG;
		/* No INIT comes behind it. */
		if (arg[0] == SECS_EINITTOKENKEY && !one_in(c, 4))
			arg[0] = SECS_PROVISIONKEY;
		break;
	case OP_INIT:
		arg[0] = one_in(c, 2) ? 0 : (int)below(c, SIG_VARIANTS);
		break;
	case OP_PROVISION:
		arg[0] = one_in(c, 2) ? FD_PROVISION : (int)below(c, NR_FD_KINDS);
		arg[1] = one_in(c, 16) ? WRONG_POINTER : RIGHT;
		break;
	case OP_CONTRACT:
		arg[0] = one_in(c, 8) ? 2 : (int)below(c, 2);
		arg[1] = one_in(c, 16) ? (one_in(c, 2) ? WRONG_RESERVED : WRONG_POINTER) : RIGHT;
		break;
	case OP_INFO:
		arg[0] = one_in(c, 8) ? WRONG_POINTER : RIGHT;
		break;
	case OP_REFUSALS:
		arg[0] = one_in(c, 3) ? 0 : (int)below(c, 160);
		arg[1] = (int)below(c, AVOW_REFUSALS_KEPT + 1);
		if (one_in(c, 8))
			arg[2] = one_in(c, 3) ? WRONG_RESERVED : one_in(c, 2) ? WRONG_POINTER : WRONG_ARRAY;
		break;
	case OP_UNKNOWN:
		arg[0] = one_in(c, 4) ? 0x90 + (int)below(c, 16) : unknown_command(c);
		break;
	case OP_ADD:
		draw_add(c, w, step);
		break;
	case OP_RESTRICT:
	case OP_MODIFY:
	case OP_REMOVE:
	case OP_DECLARE:
	case OP_LOWER:
	case OP_LIST:
		draw_range_ioctl(c, w, step);
		break;
	case OP_MMAP:
		range(c, w, step, NULL);
		arg[2] = rights(c);
		arg[3] = one_in(c, 6) ? (int)below(c, MAP_OFFSET + 1) : MAP_OVER;
		break;
	case OP_MPROTECT:
	case OP_MUNMAP:
		range(c, w, step, step->op == OP_MPROTECT ? is_mapped : NULL);
		arg[2] = step->op == OP_MPROTECT ? rights(c) : 0;
		arg[3] = step->op == OP_MPROTECT ? one_in(c, 4) : 0;
		break;
	case OP_MREMAP:
		draw_mremap(c, w, step);
		break;
	case OP_FORK:
	case OP_THREAD:
	case OP_DUP:
		arg[0] = (int)below(c, step->op == OP_DUP ? (unsigned int)M_FDS : NR_ACTORS);
		break;
	case OP_PERSONA:
		arg[0] = one_in(c, 3);
		break;
	case OP_OUT_ALL:
		arg[0] = 0x80 + (int)below(c, 0x70);
		break;
	case OP_EACCEPT:
	case OP_EMODPE:
	case OP_EACCEPTCOPY:
		draw_leaf(c, w, step);
		break;
	case OP_OUT_ENCLU:
		mapped_page(c, w, step, &arg[0]);
		arg[1] = one_in(c, 2) ? E_EACCEPT + (int)below(c, 3) : (int)below(c, 16);
		break;
	case OP_ENCLU:
		mapped_page(c, w, step, &arg[0]);
		arg[1] = E_KNOWN + (int)below(c, one_in(c, 2) ? 8 : 1U << 30);
		break;
	case OP_OUT_READ:
	case OP_OUT_EXEC:
	case OP_DEBUG_READ:
	case OP_IN_READ:
	case OP_IN_EXEC:
		mapped_page(c, w, step, &arg[0]);
		break;
	case OP_OUT_WRITE:
	case OP_DEBUG_WRITE:
	case OP_IN_WRITE:
		mapped_page(c, w, step, &arg[0]);
		arg[1] = written(c);
		break;
	}
}

/* Steps without which nothing else gets far. */
static bool needed(struct chance *c, const struct world *w, struct step *step)
{
	const struct m_model *m = &w->model;

	if (m->created && !m->initialized && !m->slots[0].present && one_in(c, 3))
		step->op = OP_IMAGE;
	else if (m->initialized && m->slots[0].present && one_in(c, 4) &&
		 !m_mapping(m, w->actors[step->actor].space, 0))
		step->op = OP_MAP_IMAGE;
	else if (w->actors[step->actor].read_implies_exec && one_in(c, 3))
		step->op = OP_PERSONA;
	else
		return false;
	return true;
}

void draw_step(struct chance *c, const struct world *w, struct step *step)
{
	do {
		memset(step, 0, sizeof(*step));
		step->actor = (uint8_t)actor(c, w);
		if (needed(c, w, step)) {
			step->fd = descriptor(c, w, step->actor);
			return;
		}
		step->op = (uint8_t)operation(c, &w->model);
		if (op_texts[step->op].takes_fd)
			step->fd = descriptor(c, w, step->actor);
		draw_args(c, w, step);
	} while (hinders(c, w, step));
}
