// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * ADD_PAGES, of pages that are measured and of others, one by one and many by one call;
 * beside copying, allocating and hashing the same bytes and records.
 */
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench.h"
#include "floor/floor.h"

#define RX	(AVOW_R | AVOW_X)
#define MANY	64ULL			/* pages of one call */
#define CALLS	64			/* more than are measured for many pages */
#define PAGES	(MANY * CALLS)

struct adding {
	struct scene s;
	const u8 *src;
	u64 next, pages;	/* offset of the next page; how many at once */
	u64 flags, added;
};

static void add(void *arg)
{
	struct adding *a = arg;

	a->added += add_bytes(&a->s, a->src, a->next, a->pages * PAGE, avow_secinfo_reg(RX), a->flags);
	a->next += a->pages * PAGE;
}

static void measure_avow(const char *name, const u8 *src, u64 pages, u64 flags)
{
	struct adding a = { .src = src, .pages = pages, .flags = flags };

	scene_create(&a.s, PAGES);
	measure(name, pages == 1 ? RUNS : CALLS - 16, &(struct task){ .run = add, .arg = &a });
	REQUIRE(a.next && a.added == a.next);
	scene_close(&a.s);
}

struct floor {
	int fd;
	struct floor_add add;
};

static void add_floor(void *arg)
{
	const struct floor *f = arg;

	REQUIRE(!ioctl(f->fd, FLOOR_ADD, &f->add));
}

static void measure_floor(const char *name, const u8 *src, u64 pages, u32 what)
{
	struct floor f = {
		.fd = need_device(FLOOR_DEVICE),
		.add = { .src = (u64)src, .pages = (u32)pages, .what = what },
	};

	measure(name, pages == 1 ? RUNS : CALLS - 16, &(struct task){ .run = add_floor, .arg = &f });
	close(f.fd);
}

static void run(void)
{
	const u8 *src = source_code(MANY);

	need_module(bench_avow);
	measure_avow("adding.measured.one", src, 1, SGX_PAGE_MEASURE);
	measure_avow("adding.measured.many", src, MANY, SGX_PAGE_MEASURE);
	measure_avow("adding.unmeasured.one", src, 1, 0);
	measure_avow("adding.unmeasured.many", src, MANY, 0);
	need_no_module("avow");

	need_module(bench_floor);
	measure_floor("adding.hash.one", src, 1, FLOOR_EADD | FLOOR_EEXTEND);
	measure_floor("adding.hash.many", src, MANY, FLOOR_EADD | FLOOR_EEXTEND);
	measure_floor("adding.alloc.one", src, 1, FLOOR_ALLOC);
	measure_floor("adding.alloc.many", src, MANY, FLOOR_ALLOC);
	measure_floor("adding.record.one", src, 1, FLOOR_ALLOC | FLOOR_EADD);
	measure_floor("adding.record.many", src, MANY, FLOOR_ALLOC | FLOOR_EADD);
	need_no_module("floor");
}

const struct family adding = { .name = "adding", .run = run };
