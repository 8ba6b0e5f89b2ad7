// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the kernel keeps of an enclave's slots besides the pages: bytes in all slab caches,
 * of several enclaves that are alike; and what the in-tree driver's records of as many pages are.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "bench.h"
#include "intree/intree.h"

#define RX		(AVOW_R | AVOW_X)
#define LARGE		(1ULL << 24)	/* pages of 64 GiB */
#define RESIDENT	16384ULL	/* pages of a smaller enclave */
#define MOST		16		/* enclaves of a kind */
#define ROOT		16		/* bytes of the tree that are in the enclave's own record */

/*
 * What was freed counts as in use until the last reader may have gone, by RCU, and what is
 * kept for a processor until it is given back.
 */
static void give_back(void)
{
	glob_t found;
	size_t i;
	int fd;

	usleep(300000);
	REQUIRE(!glob("/sys/kernel/slab/*/shrink", 0, NULL, &found));
	for (i = 0; i < found.gl_pathc; i++) {
		fd = open(found.gl_pathv[i], O_WRONLY | O_CLOEXEC);
		REQUIRE(fd >= 0 && write(fd, "1", 1) == 1);
		close(fd);
	}
	globfree(&found);
}

/* Bytes of the objects that are in use. */
static u64 slab_bytes(void)
{
	unsigned long active, all, size;
	char line[512];
	u64 sum = 0;
	FILE *file;

	give_back();
	file = fopen("/proc/slabinfo", "re");
	REQUIRE(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %lu %lu %lu", &active, &all, &size) == 3)
			sum += (u64)active * size;
	fclose(file);
	REQUIRE(sum);
	return sum;
}

/* ---- enclaves ---- */

struct kind {
	const char *name;
	u64 pages;
	u64 run;		/* pages */
	unsigned int like;	/* how many enclaves */
	void (*fill)(struct scene *s, const struct kind *kind);
};

static void declare(struct scene *s, const struct kind *kind)
{
	const u64 bytes = kind->run * PAGE;
	u64 at;

	REQUIRE_OK(avow_declare_range(s->e.fd, 0, kind->pages * PAGE, RX));
	for (at = bytes; at < kind->pages * PAGE; at += 2 * bytes)
		if (avow_lower_range(s->e.fd, at, bytes, AVOW_R))
			FAIL("LOWER_INTENT at %#llx", (unsigned long long)at);
}

static void add(struct scene *s, const struct kind *kind)
{
	const u64 bytes = kind->run * PAGE;
	const u8 *src = source_code(1);
	u64 at;

	for (at = 0; at < kind->pages * PAGE; at += PAGE)
		if (!add_bytes(s, src, at, PAGE, avow_secinfo_reg(at / bytes & 1 ? RX : AVOW_R), 0))
			FAIL("ADD_PAGES at %#llx", (unsigned long long)at);
}

static void measure_kind(const struct kind *kind)
{
	static struct scene all[MOST];
	u64 before, after;
	unsigned int i;

	for (i = 0; i < kind->like; i++)
		scene_create(&all[i], kind->pages);
	before = slab_bytes();
	for (i = 0; i < kind->like; i++)
		kind->fill(&all[i], kind);
	after = slab_bytes();
	tell(kind->name, ROOT + (after > before ? (after - before) / kind->like : 0), "bytes");
	for (i = 0; i < kind->like; i++)
		scene_close(&all[i]);
}

/* ---- the in-tree driver ---- */

/* Each page has a record of its own, so that 64 GiB have as many times more. */
static void measure_in_tree(void)
{
	struct intree_fill fill = { .size = RESIDENT * PAGE };
	int fd = need_device(INTREE_DEVICE);
	void *at = mmap(NULL, fill.size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	u64 before, bytes;

	REQUIRE(at != MAP_FAILED);
	fill.base = (u64)at;
	before = slab_bytes();
	REQUIRE(!ioctl(fd, INTREE_FILL, &fill));
	bytes = slab_bytes() - before;
	tell("metadata.resident.intree", bytes, "bytes");
	tell("metadata.64g.intree", bytes * (LARGE / RESIDENT), "bytes");
	close(fd);
	munmap(at, fill.size);
}

static void run(void)
{
	static const struct kind kinds[] = {
		{ "metadata.resident.uniform", RESIDENT, RESIDENT, 2, add },
		{ "metadata.resident.alternating", RESIDENT, 1, 2, add },
		{ "metadata.64g.uniform", LARGE, LARGE, MOST, declare },
		{ "metadata.64g.sixteen", LARGE, LARGE / 16, MOST, declare },
		{ "metadata.64g.million", LARGE, 16, 1, declare },
	};
	size_t i;

	need_module(bench_avow);
	need_module(bench_intree);
	tell("metadata.resident.pages", RESIDENT, "bytes");
	tell("metadata.kib", 1024, "bytes");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!bench_quick || kinds[i].pages / kinds[i].run < LARGE / 16)
			measure_kind(&kinds[i]);
	measure_in_tree();
	need_no_module("intree");
	need_no_module("avow");
}

const struct family metadata = { .name = "metadata", .run = run };
