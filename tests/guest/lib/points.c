// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <sys/mman.h>

#include "effect.h"
#include "points.h"
#include "probe.h"

#define ROUNDS	3U	/* how often an operation is to get through */

/* All operations together; the cases' processes share it. */
static struct {
	unsigned int begun, ended;	/* operations */
	unsigned int points;		/* injections that were used */
} *all;

void points_share(void)
{
	all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		abort();
}

/* Once for each operation. */
void points_begin(void)
{
	if (!failing_possible())
		test_skip("this kernel makes no allocation fail; KERNEL=debug does");
	all->begun++;
	/* Handlers are installed before the first failure. */
	EXPECT(!probe_read((u64)&all->begun).signo);
	failing_begin();
}

void points_end(unsigned int points)
{
	EXPECT(points);
	all->points += points;
	all->ended++;
}

/* What the operation does without failures, and what its part does. */
struct known {
	struct effect whole, part;
};

struct tally {
	enum failing how;
	const struct known *known;
	unsigned int n;		/* the failure that is tried */
	unsigned int failed;	/* injections that the operation answered with an error */
	unsigned int survived;	/* those that it did without */
	unsigned int partly;	/* those after which a part was done */
	unsigned int late;	/* done, and only the answer could not be delivered */
	unsigned int complete;	/* rounds without any */
	unsigned int most;	/* injections in one round */
};

const char *const how_names[] = {
	[FAIL_ONE] = "one",
	[FAIL_ON] = "all from there on",
};

/* The part of the enclave that is the operation's at this place. */
static void effect_begin(struct effect *e, const struct operation *op, struct scene *s,
			 unsigned int at)
{
	bool places = !op->anew && !op->still && s->e.size;

	*e = (struct effect){
		.start = places ? place(s, at) : 0,
		.length = places ? STRIDE * PAGE : s->e.size,
		.any_source = op->any_source,
	};
	snapshot_take(&e->before, s);
}

static void effect_end(struct effect *e, struct scene *s)
{
	snapshot_take(&e->after, s);
}

/* Made without failures, in a scene of its own. */
static void effect_of(struct effect *e, const struct operation *op,
		      void (*part)(struct scene *s, unsigned int at))
{
	struct scene s;

	op->begin(&s);
	if (op->prepare)
		op->prepare(&s, 0);
	effect_begin(e, op, &s, 0);
	if (part)
		part(&s, 0);
	else
		EXPECT_EQ(op->run(&s, 0), 0);
	effect_end(e, &s);
	if (op->after && !part)
		op->after(&s, 0);
	if (op->end && !part)
		op->end(&s);
	scene_close(&s);
}

/* After a failure that left a part done: it can be repeated. */
static void repeat(const struct operation *op, struct scene *s, unsigned int at, struct effect *e,
		   const struct tally *tally)
{
	EXPECT_EQ(op->run(s, at), 0);
	snapshot_free(&e->after);
	effect_end(e, s);
	if (!effect_same(e, &tally->known->whole))
		FAIL("place %u, failure %u: repeated, and not all of it is done", at, tally->n);
}

/* What a failure has come to. True: the place is done with. */
static bool judge(const struct operation *op, struct scene *s, unsigned int at, struct effect *e,
		  int ret, struct tally *tally)
{
	if (effect_none(e, op->may_change)) {
		tally->failed++;
		return test_failed();
	}
	if (op->part && effect_same(e, &tally->known->part)) {
		tally->partly++;
		repeat(op, s, at, e, tally);
		return true;
	}
	if (ret != EFAULT)
		FAIL("place %u, failure %u: answer %d, and something changed", at, tally->n, ret);
	else if (!effect_same(e, &tally->known->whole))
		FAIL("place %u, failure %u: no answer, and neither nothing nor all of it is done",
		     at, tally->n);
	tally->late++;
	return true;
}

/* One try. True: the place is done with. */
static bool try(const struct operation *op, struct scene *s, unsigned int at, unsigned int n,
		struct tally *tally)
{
	u64 seq = refusal_next(s->e.fd);
	struct effect e;
	bool used, done = true;
	int ret;

	tally->n = n;
	effect_begin(&e, op, s, at);
	failing_arm(n, tally->how);
	ret = op->run(s, at);
	used = failing_disarm();
	effect_end(&e, s);
	EXPECT_EQ(refusal_next(s->e.fd), seq + (ret ? 0 : op->told));
	if (!ret) {
		tally->survived += used;
		tally->complete += !used;
		if (!effect_same(&e, &tally->known->whole))
			FAIL("place %u, failure %u: through, and not all of it is done", at, n);
	} else if (!used || (ret != ENOMEM && ret != EFAULT && ret != op->also)) {
		FAIL("place %u, failure %u: answer %d, %s", at, n, ret, used ? "used" : "unused");
	} else {
		done = judge(op, s, at, &e, ret, tally);
	}
	effect_free(&e);
	return done;
}

/* One place; n: the first failure to try. Returns the first that is to be tried at the next. */
static unsigned int go_through(const struct operation *op, struct scene *s, unsigned int at,
			       unsigned int n, struct tally *tally)
{
	unsigned int complete = tally->complete;

	while (!try(op, s, at, n, tally)) {
		n++;
		REQUIRE(n < MOST_POINTS);
	}
	if (n - 1 > tally->most)
		tally->most = n - 1;
	/* Where the failure was used and not told of, the next place goes on behind it. */
	return tally->complete > complete ? 1 : n + 1;
}

static void finish(const struct operation *op, struct scene *s)
{
	if (op->end)
		op->end(s);
	scene_close(s);
}

/* Returns the injections that were used. */
static unsigned int points_of(const struct operation *op, enum failing how,
			      const struct known *known)
{
	const unsigned int rounds = op->rounds ? op->rounds : ROUNDS;
	const unsigned int places = op->anew || op->still ? MOST_POINTS : op->places ?: PLACES;
	struct tally tally = { .how = how, .known = known };
	unsigned int n = 1, at;
	struct scene s;

	for (at = 0; at < places && tally.complete < rounds && !test_failed(); at++) {
		if (!at || op->anew)
			op->begin(&s);
		if (op->prepare)
			op->prepare(&s, at);
		n = go_through(op, &s, at, n, &tally);
		if (op->after)
			op->after(&s, at);
		if (op->anew)
			finish(op, &s);
	}
	if (!op->anew)
		finish(op, &s);
	EXPECT(tally.complete);
	printf("# injection points, %s: %u failed it, %u it did without, %u left a part, %u failed the answer; at most %u in one round\n",
	       how_names[how], tally.failed, tally.survived, tally.partly, tally.late, tally.most);
	/* Where a part can stay, a failure has left it. */
	EXPECT(!op->part || tally.partly);
	return tally.failed + tally.survived + tally.partly + tally.late;
}

void every_point(const struct operation *op)
{
	struct known known = { 0 };
	unsigned int points;

	points_begin();
	effect_of(&known.whole, op, NULL);
	if (op->part)
		effect_of(&known.part, op, op->part);
	points = points_of(op, FAIL_ONE, &known);
	if (!op->one_only && !test_failed())
		points += points_of(op, FAIL_ON, &known);
	points_end(points);
	effect_free(&known.whole);
	effect_free(&known.part);
}

/* ---- ranges ---- */

static u64 range_start(const struct ranged *op, struct scene *s, unsigned int at)
{
	return block(s, at, 0) + op->first * PAGE;
}

/* Done so far, as in the whole one, which is that of place 0. */
static bool range_done(const struct ranged *op, const struct effect *e, const struct effect *whole,
		       u64 done)
{
	u64 rest = op->pages * PAGE - done;

	return same_part(&e->after, e->start, &whole->after, whole->start, done) &&
	       same_part(&e->after, e->start + done, &e->before, e->start + done, rest) &&
	       same_elsewhere(&e->before, &e->after, e->start, op->pages * PAGE) &&
	       e->after.info.epc_used == e->before.info.epc_used - (op->frees ? done : 0);
}

/* For the rest, without a failure. */
static void range_go_on(const struct ranged *op, struct scene *s, struct effect *e,
			const struct effect *whole, u64 done)
{
	const u64 length = op->pages * PAGE;
	u64 more = 0;

	EXPECT_EQ(op->run(s, e->start + done, length - done, &more), 0);
	EXPECT_EQ(done + more, length);
	snapshot_free(&e->after);
	effect_end(e, s);
	EXPECT(range_done(op, e, whole, length));
}

struct range_tally {
	unsigned int failed, between, survived, late;
};

/* One place; the n-th fails. True: there was no n-th. */
static bool fail_in_range(const struct ranged *op, struct scene *s, unsigned int at, unsigned int n,
			  enum failing how, const struct effect *whole, struct range_tally *tally)
{
	struct effect e = { .start = range_start(op, s, at), .length = op->pages * PAGE };
	u64 seq, done = 0;
	bool used;
	int ret;

	if (op->prepare)
		op->prepare(s, at);
	seq = refusal_next(s->e.fd);
	snapshot_take(&e.before, s);
	failing_arm(n, how);
	ret = op->run(s, e.start, e.length, &done);
	used = failing_disarm();
	effect_end(&e, s);
	EXPECT_EQ(refusal_next(s->e.fd), seq);
	if (!ret) {
		tally->survived += used;
		EXPECT(done == e.length && range_done(op, &e, whole, done));
	} else if (ret == EFAULT && range_done(op, &e, whole, e.length)) {
		tally->late++;
	} else {
		tally->failed++;
		tally->between += done && done < e.length;
		EXPECT(used && (ret == ENOMEM || (ret == EFAULT && !done)));
		EXPECT(done < e.length && range_done(op, &e, whole, done));
		range_go_on(op, s, &e, whole, done);
	}
	effect_free(&e);
	if (test_failed())
		printf("# that was failure %u, %s: answer %d, %llu bytes\n", n, how_names[how], ret,
		       (unsigned long long)done);
	return !used;
}

static void whole_range(const struct ranged *op, struct scene *s, struct effect *whole)
{
	u64 done = 0;

	*whole = (struct effect){ .start = range_start(op, s, 0), .length = op->pages * PAGE };
	if (op->prepare)
		op->prepare(s, 0);
	snapshot_take(&whole->before, s);
	EXPECT_EQ(op->run(s, whole->start, whole->length, &done), 0);
	EXPECT_EQ(done, whole->length);
	effect_end(whole, s);
}

static unsigned int points_of_range(const struct ranged *op, enum failing how)
{
	struct range_tally tally = { 0 };
	struct effect whole;
	unsigned int at = 0;
	bool through;
	struct scene s;

	op->begin(&s);
	whole_range(op, &s, &whole);
	do {
		REQUIRE(++at < RANGES);
		through = fail_in_range(op, &s, at, at, how, &whole, &tally);
	} while (!through && !test_failed());
	effect_free(&whole);
	scene_close(&s);
	EXPECT(tally.between);
	printf("# injection points, %s: %u failed it, %u of them behind its beginning, %u it did without, %u failed the answer; at most %u in one round\n",
	       how_names[how], tally.failed, tally.between, tally.survived, tally.late, at - 1);
	return at - 1;
}

void every_point_of_range(const struct ranged *op)
{
	unsigned int points;

	points_begin();
	points = points_of_range(op, FAIL_ONE);
	if (!test_failed())
		points += points_of_range(op, FAIL_ON);
	points_end(points);
}

void points_all(void)
{
	if (!failing_possible())
		test_skip("this kernel makes no allocation fail; KERNEL=debug does");
	printf("# injection points in all: %u, of %u operations\n", all->points, all->ended);
	EXPECT(all->ended);
	EXPECT_EQ(all->ended, all->begun);
}
