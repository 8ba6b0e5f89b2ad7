// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#include "compare.h"

static void differ(const struct comparison *c, enum what what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void differ(const struct comparison *c, enum what what, const char *fmt, ...)
{
	struct difference *d = c->d;
	va_list args;

	if (d->found)
		return;
	d->found = true;
	d->at = c->at;
	d->kind = c->step->op * NR_WHATS + what;
	va_start(args, fmt);
	vsnprintf(d->text, sizeof(d->text), fmt, args);
	va_end(args);
}

static const char *how_name(enum m_how how)
{
	static const char *const names[] = {
		[H_NOTHING] = "returns", [H_SKIPPED] = "is left out", [H_WORKS] = "works",
		[H_BUS] = "gets SIGBUS", [H_SEGV] = "gets SIGSEGV, or #PF",
		[H_EPCM] = "gets #PF with the SGX bit", [H_MAYBE] = "works or faults",
		[H_GP] = "gets #GP", [H_NO_ENTRY_PF] = "is not entered: #PF",
		[H_NO_ENTRY_GP] = "is not entered: #GP", [H_OTHER] = "comes to something else",
	};

	return names[how];
}

static void outcome_print(char *to, size_t size, const struct m_outcome *o)
{
	int n;

	if (o->how == H_NOTHING)
		n = snprintf(to, size, "%s", o->err ? strerrorname_np(o->err) : "success");
	else
		n = snprintf(to, size, "it %s", how_name(o->how));
	n += snprintf(to + n, size - (size_t)n, ", count %#llx, result %#llx",
		      (unsigned long long)o->count, (unsigned long long)o->result);
	if (o->value >= 0)
		n += snprintf(to + n, size - (size_t)n, ", value %#x", (unsigned int)o->value);
	if (o->rule)
		snprintf(to + n, size - (size_t)n, ", by R%u.%u", o->rule / 100, o->rule % 100);
}

static bool is_inside(const struct step *step)
{
	return step->op >= OP_IN_READ;
}

static bool same_how(const struct step *step, const struct m_outcome *want,
		     const struct m_outcome *got)
{
	if (want->how == H_MAYBE)
		return got->how == H_WORKS || got->how == (is_inside(step) ? H_EPCM : H_SEGV);
	/* Inside either is a #PF of which the vDSO tells no more. */
	if (is_inside(step) && want->how == H_BUS)
		return got->how == H_SEGV;
	return want->how == got->how;
}

static bool same_value(const struct m_outcome *want, const struct m_outcome *got)
{
	return want->value < 0 || got->value < 0 || got->value == want->value ||
	       (want->or_value >= 0 && got->value == want->or_value);
}

static void step_text(char *text, size_t size, const struct step *step)
{
	FILE *out = fmemopen(text, size, "w");

	step_print(out, step);
	fclose(out);
}

void compare_gone(const struct comparison *c)
{
	char text[160] = "";

	step_text(text, sizeof(text), c->step);
	differ(c, IN_ACTOR, "%sthe actor does not come back", text);
}

void compare_outcome(const struct comparison *c, const struct step *step,
		     const struct m_outcome *want, const struct m_outcome *got)
{
	char model[160], kernel[160], text[160] = "";

	if (want->err == got->err && same_how(step, want, got) && want->count == got->count &&
	    want->result == got->result && same_value(want, got))
		return;
	outcome_print(model, sizeof(model), want);
	outcome_print(kernel, sizeof(kernel), got);
	step_text(text, sizeof(text), step);
	differ(c, IN_OUTCOME, "%sthe model:  %s\nthe kernel: %s", text, model, kernel);
}

static u32 state_of(const struct m_slot *s)
{
	return (s->present ? AVOW_RUN_PRESENT : 0) | (s->pending ? AVOW_RUN_PENDING : 0) |
	       (s->modified ? AVOW_RUN_MODIFIED : 0) | (s->pr ? AVOW_RUN_PR : 0) |
	       (s->ever_w ? AVOW_RUN_EVER_W : 0) | (s->ever_x ? AVOW_RUN_EVER_X : 0) |
	       (s->measured ? AVOW_RUN_MEASURED : 0) |
	       (s->declared || s->augmented ? AVOW_RUN_DYNAMIC : 0) |
	       (s->explicit ? AVOW_RUN_EXPLICIT : 0) | (s->lowered ? AVOW_RUN_LOWERED : 0) |
	       (s->kept ? AVOW_RUN_KEPT : 0);
}

/*
 * The number of a file that SOURCE names; -1: of none that there is. A sequence is a process,
 * and asks once for each id.
 */
static int file_of(const struct comparison *c, u32 id, u8 class)
{
	static struct {
		bool known;
		u8 class;
		int file;
	} ids[M_SLOTS];
	struct avow_source arg = { .id = id };
	const struct source_file *files = c->stage->files;
	int n;

	if (!id)
		return 0;
	if (id >= M_SLOTS)
		return -1;
	if (!ids[id].known) {
		if (ioctl(c->stage->scene.e.fd, AVOW_IOC_SOURCE, &arg))
			return -1;
		for (n = NR_FILES - 1; n > 0; n--)
			if (files[n].ino == arg.ino && files[n].dev == arg.dev)
				break;
		ids[id].file = n ? n : SRC_SHARED + 1;	/* the only one that cannot be asked */
		ids[id].class = (u8)arg.source_class;
		ids[id].known = true;
	}
	return ids[id].class == class ? ids[id].file : -1;
}

static void compare_slot(const struct comparison *c, u64 n, const struct m_slot *s,
			 const struct avow_run *run)
{
	struct avow_run want = { 0 };

	if (s->has_intent)
		want = (struct avow_run){
			.state = state_of(s), .intent = s->intent, .epcm = s->epcm, .type = s->type,
			.source_class = s->source_class,
		};
	if (file_of(c, run->source, run->source_class) != s->file)
		differ(c, IN_LIST, "page %llu of LIST is of another file: id %u, not number %u",
		       (unsigned long long)n, run->source, s->file);
	if (want.state == run->state && want.intent == run->intent && want.epcm == run->epcm &&
	    want.type == run->type && want.source_class == run->source_class)
		return;
	differ(c, IN_LIST, "page %llu of LIST\n"
	       "the model:  intent %x, EPCM %x, type %u, state %#x, source %u\n"
	       "the kernel: intent %x, EPCM %x, type %u, state %#x, source %u",
	       (unsigned long long)n, want.intent, want.epcm, want.type, want.state,
	       want.source_class, run->intent, run->epcm, run->type, run->state, run->source_class);
}

static bool same_run(const struct avow_run *a, const struct avow_run *b)
{
	struct avow_run moved = *b;

	moved.offset = a->offset;
	moved.length = a->length;
	return !memcmp(a, &moved, sizeof(*a));
}

/* R19: maximal, ascending. Where the sources are other files, neighbours are two runs. */
static void compare_shape(const struct comparison *c, const struct avow_run *runs, u32 nr)
{
	u32 n;

	for (n = 0; n < nr; n++) {
		u64 before = n ? runs[n - 1].offset + runs[n - 1].length : 0;

		if (runs[n].offset < before || !runs[n].length || runs[n].reserved)
			differ(c, IN_LIST, "LIST: runs overlap, or do not ascend, or are empty");
		if (n && runs[n].offset == before && same_run(&runs[n - 1], &runs[n]))
			differ(c, IN_LIST, "LIST: the run that ends at page %llu is not maximal",
			       (unsigned long long)(before / PAGE));
	}
}

/* What OP_LIST got is the same, cut to its range, as far as its array reaches. */
static void compare_part(const struct comparison *c, const struct avow_run *runs, u32 nr)
{
	const struct shared *shared = c->stage->shared;
	const struct avow_list *got = &shared->list;
	struct m_range range = step_range(c->step);
	u64 end = range.offset + range.length, from = range.offset;
	u32 n, wanted = 0;
	bool more = false;

	for (n = 0; n < nr && !more; n++) {
		struct avow_run want = runs[n];
		u64 stop = want.offset + want.length < end ? want.offset + want.length : end;

		want.offset = want.offset < range.offset ? range.offset : want.offset;
		want.length = stop - want.offset;
		if (want.offset >= stop)
			continue;
		more = wanted == (u32)c->step->arg[A_WHAT];
		if (more && (got->offset < from || got->offset > want.offset))
			differ(c, IN_LIST, "LIST does not go on where it ended");
		else if (!more && memcmp(&want, &shared->runs[wanted++], sizeof(want)))
			differ(c, IN_LIST, "LIST of a part: run %u is another", wanted);
		from = stop;
	}
	if (got->nr != wanted || got->offset + got->length != end || more != !!got->length)
		differ(c, IN_LIST, "LIST of a part: %u runs, %#llx from %#llx left; not %u%s",
		       got->nr, (unsigned long long)got->length, (unsigned long long)got->offset,
		       wanted, more ? ", and more" : "");
	for (n = wanted * sizeof(*runs); n < sizeof(shared->runs); n++)
		if (((const u8 *)shared->runs)[n] != UNTOUCHED)
			differ(c, IN_LIST, "LIST writes behind its %u runs", wanted);
}

void compare_list(const struct comparison *c, bool listed)
{
	static const struct avow_run hole;
	struct avow_run runs[M_SLOTS];
	struct avow_list arg = { .length = M_SLOTS * PAGE, .runs = (u64)runs, .nr = M_SLOTS };
	u64 page;
	u32 run = 0;

	if (!c->model->created)
		return;
	if (ioctl(c->stage->scene.e.fd, AVOW_IOC_LIST, &arg) || arg.length) {
		differ(c, IN_LIST, "LIST fails: %s", strerror(errno));
		return;
	}
	for (page = 0; page < M_SLOTS; page++) {
		const struct avow_run *covers = &hole;

		while (run < arg.nr && page * PAGE >= runs[run].offset + runs[run].length)
			run++;
		if (run < arg.nr && page * PAGE >= runs[run].offset)
			covers = &runs[run];
		compare_slot(c, page, &c->model->slots[page], covers);
	}
	compare_shape(c, runs, arg.nr);
	if (listed)
		compare_part(c, runs, arg.nr);
}

static u32 operation(const struct step *step)
{
	static const u32 ops[NR_OPS] = {
		[OP_CREATE] = AVOW_OP_CREATE, [OP_IMAGE] = AVOW_OP_ADD_PAGES,
		[OP_ADD] = AVOW_OP_ADD_PAGES, [OP_INIT] = AVOW_OP_INIT,
		[OP_RESTRICT] = AVOW_OP_RESTRICT, [OP_MODIFY] = AVOW_OP_MODIFY_TYPES,
		[OP_REMOVE] = AVOW_OP_REMOVE_PAGES, [OP_PROVISION] = AVOW_OP_PROVISION,
		[OP_CONTRACT] = AVOW_OP_SET_CONTRACT, [OP_DECLARE] = AVOW_OP_DECLARE_DYNAMIC,
		[OP_LOWER] = AVOW_OP_LOWER_INTENT, [OP_MMAP] = AVOW_OP_MMAP,
		[OP_MAP_IMAGE] = AVOW_OP_MMAP, [OP_MPROTECT] = AVOW_OP_MPROTECT,
		[OP_MREMAP] = AVOW_OP_MREMAP, [OP_DEBUG_READ] = AVOW_OP_DEBUG_ACCESS,
		[OP_DEBUG_WRITE] = AVOW_OP_DEBUG_ACCESS,
	};

	return ops[step->op] ? ops[step->op] : AVOW_OP_FAULT;
}

/* What of a refusal does not depend on when and how often there was one before. */
static struct avow_refusal expected(const struct comparison *c, const struct m_outcome *want)
{
	const struct place *who = &c->stage->shared->places[c->step->actor];
	struct avow_refusal r = {
		.start = want->told.start,
		.end = want->told.end,
		.rule = want->rule,
		.err = (u32)(want->told.err ? want->told.err : want->err),
		.op = operation(c->step),
		.pid = (u32)who->tid,
		.tgid = (u32)who->pid,
		.requested = want->told.requested,
		.declared = want->told.declared,
		.source_class = want->told.source_class,
	};

	if (r.op == AVOW_OP_FAULT)
		r.signo = want->rule == 1002 ? SIGSEGV : SIGBUS;
	return r;
}

static bool same_record(const struct avow_refusal *a, const struct avow_refusal *b)
{
	return a->start == b->start && a->rule == b->rule && a->err == b->err && a->op == b->op &&
	       a->pid == b->pid && a->tgid == b->tgid && a->requested == b->requested &&
	       a->declared == b->declared && a->source_class == b->source_class &&
	       a->signo == b->signo && a->policy == b->policy;
}

static void record_print(char *to, size_t size, const struct avow_refusal *r)
{
	snprintf(to, size, "R%u.%u, %#llx to %#llx, errno %u, signal %u, operation %u, thread %u of %u, "
		 "requested %x, declared %x, source %u, id %u", r->rule / 100, r->rule % 100,
		 (unsigned long long)r->start, (unsigned long long)r->end, r->err, r->signo, r->op,
		 r->pid, r->tgid, r->requested, r->declared, r->source_class, r->source);
}

/* By their numbers; a sequence is a process. */
static struct avow_refusal kept[AVOW_REFUSALS_KEPT];

static void keep(const struct avow_refusal *records, int nr)
{
	for (; nr > 0; nr--, records++)
		kept[records->seq % AVOW_REFUSALS_KEPT] = *records;
}

void compare_refusals(const struct comparison *c, const struct m_outcome *want)
{
	const struct avow_refusal *got = c->stage->shared->refusals;
	u64 number = (u32)want->result - want->count, i;

	for (i = 0; i < want->count; i++)
		if (memcmp(&got[i], &kept[(number + i) % AVOW_REFUSALS_KEPT], sizeof(*got)))
			differ(c, IN_REFUSALS, "refusal %llu is not what it was when it was new",
			       (unsigned long long)(number + i));
}

void compare_refusal(const struct comparison *c, u64 *seq, const struct m_outcome *want)
{
	struct avow_refusal got[AVOW_REFUSALS_KEPT], one = expected(c, want);
	int nr = avow_read_refusals(c->stage->scene.e.fd, seq, got, AVOW_REFUSALS_KEPT, NULL);
	char text[160] = "", model[200] = "none", kernel[200] = "";

	if (nr < 0)
		differ(c, IN_REFUSALS, "REFUSALS fails: %s", strerror(-nr));
	keep(got, nr);
	if (nr < 0 || c->step->op == OP_OUT_ALL)
		return;
	if (nr == !!want->rule && (!nr || (same_record(&one, got) && got->end >= one.end &&
					   got->end <= want->told.end_at_most &&
					   file_of(c, got->source, got->source_class) ==
					   want->told.file)))
		return;
	step_text(text, sizeof(text), c->step);
	if (want->rule)
		record_print(model, sizeof(model), &one);
	if (nr)
		record_print(kernel, sizeof(kernel), got);
	differ(c, IN_REFUSALS, "%srecords of refusals\nthe model:  %s\nthe kernel: %d, %s", text,
	       model, nr, kernel);
}
