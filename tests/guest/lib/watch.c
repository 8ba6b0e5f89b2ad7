// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "asked.h"
#include "watch.h"

/* The lines of /proc/self/maps that touch [base, base + size). */
static char *range_maps(u64 base, u64 size)
{
	FILE *file = fopen("/proc/self/maps", "re");
	char *text = NULL, line[512];
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	unsigned long long start, end;

	REQUIRE(file && out);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%llx-%llx", &start, &end) == 2 && start < base + size && end > base)
			fputs(line, out);
	fclose(file);
	REQUIRE(!fclose(out));
	return text;
}

void snapshot_take(struct snapshot *snap, struct scene *s)
{
	REQUIRE_OK(avow_get_info(s->e.fd, &snap->info));
	snap->runs = NULL;
	snap->nr = 0;
	if (snap->info.size)
		REQUIRE_OK(avow_list_runs(s->e.fd, 0, snap->info.size, &snap->runs, &snap->nr));
	snap->maps = range_maps(s->e.base, s->e.size);
}

void snapshot_free(struct snapshot *snap)
{
	free(snap->runs);
	free(snap->maps);
}

void snapshot_expect_same(const char *file, int line, struct snapshot *a, struct snapshot *b)
{
	if (memcmp(&a->info, &b->info, sizeof(a->info)))
		test_fail(file, line, "what INFO tells changed: EPC %llu, then %llu; state %u, then %u",
			  (unsigned long long)a->info.epc_used, (unsigned long long)b->info.epc_used,
			  a->info.state, b->info.state);
	if (a->nr != b->nr || memcmp(a->runs, b->runs, a->nr * sizeof(*a->runs)))
		test_fail(file, line, "the runs changed");
	if (strcmp(a->maps, b->maps))
		test_fail(file, line, "the mappings changed, from %s to %s", a->maps, b->maps);
}

u64 refusal_next(int fd)
{
	struct avow_refusal kept[AVOW_REFUSALS_KEPT];
	u64 seq = 0;

	REQUIRE_OK(avow_read_refusals(fd, &seq, kept, AVOW_REFUSALS_KEPT, NULL));
	return seq;
}

bool refusal_last(int fd, struct avow_refusal *r)
{
	u64 seq = refusal_next(fd);

	if (seq <= 1)
		return false;
	seq--;
	return avow_read_refusals(fd, &seq, r, 1, NULL) == 1;
}

u32 recorded_rule(u32 rule)
{
	switch (rule) {
	case 2102: case 2204: case 2302:	/* pointers that cannot be read */
	case 2105: case 2207: case 2208:	/* no memory, a signal */
		return 0;
	}
	return rule / 100 == 20 ? 0 : rule;
}

void watch_begin(struct watch *w, struct scene *s)
{
	w->scene = s;
	w->seq = refusal_next(s->e.fd);
	snapshot_take(&w->before, s);
	asked_forget();
}

static u64 boottime(void)
{
	struct timespec t;

	REQUIRE(!clock_gettime(CLOCK_BOOTTIME, &t));
	return (u64)t.tv_sec * 1000000000 + (u64)t.tv_nsec;
}

/* Who and when: the same for every record. */
static void expect_author(const char *file, int line, const struct avow_refusal *r, u64 seq)
{
	char comm[16];
	u64 now = boottime();

	prctl(PR_GET_NAME, comm);
	test_expect_eq(file, line, "record.seq", r->seq, seq);
	test_expect_eq(file, line, "record.pid", r->pid, (u64)syscall(SYS_gettid));
	test_expect_eq(file, line, "record.tgid", r->tgid, (u64)getpid());
	if (strncmp(r->comm, comm, sizeof(comm)))
		test_fail(file, line, "record.comm is %.16s, not %.16s", r->comm, comm);
	if (r->time > now || now - r->time > 60ULL * 1000000000)
		test_fail(file, line, "record.time is %llu, now is %llu",
			  (unsigned long long)r->time, (unsigned long long)now);
}

/* The intent that a slot had before the call. */
static u32 intent_before(const struct snapshot *before, u64 offset)
{
	size_t i;

	for (i = 0; i < before->nr; i++)
		if (offset >= before->runs[i].offset &&
		    offset - before->runs[i].offset < before->runs[i].length)
			return before->runs[i].intent;
	return 0;
}

static u64 sum_or_end(u64 a, u64 b)
{
	return a + b < a ? ~0ULL : a + b;
}

/* One page: the one after those that are done. What stood against it: its intent, or its source. */
static void expect_page(const char *file, int line, const struct avow_refusal *r, const struct asked *asked,
			const struct watch *w)
{
	u64 offset = asked->offset + asked->count, start = w->scene->e.base + offset;
	u32 declared = intent_before(&w->before, offset);

	if (asked->op == AVOW_OP_ADD_PAGES)
		declared = r->rule == 304 || r->rule == 2206 ? 0 : mapped_rights(asked->src + asked->count);
	test_expect_eq(file, line, "record.start", r->start, start);
	test_expect_eq(file, line, "record.end", r->end, start + PAGE);
	test_expect_eq(file, line, "record.declared", r->declared, declared);
}

/* All of it, of which nothing was looked at; before CREATE the base is not known. */
static void expect_whole(const char *file, int line, const struct avow_refusal *r, const struct asked *asked,
			 const struct watch *w)
{
	u64 start = sum_or_end(w->before.info.base, asked->offset);

	test_expect_eq(file, line, "record.start", r->start, asked->ranged ? start : 0);
	test_expect_eq(file, line, "record.end", r->end, asked->ranged ? sum_or_end(start, asked->length) : 0);
	test_expect_eq(file, line, "record.declared", r->declared, 0);
	test_expect_eq(file, line, "record.source_class", r->source_class, AVOW_SRC_NONE);
}

static void expect_asked(const char *file, int line, const struct avow_refusal *r, const struct watch *w)
{
	struct asked asked = asked_last();

	test_expect_eq(file, line, "record.op", r->op, asked.op);
	test_expect_eq(file, line, "record.requested", r->requested, asked_rights(&asked, r->rule));
	if (asked_by_page(&asked, r->rule))
		expect_page(file, line, r, &asked, w);
	else
		expect_whole(file, line, r, &asked, w);
}

static void expect_record(const char *file, int line, const struct avow_refusal *r,
			  const struct want *want, const struct watch *w, int err, int signo)
{
	u64 base = w->scene->e.base;

	test_expect_eq(file, line, "record.rule", r->rule, want->rule);
	test_expect_eq(file, line, "record.policy", r->policy, want->policy);
	if (!(want->loose & LOOSE_ERRNO))
		test_expect_eq(file, line, "record.err", r->err, (u64)err);
	if (want->asked)
		expect_asked(file, line, r, w);
	else
		test_expect_eq(file, line, "record.op", r->op, want->op);
	test_expect_eq(file, line, "record.signo", r->signo, (u64)signo);
	if (!want->asked && !(want->loose & LOOSE_RANGE)) {
		test_expect_eq(file, line, "record.start", r->start, want->start + (want->end ? base : 0));
		test_expect_eq(file, line, "record.end", r->end, want->end + (want->end ? base : 0));
	}
	if (!want->asked) {
		test_expect_eq(file, line, "record.requested", r->requested, want->requested);
		test_expect_eq(file, line, "record.declared", r->declared, want->declared);
	}
	if (!(want->loose & LOOSE_CLASS))
		test_expect_eq(file, line, "record.source_class", r->source_class, want->source_class);
}

/* The one new record, or none. */
static void expect_told(struct watch *w, const char *file, int line, const char *what, int err, int signo,
			const struct want *want)
{
	struct avow_refusal r[4] = { 0 };
	u64 seq = w->seq, lost;
	int nr;

	nr = avow_read_refusals(w->scene->e.fd, &seq, r, 4, &lost);
	REQUIRE(nr >= 0);
	test_expect_eq(file, line, "records lost", lost, 0);
	if (nr != (want->rule ? 1 : 0)) {
		test_fail(file, line, "%s: %d new records (first: rule %u, errno %u), not %d", what, nr,
			  r[0].rule, r[0].err, want->rule ? 1 : 0);
		return;
	}
	if (!nr)
		return;
	expect_author(file, line, &r[0], w->seq);
	expect_record(file, line, &r[0], want, w, err, signo);
}

void watch_end(struct watch *w, const char *file, int line, const char *what, int err, int signo,
	       const struct want *want)
{
	struct snapshot after;

	snapshot_take(&after, w->scene);
	snapshot_expect_same(file, line, &w->before, &after);
	expect_told(w, file, line, what, err, signo, want);
	snapshot_free(&w->before);
	snapshot_free(&after);
}

void watch_errno(struct watch *w, const char *file, int line, const char *what, long result,
		 int want_errno, const struct want *want)
{
	test_expect_errno(file, line, what, result, want_errno);
	watch_end(w, file, line, what, want_errno, 0, want);
}

void watch_signal(struct watch *w, const char *file, int line, const char *what,
		  const struct fault *fault, int want_signo, const struct want *want)
{
	if (fault->signo != want_signo)
		test_fail(file, line, "%s: SIG%s, not SIG%s", what,
			  fault->signo ? sigabbrev_np(fault->signo) : " none", sigabbrev_np(want_signo));
	watch_end(w, file, line, what, 0, want_signo, want);
}
