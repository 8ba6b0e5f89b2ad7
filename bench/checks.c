// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mmap() and mprotect() of a stretch of an enclave, by its size and by how its intents
 * change along it; beside the same with the in-tree driver's check, which looks at each
 * page, and with plain shared memory, which has nothing to check.
 */
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench.h"
#include "intree/intree.h"

struct size {
	const char *name;
	u64 pages;
	unsigned int in_tree;	/* runs, where each page is looked at */
	bool is_long;		/* takes a minute to be made ready */
};

static const struct size sizes[] = {
	{ "1", 1, RUNS, false },
	{ "1m", 1ULL << 8, RUNS, false },
	{ "1g", 1ULL << 18, RUNS_FEW, false },
	{ "4g", 1ULL << 20, RUNS_FEW, true },
	{ "64g", 1ULL << 24, 1, true },
};

/* How intents change along the enclave. */
struct pattern {
	const char *name;
	u64 runs;		/* 0: each page another one */
};

static const struct pattern patterns[] = { { "uniform", 1 }, { "sixteen", 16 }, { "alternating", 0 } };

#define MILLION		(1ULL << 20)

static const char *name_of_size(const struct size *size, const char *state)
{
	static char name[64];

	snprintf(name, sizeof(name), "%s.%s", size->name, state);
	return name;
}

/* ---- what is measured ---- */

struct stretch {
	char *at;
	u64 bytes;
	int fd;			/* mapped from it */
};

static void map(void *arg)
{
	const struct stretch *s = arg;

	REQUIRE(mmap(s->at, s->bytes, PROT_READ, MAP_SHARED | MAP_FIXED, s->fd, 0) == s->at);
}

static void unmap(void *arg)
{
	const struct stretch *s = arg;

	munmap(s->at, s->bytes);
}

static void protect(void *arg)
{
	const struct stretch *s = arg;

	REQUIRE(!mprotect(s->at, s->bytes, PROT_READ));
}

static void protect_none(void *arg)
{
	const struct stretch *s = arg;

	REQUIRE(!mprotect(s->at, s->bytes, PROT_NONE));
}

struct cost {
	u64 map, protect;
};

/* The check alone is what there is beyond the same call without one, both where least else is done. */
static void tell_beyond(const char *thing, const char *call, u64 value, u64 floor)
{
	char name[64];

	if (value <= floor)
		FAIL("%s: %s() of %llu instructions, %llu without a check", thing, call,
		     (unsigned long long)value, (unsigned long long)floor);
	REQUIRE(value > floor);
	snprintf(name, sizeof(name), "%s_check", call);
	tell(name_of("checks", thing, name), value - floor, "instructions");
}

static struct cost measure_stretch(const char *thing, unsigned int runs, struct stretch *s,
				   const struct cost *floor)
{
	struct cost cost;

	cost.map = measure(name_of("checks", thing, "mmap"), runs,
			   &(struct task){ .before = unmap, .run = map, .arg = s });
	cost.protect = measure(name_of("checks", thing, "mprotect"), runs,
			       &(struct task){ .before = protect_none, .run = protect, .arg = s });
	unmap(s);
	if (floor) {
		tell_beyond(thing, "mmap", cost.map, floor->map);
		tell_beyond(thing, "mprotect", cost.protect, floor->protect);
	}
	return cost;
}

/*
 * All are mapped at one place, with nothing near: the kernel's tree of mappings is then
 * the same for all.
 */
#define PLACE	((char *)0x100000000000)

/* ---- memory without a check ---- */

static void measure_shared(const struct size *size)
{
	struct stretch s = { .at = PLACE, .bytes = size->pages * PAGE };

	s.fd = (int)memfd_create("shared", MFD_CLOEXEC);
	REQUIRE(s.fd >= 0 && !ftruncate(s.fd, (off_t)s.bytes));
	measure_stretch(name_of_size(size, "shared"), RUNS, &s, NULL);
	close(s.fd);
}

/* A device's mapping, as an enclave's is. */
static struct cost measure_unchecked(const struct size *size)
{
	struct stretch s = {
		.at = PLACE, .bytes = size->pages * PAGE, .fd = need_device(INTREE_DEVICE),
	};
	struct cost cost;

	cost = measure_stretch(name_of_size(size, "unchecked"), RUNS, &s, NULL);
	close(s.fd);
	return cost;
}

/* ---- enclaves ---- */

/* Every second of the stretches as long as this gets an intent of its own. */
static void declare(struct scene *s, u64 pages, u64 run)
{
	u64 at;

	REQUIRE_OK(avow_declare_range(s->e.fd, 0, pages * PAGE, AVOW_RWX));
	for (at = run; at < pages; at += 2 * run)
		if (avow_lower_range(s->e.fd, at * PAGE, run * PAGE, AVOW_R | AVOW_W))
			FAIL("LOWER_INTENT at page %llu", (unsigned long long)at);
}

static void measure_avow(const struct size *size, const char *pattern, u64 run,
			 const struct cost *floor)
{
	struct avow_params params = {
		.base = (u64)PLACE, .size = (size->pages < 2 ? 2 : size->pages) * PAGE,
	};
	struct stretch s = { .at = PLACE, .bytes = size->pages * PAGE };
	struct scene scene;

	scene_open(&scene);
	REQUIRE_OK(avow_enclave_create(&scene.e, &params));
	declare(&scene, size->pages, run);
	s.fd = scene.e.fd;
	measure_stretch(name_of_size(size, pattern), RUNS, &s, floor);
	scene_close(&scene);
}

static void measure_patterns(const struct size *size, const struct cost *floor)
{
	size_t i;

	for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		u64 run = patterns[i].runs ? size->pages / patterns[i].runs : 1;

		if (run && (run > 1 || i == 0 || size->pages > 1) && size->pages / run <= MILLION)
			measure_avow(size, patterns[i].name, run, floor);
	}
	if (size->pages > MILLION)
		measure_avow(size, "million", size->pages / MILLION, floor);
}

static void measure_in_tree(const struct size *size, const struct cost *floor)
{
	struct stretch s = {
		.at = PLACE, .bytes = size->pages * PAGE, .fd = need_device(INTREE_DEVICE),
	};
	struct intree_fill fill = { .base = (u64)PLACE, .size = s.bytes, .shared = 1 };

	REQUIRE(!ioctl(s.fd, INTREE_FILL, &fill));
	measure_stretch(name_of_size(size, "intree"), size->in_tree, &s, floor);
	close(s.fd);
}

static void run(void)
{
	size_t i;

	need_module(bench_avow);
	need_module(bench_intree);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct cost floor;

		if (bench_quick && sizes[i].is_long)
			continue;
		measure_shared(&sizes[i]);
		floor = measure_unchecked(&sizes[i]);
		measure_patterns(&sizes[i], &floor);
		measure_in_tree(&sizes[i], &floor);
	}
	need_no_module("intree");
	need_no_module("avow");
}

const struct family checks = { .name = "checks", .run = run };
