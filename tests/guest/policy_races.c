// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R4.1, R4.2, R7.2: while a thread adds pages, another one exchanges, changes and takes
 * away what they are copied from. The policy allows code from one file only, mapped
 * executable and not written to. So whatever comes of a call, a page that was added has
 * the bytes of that file, and is on record as coming from it.
 *
 * A race must be seen to be one: pages are added and pages are refused in each, or the
 * case fails. lib/race.h says how long each goes on.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "policy.h"
#include "policy_case.h"
#include "race.h"
#include "watch.h"

#define PAGES		8ULL			/* of the source */
#define CALLS		64ULL			/* into one enclave; as many refusals are kept */
#define LENGTH		(PAGES * PAGE)
#define CODE		(PROT_READ | PROT_EXEC)
#define RULES		5000			/* above any rule's number */
#define PATIENCE	60			/* seconds more for both ends of a race to be seen */

_Static_assert(CALLS <= AVOW_REFUSALS_KEPT, "no refusal of an enclave may be lost");

static unsigned int seconds;

/* Far from where the kernel puts mappings of its own choice, so that nothing gets into the gaps. */
#define SOURCE_AT	((u8 *)0x10000000)

/* What pages are added from. The files are open for writing, as an attacker's would be. */
static struct {
	u8 *at;
	u8 bytes[LENGTH], evil[LENGTH];
	int good, other, memory, self;		/* the file, another, a memfd, /proc/self/mem */
	struct stat st;				/* of the file */
} source;

struct race {
	void (*spoil)(void);
	void (*mend)(void);
	u32 refused_by;		/* the rule that must be seen to refuse */
	bool zeros;		/* the file itself has zeros for a while */
};

/* ---- what the other thread does ---- */

static void place(int fd, int flags)
{
	REQUIRE(mmap(source.at, LENGTH, CODE, flags | MAP_FIXED, fd, 0) == source.at);
}

static void mend_mapping(void)
{
	place(source.good, MAP_PRIVATE);
}

static u8 *evil_memory(void *at, int flags)
{
	u8 *memory = mmap(at, LENGTH, PROT_READ | PROT_WRITE | PROT_EXEC,
			  MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);

	REQUIRE(memory != MAP_FAILED);
	memcpy(memory, source.evil, LENGTH);
	return memory;
}

static void unmap_for_memory(void)
{
	REQUIRE(!munmap(source.at, LENGTH));
	evil_memory(source.at, MAP_FIXED);
}

static void unmap_for_file(void)
{
	REQUIRE(!munmap(source.at, LENGTH));
	place(source.other, MAP_PRIVATE);
}

static void move_memory_over(void)
{
	u8 *memory = evil_memory(NULL, 0);

	REQUIRE(mremap(memory, LENGTH, LENGTH, MREMAP_MAYMOVE | MREMAP_FIXED, source.at) == source.at);
}

static void map_memfd_over(void)
{
	place(source.memory, MAP_SHARED);
}

/* Past the protection of the mapping, as a debugger does: the page becomes a copy. */
static void write_through_proc(void)
{
	REQUIRE(pwrite(source.self, source.evil, LENGTH, (off_t)source.at) == (ssize_t)LENGTH);
}

static void write_plainly(void)
{
	REQUIRE(!mprotect(source.at, LENGTH, PROT_READ | PROT_WRITE));
	memcpy(source.at, source.evil, LENGTH);
	REQUIRE(!mprotect(source.at, LENGTH, CODE));
}

static void forget_copies(void)
{
	REQUIRE(!madvise(source.at, LENGTH, MADV_DONTNEED));
}

static void take_x(void)
{
	REQUIRE(!mprotect(source.at, LENGTH, PROT_READ));
}

static void give_x(void)
{
	REQUIRE(!mprotect(source.at, LENGTH, CODE));
}

static void shrink(void)
{
	REQUIRE(mremap(source.at, LENGTH, LENGTH / 2, 0) == source.at);
}

static void truncate_file(void)
{
	REQUIRE(!ftruncate(source.good, PAGE / 2));
}

static void refill_file(void)
{
	REQUIRE(pwrite(source.good, source.bytes, LENGTH, 0) == (ssize_t)LENGTH);
}

/* ---- the race ---- */

struct attacker {
	const struct race *race;
	volatile bool stop;
	u64 turns;
};

/* For a while that is never the same, so that every moment of a call is met. */
static void wait_a_little(unsigned int *seed)
{
	volatile int n = rand_r(seed) % 20000;

	while (n-- > 0)
		;
}

static void *attack(void *arg)
{
	struct attacker *a = arg;
	unsigned int seed = 1;

	for (; !a->stop; a->turns++) {
		a->race->spoil();
		wait_a_little(&seed);
		a->race->mend();
		wait_a_little(&seed);
	}
	return NULL;
}

struct tally {
	u64 calls, whole;	/* tried, and those that loaded all of their pages */
	u64 added, zeros;	/* pages; of them, those that are not all of the file's first bytes */
	u64 bytes;		/* compared with the file's */
	u64 refused[RULES];	/* calls, by rule */
};

/* The bytes of the file: as they are, or zero for the moments in which it was cut. */
static bool is_of_file(const u8 *page, u64 index, bool zeros, struct tally *tally)
{
	const u8 *want = source.bytes + index % PAGES * PAGE;
	u64 i;

	tally->bytes += PAGE;
	if (!memcmp(page, want, PAGE))
		return true;
	tally->zeros++;
	for (i = 0; i < PAGE; i++)
		if (page[i] != want[i] && (!zeros || page[i]))
			return false;
	return true;
}

static void check_record(struct scene *s, const struct avow_run *run)
{
	struct avow_source from;
	char *path;

	EXPECT_EQ(run->source_class, AVOW_SRC_FILE_EXEC);
	if (!run->source)
		return;
	REQUIRE_OK(avow_source_path(s->e.fd, run->source, &path, &from));
	EXPECT_EQ(from.source_class, AVOW_SRC_FILE_EXEC);
	EXPECT_EQ(from.dev, source.st.st_dev);
	EXPECT_EQ(from.ino, source.st.st_ino);
	free(path);
}

/* Each page that was added, by what the enclave has of it. */
static void check_pages(struct scene *s, bool zeros, struct tally *tally)
{
	struct avow_run *runs;
	size_t nr, i;
	u64 at;

	REQUIRE_OK(avow_list_runs(s->e.fd, 0, s->e.size, &runs, &nr));
	for (i = 0; i < nr; i++) {
		check_record(s, &runs[i]);
		scene_map(s, runs[i].offset, runs[i].length / PAGE, PROT_READ);
		for (at = runs[i].offset; at < runs[i].offset + runs[i].length; at += PAGE) {
			tally->added++;
			if (!is_of_file((const u8 *)scene_at(s, at), at / PAGE, zeros, tally))
				FAIL("page %llu has bytes that the policy never saw", at / PAGE);
		}
	}
	free(runs);
}

static void check_refusals(struct scene *s, u64 calls, struct tally *tally)
{
	struct avow_refusal all[AVOW_REFUSALS_KEPT];
	u64 seq = 0, lost = 1;
	int nr, i;

	nr = avow_read_refusals(s->e.fd, &seq, all, AVOW_REFUSALS_KEPT, &lost);
	REQUIRE_OK(nr);
	EXPECT_EQ(lost, 0);
	EXPECT_EQ(nr, calls);
	for (i = 0; i < nr; i++) {
		REQUIRE(all[i].rule < RULES);
		tally->refused[all[i].rule]++;
		/* By the policy's second rule; nobody else answers. */
		if (all[i].rule == 702)
			EXPECT_EQ(avow_policy_rule(all[i].policy), 2);
	}
}

static void fill_enclave(const struct race *race, struct tally *tally)
{
	u64 call, count, loaded = 0, refused = 0, before = tally->bytes;
	struct scene s;

	scene_create(&s, PAGES * CALLS);
	for (call = 0; call < CALLS; call++) {
		refused += raw_add(&s, source.at, call * LENGTH, LENGTH, avow_secinfo_reg(AVOW_R | AVOW_X),
				   SGX_PAGE_MEASURE, &count) != 0;
		loaded += count;
	}
	check_refusals(&s, refused, tally);
	check_pages(&s, race->zeros, tally);
	/* All that the calls say they loaded was looked at. */
	EXPECT_EQ(tally->bytes - before, loaded);
	tally->calls += CALLS;
	tally->whole += CALLS - refused;
	scene_close(&s);
}

static void prepare(void)
{
	char path[64];
	u64 i;

	unlink("/tmp/race-good");
	source.good = source_file("/tmp", PAGES, path);
	REQUIRE(!rename(path, "/tmp/race-good"));
	source.other = source_file("/tmp", PAGES, path);
	unlink(path);
	source.memory = memfd_create("race", 0);
	source.self = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	REQUIRE(source.memory >= 0 && source.self >= 0);
	REQUIRE(pread(source.good, source.bytes, LENGTH, 0) == (ssize_t)LENGTH);
	for (i = 0; i < LENGTH; i++)
		source.evil[i] = (u8)~source.bytes[i];
	REQUIRE(pwrite(source.other, source.evil, LENGTH, 0) == (ssize_t)LENGTH);
	REQUIRE(pwrite(source.memory, source.evil, LENGTH, 0) == (ssize_t)LENGTH);
	REQUIRE(!fstat(source.good, &source.st));
	source.at = SOURCE_AT;
	mend_mapping();
	policy_put("allow load intent has x, source is file-exec, file is /tmp/race-good\n"
		   "deny load intent has x\n"
		   "default allow\n");
}

static void tell(const struct attacker *a, const struct tally *tally)
{
	u32 rule;

	printf("# in %u s, with %llu turns of the other thread: %llu loads tried, %llu denied, %llu loaded whole; "
	       "%llu pages loaded, their %llu bytes checked", seconds, a->turns, tally->calls,
	       tally->calls - tally->whole, tally->whole, tally->added, tally->bytes);
	if (a->race->zeros)
		printf(" (%llu pages with zeros)", tally->zeros);
	printf("; denied");
	for (rule = 0; rule < RULES; rule++)
		if (tally->refused[rule])
			printf(" by R%u.%u: %llu", rule / 100, rule % 100, tally->refused[rule]);
	putchar('\n');
}

/* On a busy machine one thread may have had all the time that there was. */
static bool goes_on(const struct race *race, const struct tally *tally, time_t passed)
{
	bool seen = tally->added && tally->refused[race->refused_by];

	return passed < (time_t)seconds + (seen ? 0 : PATIENCE);
}

static void run_race(const struct race *race)
{
	struct attacker a = { .race = race };
	static struct tally tally;
	pthread_t thread;
	time_t begun;

	prepare();
	REQUIRE(!pthread_create(&thread, NULL, attack, &a));
	begun = time(NULL);
	do
		fill_enclave(race, &tally);
	while (!test_failed() && goes_on(race, &tally, time(NULL) - begun));
	a.stop = true;
	pthread_join(thread, NULL);
	tell(&a, &tally);
	EXPECT(tally.added);
	EXPECT(tally.refused[race->refused_by]);
	unlink("/tmp/race-good");
}

#define RACE(name, ...)						\
	static void name(void)					\
	{							\
		run_race(&(const struct race){ __VA_ARGS__ });	\
	}

RACE(unmapped_for_memory, .spoil = unmap_for_memory, .mend = mend_mapping, .refused_by = 702)
RACE(unmapped_for_file, .spoil = unmap_for_file, .mend = mend_mapping, .refused_by = 702)
RACE(moved_over, .spoil = move_memory_over, .mend = mend_mapping, .refused_by = 702)
RACE(mapped_over, .spoil = map_memfd_over, .mend = mend_mapping, .refused_by = 702)
RACE(written_through_proc, .spoil = write_through_proc, .mend = forget_copies, .refused_by = 702)
RACE(written_plainly, .spoil = write_plainly, .mend = forget_copies, .refused_by = 702)
RACE(not_executable, .spoil = take_x, .mend = give_x, .refused_by = 702)
RACE(shrunk, .spoil = shrink, .mend = mend_mapping, .refused_by = 501)
RACE(truncated, .spoil = truncate_file, .mend = refill_file, .refused_by = 502, .zeros = true)

int main(int argc, char **argv)
{
	/* In strict R6.2 refuses before the policy is asked what is not mapped executable. */
	static const struct test tests[] = {
		{ "R4.1 R7.2 race: the source is unmapped, memory comes in its place", unmapped_for_memory, COMPAT },
		{ "R4.1 R7.2 race: the source is unmapped, another file comes in its place", unmapped_for_file, COMPAT },
		{ "R4.1 R7.2 race: mremap() puts memory over the source", moved_over, COMPAT },
		{ "R4.1 R7.2 race: MAP_FIXED puts a memfd over the source", mapped_over, COMPAT },
		{ "R4.2 R7.2 race: the source is written through /proc/self/mem", written_through_proc, COMPAT },
		{ "R4.2 R7.2 race: the source is made writable, written, made executable", written_plainly, COMPAT },
		{ "R4.1 R7.2 race: mprotect() makes the source not executable, and back", not_executable, COMPAT },
		{ "R4.1 R5.1 race: the source shrinks", shrunk, COMPAT },
		{ "R4.2 R5.2 race: the file is truncated, and filled again", truncated, COMPAT },
	};
	int status;

	seconds = race_seconds(argc, argv, 2);
	status = test_main(tests, sizeof(tests) / sizeof(tests[0]));
	policy_drop();
	return status;
}
