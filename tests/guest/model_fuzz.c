// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The module against the model of tests/model: the same steps by chance, compared after
 * each. Without arguments a test; with arguments what ./dev fuzz runs.
 */
#include <dirent.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fuzz/drive.h"

#define STEPS_OF_A_SEQUENCE	SEQUENCE_MAX
#define TEST_STEPS		10000
#define TEST_SEED		1
#define BREAK_STEPS		4000	/* a wrong model is found out within these */
#define BREAK_SHRUNK		12	/* and what shows it is no longer */
#define FOUND_STEPS		12000	/* of the others, which are not shrunk */

struct options {
	u64 steps, seconds, seed, first;
	u64 go_on;		/* through so many differences, each of another kind */
	const char *replay;
};

static u64 now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u64)t.tv_sec;
}

static void sequence_print(FILE *out, const struct sequence *s)
{
	unsigned int i;

	for (i = 0; i < s->nr; i++)
		step_print(out, &s->steps[i]);
}

/* Shrinks what was found, and tells it. */
static void tell(struct fuzz *f, struct sequence *s, struct difference *d)
{
	printf("A difference:\n%s\nShrinking %u steps.\n", d->text, d->at + 1);
	fflush(stdout);
	fuzz_shrink(f, s, d);
	printf("# steps: %u\n", s->nr);
	sequence_print(stdout, s);
	printf("\n%s\n", d->text);
	fflush(stdout);
}

static bool enough(const struct options *o, const struct tally *t, u64 began)
{
	return (o->steps && t->steps >= o->steps) || (o->seconds && now() - began >= o->seconds);
}

/* false: there was a difference. */
static bool run(struct fuzz *f, const struct options *o, struct sequence *s, struct difference *d)
{
	const struct tally *t = fuzz_tally(f);
	u64 began = now(), told = began, number = o->first, differences = 0;
	static bool seen[NR_KINDS];

	do {
		fuzz_draw(f, o->seed, number++, STEPS_OF_A_SEQUENCE, s, d);
		if (d->found && !seen[d->kind]) {
			seen[d->kind] = true;
			tell(f, s, d);
		}
		differences += d->found;
		if (now() - told >= 30) {
			told = now();
			printf("# %llu s: %llu sequences, %llu steps\n",
			       (unsigned long long)(told - began),
			       (unsigned long long)t->sequences, (unsigned long long)t->steps);
			fflush(stdout);
		}
	} while (differences <= o->go_on && !enough(o, t, began));
	printf("# seed %llu: %llu sequences, %llu steps in %llu s, left out %llu, %u kinds of results\n",
	       (unsigned long long)o->seed, (unsigned long long)t->sequences,
	       (unsigned long long)t->steps, (unsigned long long)(now() - began),
	       (unsigned long long)tally_left_out(t), tally_pairs(t));
	return !differences;
}

static int fuzz(const struct options *o)
{
	struct fuzz *f = fuzz_begin();
	static struct sequence s;
	struct difference d;

	if (o->replay) {
		if (sequence_read(o->replay, &s))
			return 2;
		fuzz_replay(f, &s, &d);
		printf("%s\n", d.found ? d.text : "No difference.");
		return d.found;
	}
	if (!run(f, o, &s, &d))
		return 1;
	tally_print(stdout, fuzz_tally(f));
	printf("No difference.\n");
	return 0;
}

static u64 number(const char *text)
{
	return strtoull(text, NULL, 0);
}

/* R8.2 is 802. */
static unsigned int rule(const char *text)
{
	unsigned int major = 0, minor = 0;

	if (sscanf(text, "R%u.%u", &major, &minor) < 1) {
		fprintf(stderr, "model_fuzz: a rule is R8.2, not %s\n", text);
		exit(2);
	}
	return major * 100 + minor;
}

static int with_options(int argc, char **argv)
{
	static const struct option names[] = {
		{ "steps", required_argument, NULL, 'n' },
		{ "minutes", required_argument, NULL, 'm' },
		{ "seed", required_argument, NULL, 's' },
		{ "first", required_argument, NULL, 'f' },
		{ "replay", required_argument, NULL, 'r' },
		{ "break", required_argument, NULL, 'b' },
		{ "go-on", required_argument, NULL, 'g' },
		{ NULL, 0, NULL, 0 },
	};
	struct options o = { .seed = TEST_SEED };
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (c) {
		case 'n': o.steps = number(optarg); break;
		case 'm': o.seconds = number(optarg) * 60; break;
		case 's': o.seed = number(optarg); break;
		case 'f': o.first = number(optarg); break;
		case 'g': o.go_on = number(optarg); break;
		case 'r': o.replay = optarg; break;
		case 'b': m_broken_rule = rule(optarg); break;
		default: return 2;
		}
	}
	if (!o.steps && !o.seconds)
		o.steps = TEST_STEPS;
	return fuzz(&o);
}

/*
 * What is drawn depends on the seed and the model alone: always the same, and no operation
 * is missing among it.
 */
static void no_difference(void)
{
	const struct options o = { .steps = TEST_STEPS, .seed = TEST_SEED };
	struct fuzz *f = fuzz_begin();
	static struct sequence s;
	struct difference d;

	if (!run(f, &o, &s, &d))
		FAIL("the module and the model differ");
	tally_print(stdout, fuzz_tally(f));
	EXPECT(!tally_missing(stdout, fuzz_tally(f)));
}

/* What once was different. */
static void regressions(void)
{
	struct fuzz *f = fuzz_begin();
	static struct sequence s;
	unsigned int nr = 0;
	struct difference d;
	struct dirent *entry;
	char path[512];
	DIR *dir;

	snprintf(path, sizeof(path), "%s", data_path("steps"));
	dir = opendir(path);
	REQUIRE(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", data_path("steps"), entry->d_name);
		REQUIRE(!sequence_read(path, &s));
		fuzz_replay(f, &s, &d);
		if (d.found)
			FAIL("%s: %s", entry->d_name, d.text);
		nr++;
	}
	closedir(dir);
	printf("# %u sequences\n", nr);
	REQUIRE(nr);
}

/*
 * A model that gets one rule wrong is found out, within so many steps, and what shows it
 * is a few steps: else a comparison without a difference would mean nothing.
 */
static void wrong_model(unsigned int broken)
{
	const struct options o = { .steps = BREAK_STEPS, .seed = TEST_SEED };
	struct fuzz *f = fuzz_begin();
	static struct sequence s;
	struct difference d;

	m_broken_rule = broken;
	if (run(f, &o, &s, &d)) {
		FAIL("R%u.%u is broken in the model, and nothing was different", broken / 100,
		     broken % 100);
		return;
	}
	if (s.nr > BREAK_SHRUNK)
		FAIL("%u steps are not a few", s.nr);
	m_broken_rule = 0;
	fuzz_replay(f, &s, &d);
	EXPECT(!d.found);
}

static void wrong_lowering(void)
{
	wrong_model(201);
}

static void wrong_removal(void)
{
	wrong_model(203);
}

static void wrong_mprotect(void)
{
	wrong_model(802);
}

static void wrong_access(void)
{
	wrong_model(1001);
}

static void wrong_record(void)
{
	wrong_model(1002);
}

/* Draws until there is a difference: after how many steps; 0: there is none. */
static u64 steps_until(struct fuzz *f, struct sequence *s, struct difference *d)
{
	u64 before = fuzz_tally(f)->steps, steps, number = 0;

	do {
		fuzz_draw(f, TEST_SEED, number++, STEPS_OF_A_SEQUENCE, s, d);
		steps = fuzz_tally(f)->steps - before;
	} while (!d->found && steps < FOUND_STEPS);
	return d->found ? steps : 0;
}

/* Of each part of the model there is one that must be found out: no part goes unseen. */
static void wrong_models(void)
{
	static const unsigned int rules[] = {
		101, 102, 103, 104, 206, 301, 302, 303, 304,	/* declaring */
		501, 502, 503, 601, 602,			/* the source */
		801, 901, 902, 1004, 1101, 1102, 1200,		/* mappings and access */
		1301, 1302, 1303, 1602, 1701, 1702,
		2206, 2304, 2406, 2407, 2506, 2603, 2701,	/* ioctls */
		3401, 3402, 3403,				/* leaves */
	};
	struct fuzz *f = fuzz_begin();
	unsigned int i, failed = 0;
	static struct sequence s;
	struct difference d;
	u64 steps;

	/* FAIL() is for the end: what is forked after it has failed as well. */
	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		m_broken_rule = rules[i];
		steps = steps_until(f, &s, &d);
		m_broken_rule = 0;
		printf("# R%u.%u: %llu steps\n", rules[i] / 100, rules[i] % 100,
		       (unsigned long long)steps);
		failed += !steps;
		if (!steps)
			continue;
		fuzz_replay(f, &s, &d);
		failed += d.found;
		if (d.found)
			printf("# it is right again, and still there is: %s\n", d.text);
	}
	if (failed)
		FAIL("%u rules: broken in the model, and nothing was different, or as much without", failed);
}

static const struct test tests[] = {
	{ "R1 to R34 sequences that once were different", regressions, ONCE },
	{ "R2.1 a model that is wrong is found out", wrong_lowering, ONCE },
	{ "R2.3 a model that is wrong is found out", wrong_removal, ONCE },
	{ "R8.2 a model that is wrong is found out", wrong_mprotect, ONCE },
	{ "R10.1 a model that is wrong is found out", wrong_access, ONCE },
	{ "R10.2 a model that is wrong is found out", wrong_record, ONCE },
	{ "R1 to R34 other models that are wrong are found out", wrong_models, ONCE },
	{ "R1 to R34 10000 steps by chance: module and model agree", no_difference, ONCE },
};

int main(int argc, char **argv)
{
	if (argc > 1)
		return with_options(argc, argv);
	return test_main(tests, sizeof(tests) / sizeof(tests[0]));
}
