// SPDX-License-Identifier: LGPL-2.1-or-later
/* A step, as the model sees it. */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "world.h"

static struct m_outcome skipped(void)
{
	return (struct m_outcome){ .how = H_SKIPPED, .value = -1, .or_value = -1 };
}

static struct m_outcome call(int err, unsigned int rule)
{
	return (struct m_outcome){ .err = err, .rule = rule, .value = -1, .or_value = -1 };
}

void world_begin(struct world *w, bool pku, const struct avow_image *image,
		 const struct m_page *sources)
{
	const struct avow_pages *last = &image->segments[image->nr - 1].pages;

	memset(w, 0, sizeof(*w));
	m_reset(&w->model, BASE, pku);
	w->actors[0].used = true;
	w->image = image;
	w->sources = sources;
	w->image_pages = (int)((last->offset + last->length) / PAGE);
	w->play = w->image_pages;
}

/* ---- arguments ---- */

enum wrong step_wrong(const struct step *step)
{
	switch (step->op) {
	case OP_ADD:
		return (enum wrong)(step->arg[ADD_FLAGS] >> ADD_WRONG_SHIFT);
	case OP_CONTRACT:
	case OP_PROVISION:
		return (enum wrong)step->arg[1];
	case OP_INFO:
		return (enum wrong)step->arg[0];
	case OP_REFUSALS:
		return (enum wrong)step->arg[2];
	default:
		return (enum wrong)step->arg[A_WRONG];
	}
}

struct m_range step_range(const struct step *step)
{
	struct m_range r = {
		.offset = (u64)((__s64)step->arg[A_PAGE] * (__s64)PAGE),
		.length = (u64)((__s64)step->arg[A_PAGES] * (__s64)PAGE),
	};

	switch (step_wrong(step)) {
	case WRONG_OFFSET:
		r.offset += 0x800;
		break;
	case WRONG_LENGTH:
		r.length += 0x800;
		break;
	case WRONG_EMPTY:
		r.length = 0;
		break;
	case WRONG_OVERFLOW:
		r.length = -PAGE;
		break;
	case WRONG_COUNT:
		r.count = PAGE;
		break;
	case WRONG_RESULT:
		r.result = 1;
		break;
	case WRONG_RESERVED:
		r.reserved = true;
		break;
	default:
		break;
	}
	return r;
}

u64 step_add_flags(const struct step *step)
{
	u32 f = (u32)step->arg[ADD_FLAGS];
	u64 flags = f & ADD_MEASURE ? SGX_PAGE_MEASURE : 0;

	flags |= f & ADD_INTENT ? AVOW_PAGE_INTENT : 0;
	flags |= (u64)(f >> ADD_INTENT_SHIFT & AVOW_RWX) << AVOW_PAGE_INTENT_SHIFT;
	flags |= f & ADD_UNKNOWN_LOW ? 1U << 7 : 0;
	flags |= f & ADD_UNKNOWN_HIGH ? 1ULL << 40 : 0;
	return flags;
}

u32 step_command(const struct step *step)
{
	u32 number = (u32)step->arg[0];

	return number <= 0xff ? (u32)_IOWR(0xA4, number, u64) : number;
}

__s64 step_address(const struct step *step, int32_t page)
{
	return (__s64)page * (__s64)PAGE + step->arg[2];
}

/* What R21 finds in the n-th of the spoilt SECSs, and the SECS itself; 0 is a good one. */
enum m_secs secs_wrong(int32_t variant, struct avow_secs *secs)
{
	switch (variant) {
	case 0:
		return SECS_GOOD;
	case 1:
		return SECS_UNREADABLE;
	case 2:
		secs->size = 48 * PAGE;
		return SECS_SIZE;
	case 3:
		secs->size = 0;
		return SECS_SIZE;
	case 4:
		secs->size = PAGE;
		break;
	case 5:
		secs->base += 8 * PAGE;
		break;
	case 6:
		secs->base = 1ULL << 62;
		break;
	case 7:
		secs->ssa_frame_size = 0;
		break;
	case 8:
		secs->attributes &= ~ATTR_MODE64BIT;
		break;
	case 9:
		secs->attributes |= ATTR_INIT;
		break;
	case 10:
		secs->xfrm = 1;
		break;
	case 11:
		secs->miscselect = 1U << 31;
		break;
	case 12:
		secs->reserved3[5] = 1;
		break;
	case SECS_PROVISIONKEY:
		secs->attributes |= ATTR_PROVISIONKEY;
		return SECS_GOOD;
	case SECS_EINITTOKENKEY:
		secs->attributes |= ATTR_EINITTOKENKEY;
		return SECS_GOOD;
	case SECS_NO_DEBUG:
		secs->attributes &= ~ATTR_DEBUG;
		return SECS_GOOD;
	default:
		secs->config_svn = 1;
		break;
	}
	return SECS_ECREATE;
}

/* ---- the image, which enclaves are entered by ---- */

static struct m_outcome add_image(struct world *w)
{
	struct m_outcome out = call(0, 0);
	struct m_page pages[M_SLOTS] = { 0 };
	unsigned int i, j;

	for (i = 0; i < w->image->nr && !out.err; i++) {
		const struct avow_segment *segment = &w->image->segments[i];
		bool exec = segment->prot & PROT_EXEC;
		struct m_add add = {
			.range.offset = segment->pages.offset,
			.range.length = segment->pages.length,
			.secinfo = segment->pages.secinfo,
			.secinfo_readable = true,
		};

		for (j = 0; j < add.range.length / PAGE; j++)
			pages[j] = (struct m_page){
				.source = { .mapped = true, .readable = true, .executable = exec,
					    .may_exec = true, .rights = exec ? MR | MX : MR },
				.source_class = exec ? AVOW_SRC_FILE_EXEC : AVOW_SRC_FILE_NOEXEC,
				.file = IMAGE_FILE,
				.code = ((const u8 *)segment->pages.src)[j * PAGE],
				.tag = ((const u8 *)segment->pages.src)[j * PAGE + TAG_AT],
			};
		out = m_add(&w->model, &add, pages);
	}
	return out;
}

static struct m_outcome map_image(struct world *w, const struct model_actor *actor, int fd)
{
	struct m_outcome out = call(0, 0);
	unsigned int i;

	for (i = 0; i < w->image->nr && !out.err; i++) {
		const struct avow_segment *segment = &w->image->segments[i];

		out = m_mmap(&w->model, actor->space, fd, (int)(segment->pages.offset / PAGE),
			     (int)(segment->pages.length / PAGE), (unsigned int)segment->prot,
			     MAP_OVER, actor->read_implies_exec);
	}
	return out;
}

/* Of what an entry needs: all of it, the TCS not (#PF), INIT not (#GP), or who knows. */
enum entry { ENTERS, ENTRY_PF, ENTRY_GP, ENTRY_UNKNOWN };

static bool image_page_ready(const struct m_model *m, int space, int page, unsigned int prot)
{
	const struct m_vma *vma = m_mapping(m, space, page);
	const struct m_slot *slot = &m->slots[page];

	return vma && vma->prot == prot && slot->present && slot->intent == prot &&
	       (slot->type == M_TCS || m_granted(slot) == prot) && !slot->modified &&
	       slot->ever_w >= !!(prot & MW) && slot->ever_x >= !!(prot & MX);
}

static enum entry entry(const struct world *w, int space)
{
	const struct m_model *m = &w->model;
	const struct m_vma *vma = m_mapping(m, space, 0);
	unsigned int i;
	u64 at;

	if (!vma || (vma->prot & (MR | MW)) != (MR | MW))
		return ENTRY_PF;
	for (i = 0; i < w->image->nr; i++) {
		const struct avow_segment *segment = &w->image->segments[i];

		for (at = 0; at < segment->pages.length; at += PAGE)
			if (!image_page_ready(m, space, (int)((segment->pages.offset + at) / PAGE),
					      (unsigned int)segment->prot))
				return ENTRY_UNKNOWN;
	}
	return m->initialized ? ENTERS : ENTRY_GP;
}

/* true: the thread is inside, and does what it was asked. */
static bool enters(const struct world *w, int space, struct m_outcome *out)
{
	*out = call(0, 0);
	switch (entry(w, space)) {
	case ENTERS:
		return true;
	case ENTRY_PF:
		out->how = H_NO_ENTRY_PF;
		break;
	case ENTRY_GP:
		out->how = H_NO_ENTRY_GP;
		break;
	case ENTRY_UNKNOWN:
		*out = skipped();
		break;
	}
	return false;
}

static bool of_image(const struct world *w, int32_t page)
{
	return page >= 0 && page < w->image_pages;
}

/* What is in the image's pages changes with every entry. */
static struct m_outcome seen(const struct world *w, const struct step *step, struct m_outcome out)
{
	if (of_image(w, step->arg[0]))
		out.value = out.or_value = -1;
	return out;
}

static struct m_outcome inside(struct world *w, int space, const struct step *step)
{
	struct m_model *m = &w->model;
	struct m_outcome out;

	if (of_image(w, step->arg[0]) && step->op != OP_ENTER && step->op != OP_IN_READ)
		return skipped();
	/* Whether what the image holds would make a TCS, nobody keeps account of. */
	if (step->op == OP_EACCEPTCOPY && of_image(w, step->arg[3]))
		return skipped();
	if (!enters(w, space, &out))
		return out;
	switch (step->op) {
	case OP_ENTER:
		out.how = H_WORKS;
		return out;
	case OP_IN_READ:
		return seen(w, step, m_touch(m, space, step->arg[0], MR, true, false, 0));
	case OP_IN_WRITE:
		return m_touch(m, space, step->arg[0], MW, true, step->arg[1] < 0,
			       (u8)step->arg[1]);
	case OP_IN_EXEC:
		return m_touch(m, space, step->arg[0], MX, true, false, 0);
	case OP_ENCLU:
		return m_no_leaf((u32)step->arg[1], true);
	default:
		return m_leaf_at(m, space, step->op == OP_EACCEPT ? E_EACCEPT :
				 step->op == OP_EMODPE ? E_EMODPE : E_EACCEPTCOPY,
				 step_address(step, step->arg[0]),
				 (__s64)step->arg[3] * (__s64)PAGE, (u32)step->arg[1]);
	}
}

static struct m_outcome outside(struct world *w, int space, const struct step *step)
{
	struct m_model *m = &w->model;

	if (of_image(w, step->arg[0]) && step->op != OP_OUT_READ)
		return skipped();
	switch (step->op) {
	case OP_OUT_READ:
		return seen(w, step, m_touch(m, space, step->arg[0], MR, false, false, 0));
	case OP_OUT_WRITE:
		return m_touch(m, space, step->arg[0], MW, false, step->arg[1] < 0,
			       (u8)step->arg[1]);
	default:
		return m_touch(m, space, step->arg[0], MX, false, false, 0);
	}
}

static struct m_outcome debug(struct world *w, int space, const struct step *step)
{
	bool write = step->op == OP_DEBUG_WRITE;

	if (of_image(w, step->arg[0]) && write)
		return skipped();
	return seen(w, step, m_debug(&w->model, space, step->arg[0], write, step->arg[1] < 0,
				     (u8)step->arg[1]));
}

bool all_access(unsigned int n, const struct step *step, struct step *one)
{
	static const u8 ops[] = { OP_OUT_READ, OP_OUT_WRITE, OP_OUT_EXEC };

	if (n >= ALL_ACCESSES)
		return false;
	*one = (struct step){
		.op = ops[n % 3],
		.actor = step->actor,
		.arg = { M_FIRST + (__s32)n / 3, step->arg[0] },
	};
	return true;
}

/* ---- ioctls ---- */

static struct m_outcome add(struct world *w, const struct step *step)
{
	enum wrong wrong = step_wrong(step);
	struct m_page pages[M_SLOTS] = { 0 };
	struct m_add a = {
		.src = SOURCES + (u64)step->arg[ADD_SRC] * PAGE + (wrong == WRONG_SRC ? 0x800 : 0),
		.range = step_range(step),
		.secinfo = (u32)step->arg[ADD_SECINFO],
		.flags = step_add_flags(step),
		.secinfo_readable = wrong != WRONG_SECINFO,
		.secinfo_reserved = wrong == WRONG_SECINFO_RESERVED,
	};
	int i;

	for (i = 0; i < M_SLOTS && step->arg[ADD_SRC] + i < NR_SOURCES; i++)
		pages[i] = w->sources[step->arg[ADD_SRC] + i];
	return m_add(&w->model, &a, pages);
}

/* Of the one that is wrong in two ways the hash comes first. */
static enum m_sig sig_wrong(int32_t variant)
{
	switch (variant) {
	case SIG_HASH_AND_KSS:
		return SIG_HASH;
	case SIG_PROVISIONKEY:
		return SIG_SECS;
	default:
		return (enum m_sig)variant;
	}
}

/* R20.3: a pointer that cannot be read is seen after the state, where R21 to R26 begin with it. */
static struct m_outcome unreadable(const struct world *w, const struct step *step)
{
	const struct m_model *m = &w->model;

	switch (step->op) {
	case OP_ADD:
		return !m->created || m->initialized ? call(EINVAL, 2201) : call(EFAULT, 0);
	case OP_RESTRICT:
		return !m->initialized ? call(EINVAL, 2401) : call(EFAULT, 0);
	case OP_MODIFY:
		return !m->initialized ? call(EINVAL, 2501) : call(EFAULT, 0);
	case OP_REMOVE:
		return !m->initialized ? call(EINVAL, 2601) : call(EFAULT, 0);
	default:
		return call(EFAULT, 0);
	}
}

static struct m_outcome info(const struct m_model *m)
{
	struct m_outcome out = call(0, 0);

	out.result = (m->created ? AVOW_STATE_CREATED : 0) | (m->debug ? AVOW_STATE_DEBUG : 0) |
		     (m->initialized ? AVOW_STATE_INITIALIZED : 0);
	out.result |= (u64)m->contract << 8 | m->size << 16;
	return out;
}

static struct m_outcome create(struct m_model *m, int32_t variant)
{
	struct avow_secs secs = { .attributes = ATTR_DEBUG };
	enum m_secs wrong = secs_wrong(variant, &secs);

	return m_create(m, wrong, M_SLOTS * PAGE, secs.attributes);
}

static struct m_outcome refusals(const struct world *w, const struct step *step)
{
	u64 seq = (u32)step->arg[0];
	enum wrong wrong = step_wrong(step);

	/* What comes of a number that no refusal has yet, nor the next one, nobody says. */
	if (seq > w->refusals + 1)
		return skipped();
	return m_refusals(w->refusals, seq, (u32)step->arg[1], wrong == WRONG_RESERVED,
			  wrong != WRONG_ARRAY);
}

static struct m_outcome ioctls(struct world *w, const struct step *step)
{
	struct m_model *m = &w->model;
	struct m_range range = step_range(step);

	if (step_wrong(step) == WRONG_POINTER && step->op != OP_CREATE && step->op != OP_INIT &&
	    step->op != OP_UNKNOWN)
		return unreadable(w, step);
	switch (step->op) {
	case OP_CREATE:
		return create(m, step->arg[0]);
	case OP_ADD:
		return add(w, step);
	case OP_INIT:
		return m_init(m, sig_wrong(step->arg[0]));
	case OP_RESTRICT:
		return m_restrict_range(m, &range, (u32)step->arg[A_WHAT]);
	case OP_MODIFY:
		return m_modify_range(m, &range, (u32)step->arg[A_WHAT]);
	case OP_REMOVE:
		return m_remove_range(m, &range);
	case OP_PROVISION:
		return m_provision(m, step->arg[0] == FD_PROVISION);
	case OP_CONTRACT:
		return m_contract(m, (u32)step->arg[0], step_wrong(step) == WRONG_RESERVED);
	case OP_DECLARE:
		return m_declare_range(m, &range, (u32)step->arg[A_WHAT]);
	case OP_LOWER:
		return m_lower_range(m, &range, (u32)step->arg[A_WHAT]);
	case OP_LIST:
		return m_list(m, &range, (u32)step->arg[A_WHAT], step_wrong(step) != WRONG_ARRAY);
	case OP_REFUSALS:
		return refusals(w, step);
	case OP_INFO:
		return info(m);
	default:
		return call(ENOTTY, 0);
	}
}

/* ---- processes and threads ---- */

static int free_space(const struct m_model *m)
{
	int i;

	for (i = 0; i < M_SPACES; i++)
		if (!m->spaces[i].used)
			return i;
	return -1;
}

static struct m_outcome start(struct world *w, struct model_actor *parent, const struct step *step)
{
	u32 child = (u32)step->arg[0];
	int space = parent->space;

	if (child >= NR_ACTORS || w->actors[child].used)
		return skipped();
	if (step->op == OP_FORK) {
		space = free_space(&w->model);
		if (space < 0)
			return skipped();
		m_fork(&w->model, parent->space, space);
	}
	w->actors[child] = *parent;
	w->actors[child].space = space;
	return call(0, 0);
}

static struct m_outcome quit(struct world *w, const struct model_actor *actor)
{
	int space = actor->space, i;

	if (space == w->actors[0].space)
		return skipped();
	m_exit(&w->model, space);
	for (i = 0; i < NR_ACTORS; i++)
		if (w->actors[i].used && w->actors[i].space == space)
			w->actors[i].used = false;
	return call(0, 0);
}

static struct m_outcome descriptor(struct m_space *space, const struct step *step)
{
	if (!(space->fds & 1U << step->fd))
		return call(EBADF, 0);
	if (step->op == OP_DUP)
		space->fds |= 1U << step->arg[0];
	else
		space->fds &= ~(1U << step->fd);
	return call(0, 0);
}

static struct m_outcome mapping(struct world *w, const struct model_actor *actor,
				const struct step *step)
{
	struct m_model *m = &w->model;
	const int32_t *arg = step->arg;

	switch (step->op) {
	case OP_MMAP:
		return m_mmap(m, actor->space, step->fd, arg[0], arg[1], (unsigned int)arg[2],
			      (enum m_map_flags)arg[3], actor->read_implies_exec);
	case OP_MPROTECT:
		return m_mprotect(m, actor->space, arg[0], arg[1], (unsigned int)arg[2],
				  actor->read_implies_exec);
	case OP_MUNMAP:
		return m_munmap(m, actor->space, arg[0], arg[1]);
	default:
		return m_mremap(m, actor->space, arg[0], arg[1], arg[2], arg[3]);
	}
}

struct m_outcome world_step(struct world *w, const struct step *step)
{
	struct model_actor *actor = &w->actors[step->actor];
	struct m_space *space = &w->model.spaces[actor->space];

	if (step->actor >= NR_ACTORS || !actor->used)
		return skipped();
	if (op_texts[step->op].takes_fd && !(space->fds & 1U << step->fd))
		return call(EBADF, 0);
	switch (step->op) {
	case OP_IMAGE:
		return add_image(w);
	case OP_MAP_IMAGE:
		return map_image(w, actor, step->fd);
	case OP_MMAP:
	case OP_MPROTECT:
	case OP_MUNMAP:
	case OP_MREMAP:
		return mapping(w, actor, step);
	case OP_FORK:
	case OP_THREAD:
		return start(w, actor, step);
	case OP_QUIT:
		return quit(w, actor);
	case OP_DUP:
	case OP_CLOSE:
		return descriptor(space, step);
	case OP_PERSONA:
		actor->read_implies_exec = step->arg[0];
		return call(0, 0);
	case OP_OUT_READ:
	case OP_OUT_WRITE:
	case OP_OUT_EXEC:
		return outside(w, actor->space, step);
	case OP_OUT_ALL:
		return call(0, 0);
	case OP_DEBUG_READ:
	case OP_DEBUG_WRITE:
		return debug(w, actor->space, step);
	case OP_OUT_ENCLU:
		return m_no_leaf((u32)step->arg[1], false);
	case OP_IN_READ:
	case OP_IN_WRITE:
	case OP_IN_EXEC:
	case OP_ENTER:
	case OP_EACCEPT:
	case OP_EMODPE:
	case OP_EACCEPTCOPY:
	case OP_ENCLU:
		return inside(w, actor->space, step);
	default:
		return ioctls(w, step);
	}
}
