// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The first access to a page: of an enclave, where it was added before or is added then
 * (EAUG), of anonymous and of shared memory. For single pages, far from each other, and for
 * many in a row, with how many of them a fault gives entries to.
 */
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "bench.h"

#define PAGES		8192ULL	/* of each memory; more than is touched */
#define APART		16ULL	/* between single pages, so that no fault gives two of them entries */
#define ROW		128ULL	/* pages in a row */
#define ROWS		40
#define AT_ONCE		64ULL	/* pages of one ADD_PAGES */

struct memory {
	volatile char *at;
	u64 next;		/* page that was not touched yet */
	bool write;
};

static void touch_next(struct memory *m)
{
	if (m->write)
		m->at[m->next * PAGE] = 1;
	else
		(void)m->at[m->next * PAGE];
}

static void touch_one(void *arg)
{
	struct memory *m = arg;

	touch_next(m);
	m->next += APART;
}

static void touch_row(void *arg)
{
	struct memory *m = arg;
	u64 i;

	for (i = 0; i < ROW; i++, m->next++)
		touch_next(m);
}

static long faults_now(void)
{
	struct rusage usage;

	REQUIRE(!getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

static void measure_memory(const char *thing, void *at, bool write)
{
	struct memory m = { .at = at, .write = write };
	long before;

	measure(name_of("faults", thing, "one"), RUNS / 2, &(struct task){ .run = touch_one, .arg = &m });
	m.next = (m.next + ROW) & ~(ROW - 1);
	measure(name_of("faults", thing, "row"), ROWS - 16, &(struct task){ .run = touch_row, .arg = &m });
	before = faults_now();
	touch_row(&m);
	tell(name_of("faults", thing, "each"), (u64)ROW / (u64)(faults_now() - before), "pages");
	REQUIRE(m.next <= PAGES);
}

/* ---- memory ---- */

static void measure_anonymous(void)
{
	void *at = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(at != MAP_FAILED && !madvise(at, PAGES * PAGE, MADV_NOHUGEPAGE));
	measure_memory("anonymous", at, true);
	munmap(at, PAGES * PAGE);
}

static void *map_shared(int fd, size_t bytes)
{
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	REQUIRE(at != MAP_FAILED);
	return at;
}

static void measure_shared(void)
{
	const size_t bytes = PAGES * PAGE;
	int fd = (int)memfd_create("faults", MFD_CLOEXEC);
	char *at;

	REQUIRE(fd >= 0 && !ftruncate(fd, (off_t)bytes));
	at = map_shared(fd, bytes);
	measure_memory("shared_new", at, true);
	REQUIRE(!madvise(at, bytes, MADV_POPULATE_WRITE));
	munmap(at, bytes);
	at = map_shared(fd, bytes);
	measure_memory("shared_there", at, false);
	munmap(at, bytes);
	close(fd);
}

/* ---- enclaves ---- */

static void add_pages(struct scene *s)
{
	struct avow_pages pages = {
		.src = source_code(AT_ONCE),
		.length = AT_ONCE * PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R | AVOW_W),
	};
	u64 at;

	for (at = 0; at < PAGES; at += AT_ONCE) {
		pages.offset = s->play + at * PAGE;
		REQUIRE_OK(avow_enclave_add(&s->e, &pages, NULL));
	}
}

static void measure_enclave(const char *thing, bool added, bool write)
{
	struct scene s;

	scene_image(&s, PAGES);
	if (added)
		add_pages(&s);
	scene_init(&s);
	scene_map(&s, s.play, PAGES, PROT_READ | PROT_WRITE);
	measure_memory(thing, (void *)scene_at(&s, s.play), write);
	scene_close(&s);
}

static void run(void)
{
	measure_anonymous();
	measure_shared();
	tell("faults.page", 1, "pages");
	need_module(bench_avow);
	measure_enclave("added", true, false);
	measure_enclave("augmented_read", false, false);
	measure_enclave("augmented", false, true);
	need_no_module("avow");
}

const struct family faults = { .name = "faults", .run = run };
