// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "effect.h"

/* The i-th run but for these bits, with those behind it that differ in nothing else. */
static bool run_next(const struct snapshot *snap, size_t *i, u32 bits, struct avow_run *run)
{
	struct avow_run next;

	if (*i == snap->nr)
		return false;
	*run = snap->runs[(*i)++];
	run->state &= ~bits;
	for (; *i < snap->nr; ++*i) {
		next = snap->runs[*i];
		if (next.offset != run->offset + run->length)
			break;
		next.state &= ~bits;
		next.offset = run->offset;
		next.length = run->length;
		if (memcmp(&next, run, sizeof(next)))
			break;
		run->length += snap->runs[*i].length;
	}
	return true;
}

/* History that one page got makes three runs of one. */
static bool same_runs(const struct snapshot *a, const struct snapshot *b, u32 may_change)
{
	struct avow_run of_a, of_b;
	size_t i = 0, j = 0;
	bool more;

	do {
		more = run_next(a, &i, may_change, &of_a);
		if (run_next(b, &j, may_change, &of_b) != more ||
		    (more && memcmp(&of_a, &of_b, sizeof(of_a))))
			return false;
	} while (more);
	return true;
}

/* A piece of mapped memory, of as many lines as go on without a difference. */
struct piece {
	unsigned long long start, end, offset;
	char rights[8];
};

static bool piece_read(const char *line, struct piece *p)
{
	return *line && sscanf(line, "%llx-%llx %7s %llx", &p->start, &p->end, p->rights,
			       &p->offset) == 4;
}

static bool piece_next(const char **at, struct piece *p)
{
	bool found = piece_read(*at, p);
	struct piece more = { 0 };

	while (*(*at = strchrnul(*at, '\n')) && piece_read(++*at, &more) && more.start == p->end &&
	       !strcmp(more.rights, p->rights) && more.offset == p->offset + p->end - p->start)
		p->end = more.end;
	return found;
}

/*
 * A call that fails after it has split a mapping leaves it in two, since Linux joins no mappings
 * of enclaves. What they allow is as before.
 */
static bool same_maps(const char *a, const char *b)
{
	struct piece of_a, of_b;
	bool more;

	do {
		more = piece_next(&a, &of_a);
		if (piece_next(&b, &of_b) != more)
			return false;
		if (more && (of_a.start != of_b.start || of_a.end != of_b.end ||
			     of_a.offset != of_b.offset || strcmp(of_a.rights, of_b.rights)))
			return false;
	} while (more);
	return true;
}

/* Of what is from *from to *to, what is in a part, counted from where that begins. */
static bool within(u64 *from, u64 *to, u64 start, u64 length)
{
	if (*from < start)
		*from = start;
	if (*to > start + length)
		*to = start + length;
	if (*from >= *to)
		return false;
	*from -= start;
	*to -= start;
	return true;
}

static void cut_runs(struct snapshot *cut, const struct snapshot *of, u64 start, u64 length)
{
	size_t i;

	cut->runs = calloc(of->nr + 1, sizeof(*cut->runs));
	REQUIRE(cut->runs);
	for (i = 0; i < of->nr; i++) {
		struct avow_run run = of->runs[i];
		u64 from = run.offset, to = run.offset + run.length;

		if (!within(&from, &to, start, length))
			continue;
		run.offset = from;
		run.length = to - from;
		cut->runs[cut->nr++] = run;
	}
}

/* An enclave's mapping is at its own address, wherever that is; others have an offset of 0. */
static void cut_maps(struct snapshot *cut, const struct snapshot *of, u64 start, u64 length)
{
	const char *at = of->maps;
	size_t size = 0;
	FILE *out = open_memstream(&cut->maps, &size);
	struct piece p;

	REQUIRE(out);
	while (piece_next(&at, &p)) {
		u64 from = p.start, to = p.end;

		if (within(&from, &to, of->info.base + start, length))
			fprintf(out, "%llx-%llx %s %llx\n", (unsigned long long)from,
				(unsigned long long)to, p.rights,
				p.offset == p.start ? (unsigned long long)from : p.offset);
	}
	REQUIRE(!fclose(out));
}

static struct snapshot cut(const struct snapshot *of, u64 start, u64 length)
{
	struct snapshot cut = { 0 };

	cut_runs(&cut, of, start, length);
	cut_maps(&cut, of, start, length);
	return cut;
}

static bool same_and_free(struct snapshot *a, struct snapshot *b)
{
	bool same = same_runs(a, b, 0) && same_maps(a->maps, b->maps);

	snapshot_free(a);
	snapshot_free(b);
	return same;
}

bool same_part(const struct snapshot *a, u64 start_a, const struct snapshot *b, u64 start_b,
	       u64 length)
{
	struct snapshot of_a = cut(a, start_a, length), of_b = cut(b, start_b, length);

	return same_and_free(&of_a, &of_b);
}

bool same_elsewhere(const struct snapshot *a, const struct snapshot *b, u64 start, u64 length)
{
	u64 behind = start + length;

	return same_part(a, 0, b, 0, start) &&
	       (behind >= a->info.size || same_part(a, behind, b, behind, a->info.size - behind));
}

void effect_free(struct effect *e)
{
	snapshot_free(&e->before);
	snapshot_free(&e->after);
}

bool effect_none(const struct effect *e, u32 may_change)
{
	return !memcmp(&e->before.info, &e->after.info, sizeof(e->before.info)) &&
	       same_maps(e->before.maps, e->after.maps) &&
	       same_runs(&e->before, &e->after, may_change);
}

/* What INFO tells, with what was taken of the EPC, and without where the enclave is. */
static struct avow_info info_of(const struct effect *e)
{
	struct avow_info info = e->after.info;

	info.epc_used -= e->before.info.epc_used;
	info.base = 0;
	return info;
}

static bool same_info(const struct effect *a, const struct effect *b)
{
	const struct avow_info of_a = info_of(a), of_b = info_of(b);

	return !memcmp(&of_a, &of_b, sizeof(of_a));
}

static void forget_sources(struct snapshot *snap)
{
	size_t i;

	for (i = 0; i < snap->nr; i++)
		snap->runs[i].source = !!snap->runs[i].source;
}

bool effect_same(const struct effect *a, const struct effect *b)
{
	struct snapshot of_a = cut(&a->after, a->start, a->length);
	struct snapshot of_b = cut(&b->after, b->start, b->length);

	if (a->any_source) {
		forget_sources(&of_a);
		forget_sources(&of_b);
	}
	return same_and_free(&of_a, &of_b) && same_info(a, b) &&
	       same_elsewhere(&a->before, &a->after, a->start, a->length);
}
