// SPDX-License-Identifier: LGPL-2.1-or-later
/* R3, R8, R34: the memory of an enclave of libavow-enclave: what the file's note says, and what EAUG adds. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "called.h"

#define HEAP	0x40000		/* AVOW_HEAP of runtime/enclave.c */
#define HEAD	16		/* before each block */

/* The layout of three threads with 16 pages of stack: <avow_enclave.h>. */
#define STRIDE	(16 + 7)
#define PAGES(n)	((n) * SGX_PAGE_SIZE)
#define HEAP_AT	PAGES(3 + 3 * STRIDE + 1)
#define CODE_AT	(HEAP_AT + HEAP + SGX_PAGE_SIZE)

static u64 fill_blocks(u64 bytes)
{
	return HEAP / (((bytes + 15) & ~15ULL) + HEAD);
}

static void heap_to_its_limit(void)
{
	static const u64 sizes[] = { 16, 1, 4096, 5000, HEAP / 2, HEAP - HEAD };
	struct called in;
	unsigned int i;

	called_load(&in, NULL, NULL);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct fill f = { .bytes = sizes[i] };

		/* The list of blocks is in the blocks. */
		f.bytes = f.bytes < 8 ? 8 : f.bytes;
		EXPECT_CALL(&in, EC_FILL, &f, 0);
		EXPECT_EQ(f.blocks, fill_blocks(f.bytes));
		/* All is free again, and is one block. */
		EXPECT_EQ(f.largest, HEAP - HEAD);
	}
	called_free(&in);
}

static void heap_by_chance(void)
{
	struct fill f = { .bytes = 1 };
	struct called in;

	called_load(&in, NULL, NULL);
	for (; f.bytes < 6; f.bytes++) {
		EXPECT_CALL(&in, EC_CHURN, &f, 0);
		EXPECT_EQ(f.largest, HEAP - HEAD);
	}
	called_free(&in);
}

static void heap_of_any_size(void)
{
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_SIZES, NULL, 0);
	called_free(&in);
}

/* A page comes when it is used first, and no earlier. */
static u64 pages_there(struct called *in, u64 offset, u64 length)
{
	struct avow_run *runs;
	u64 there = 0;
	size_t nr, i;

	REQUIRE_OK(avow_list_runs(in->e->fd, offset, length, &runs, &nr));
	for (i = 0; i < nr; i++) {
		EXPECT_EQ(runs[i].intent, AVOW_R | AVOW_W);
		there += runs[i].state & AVOW_RUN_PRESENT ? runs[i].length : 0;
	}
	free(runs);
	return there;
}

static void heap_grows(void)
{
	struct fill f = { .bytes = HEAP - HEAD };
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_EQ(pages_there(&in, HEAP_AT, HEAP), 0);
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	EXPECT_EQ(pages_there(&in, HEAP_AT, HEAP), 0);
	EXPECT_CALL(&in, EC_FILL, &f, 0);
	EXPECT_EQ(pages_there(&in, HEAP_AT, HEAP), HEAP);
	called_free(&in);
}

static void fill_without_pages(u64 bytes)
{
	struct fill f = { .bytes = bytes };
	struct called in;
	void *half;

	called_load(&in, NULL, NULL);
	half = (void *)(in.e->base + HEAP_AT + HEAP / 2);
	REQUIRE(!munmap(half, HEAP / 2));
	EXPECT_CALL(&in, EC_FILL, &f, 0);
	EXPECT_EQ(f.blocks, HEAP / 2 / (bytes + HEAD));
	EXPECT_EQ(f.largest, HEAP / 2 - HEAD);
	REQUIRE_OK(avow_enclave_map(in.e, HEAP_AT + HEAP / 2, HEAP / 2, PROT_READ | PROT_WRITE));
	EXPECT_CALL(&in, EC_FILL, &f, 0);
	EXPECT_EQ(f.blocks, fill_blocks(bytes));
	called_free(&in);
}

/* A host that maps no page for the heap is out of memory to the enclave, and no more. */
static void heap_without_pages(void)
{
	fill_without_pages(4096);
	/* The heap would grow by three pages, of which the host gives one. */
	fill_without_pages(3 * 4096);
}

/* What the host maps behind the heap is not the heap's. In strict it cannot. */
static void heap_ends(void)
{
	struct fill f = { .bytes = 4096 - HEAD };
	struct called in;

	called_load(&in, NULL, NULL);
	REQUIRE_OK(avow_enclave_map(in.e, HEAP_AT + HEAP, SGX_PAGE_SIZE, PROT_READ | PROT_WRITE));
	EXPECT_CALL(&in, EC_FILL, &f, 0);
	EXPECT_EQ(f.blocks, HEAP / 4096);
	EXPECT_EQ(f.largest, HEAP - HEAD);
	called_free(&in);
}

static void bytes_are_moved_and_compared(void)
{
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_BYTES, NULL, 0);
	called_free(&in);
}

/* ---- what is where ---- */

struct expected {
	u64 offset, length;
	u32 intent, prot;
	bool is_there;
};

static void expect_run(struct called *in, const struct expected *want)
{
	struct avow_run *runs;
	size_t nr;

	REQUIRE_OK(avow_list_runs(in->e->fd, want->offset, want->length, &runs, &nr));
	if (nr != 1 || runs[0].offset != want->offset || runs[0].length != want->length || runs[0].intent != want->intent ||
	    !!(runs[0].state & AVOW_RUN_PRESENT) != want->is_there)
		FAIL("0x%llx bytes at 0x%llx: %zu runs, intent %u, state 0x%x", want->length, want->offset, nr,
		     nr ? runs[0].intent : 0, nr ? runs[0].state : 0);
	free(runs);
}

/* Rights of the mapping at an address, as /proc/self/maps has them. */
static u32 mapped(u64 address)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long from, to;
	char line[512], word[8];
	u32 rights = 0;

	REQUIRE(maps);
	while (fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%lx %7s", &from, &to, word) == 3 && address >= from && address < to)
			rights = (word[0] == 'r' ? AVOW_R : 0) | (word[1] == 'w' ? AVOW_W : 0) | (word[2] == 'x' ? AVOW_X : 0);
	fclose(maps);
	return rights;
}

static void expect_hole(struct called *in, u64 offset)
{
	struct avow_run *runs;
	size_t nr;

	REQUIRE_OK(avow_list_runs(in->e->fd, offset, SGX_PAGE_SIZE, &runs, &nr));
	if (nr || mapped(in->e->base + offset))
		FAIL("there is something at 0x%llx", offset);
	free(runs);
}

static void is_laid_out(void)
{
	struct called in;
	u64 block = PAGES(3);
	unsigned int i;

	called_load(&in, NULL, NULL);
	for (i = 0; i < 3; i++, block += PAGES(STRIDE)) {
		expect_hole(&in, block);
		expect_run(&in, &(struct expected){ block + PAGES(1), PAGES(16), AVOW_R | AVOW_W, 0, true });
		expect_hole(&in, block + PAGES(17));
		expect_run(&in, &(struct expected){ block + PAGES(18), PAGES(5), AVOW_R | AVOW_W, 0, true });
	}
	expect_hole(&in, HEAP_AT - SGX_PAGE_SIZE);
	expect_run(&in, &(struct expected){ HEAP_AT, HEAP, AVOW_R | AVOW_W, 0, false });
	expect_hole(&in, HEAP_AT + HEAP);
	expect_run(&in, &(struct expected){ CODE_AT, PAGES(2), AVOW_RWX, 0, false });
	expect_hole(&in, CODE_AT + PAGES(2));
	EXPECT_EQ(mapped(in.e->base + HEAP_AT), AVOW_R | AVOW_W);
	EXPECT_EQ(mapped(in.e->base + CODE_AT), AVOW_R | AVOW_W);
	EXPECT_EQ(mapped(in.e->base + PAGES(4)), AVOW_R | AVOW_W);
	EXPECT_EQ(avow_image_segment(in.image, 1)->pages.offset, CODE_AT + PAGES(3));
	called_free(&in);
}

/* Nothing is writable and executable, in no mapping and by no SECINFO. */
static void no_page_has_w_and_x(void)
{
	const struct avow_segment *s;
	struct called in;
	unsigned int i;

	called_load(&in, NULL, NULL);
	for (i = 0; (s = avow_image_segment(in.image, i)); i++) {
		u32 both = AVOW_W | AVOW_X;

		EXPECT((s->pages.secinfo & both) != both && ((u32)s->prot & both) != both);
		EXPECT_EQ(mapped(in.e->base + s->pages.offset), s->prot);
	}
	EXPECT_EQ(i, 4 + 2 * 3);
	called_free(&in);
}

static void pages_that_are_wrong(void)
{
	struct where w = { .p = mmap(NULL, SGX_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) };
	struct called in;

	REQUIRE(w.p != MAP_FAILED);
	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_PAGES, &w, 0);
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	called_free(&in);
}

TESTS(
	{ "R34.1 the heap, to its limit", heap_to_its_limit, BOTH },
	{ "R34.1 the heap, by chance", heap_by_chance, ONCE },
	{ "R30 bytes are moved and compared", bytes_are_moved_and_compared, ONCE },
	{ "R34.1 the heap: blocks that are too large, and zeros", heap_of_any_size, ONCE },
	{ "R3.4 pages of the heap come when they are used", heap_grows, BOTH },
	{ "R3 a heap for which the host gives no pages", heap_without_pages, BOTH },
	{ "R3.1 the heap ends where it was declared", heap_ends, COMPAT },
	{ "R1 R3 R8 stacks, heap and code are where the note says, with holes between", is_laid_out, BOTH },
	{ "R8 nothing is writable and executable", no_page_has_w_and_x, BOTH },
	{ "R34 pages that are wrong", pages_that_are_wrong, BOTH },
)
