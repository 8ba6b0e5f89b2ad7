// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R4.1, R4.2, R7.2 with a policy in force: the source of ADD_PAGES is changed by another
 * thread while it is judged and copied. The policy lets in code from one file alone,
 * mapped executable and unmodified: each page that is loaded has that file's bytes, and
 * was judged as such. AVOW_RACE_SECONDS: how long each race takes (2).
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "policy_case.h"

#define GOOD		"/tmp/race-good"
#define CODE		(PROT_READ | PROT_EXEC)
#define PAGES		64

static char *source;		/* one page */
static int good, self;		/* descriptors of the file and of /proc/self/mem */
static atomic_bool stopped;
static char bad_bytes[PAGE];

static void map_good(void)
{
	REQUIRE(mmap(source, PAGE, CODE, MAP_PRIVATE | MAP_FIXED, good, 0) == source);
}

/* Each changes the source and puts it back. */
static void unmapped(void)
{
	munmap(source, PAGE);
	map_good();
}

static void remapped(void)
{
	REQUIRE(mmap(source, PAGE, CODE | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == source);
	memset(source, 0xbd, PAGE);
	map_good();
}

static void written(void)
{
	REQUIRE(pwrite(self, bad_bytes, PAGE, (off_t)source) == (ssize_t)PAGE);
	map_good();
}

static void not_executable(void)
{
	mprotect(source, PAGE, PROT_READ);
	mprotect(source, PAGE, CODE);
}

static void *change(void *arg)
{
	void (*const once)(void) = *(void (**)(void))arg;

	while (!atomic_load(&stopped))
		once();
	return NULL;
}

/* What was added, and what was not. */
struct count {
	unsigned long loaded, denied, unreadable;
};

static void look_at(struct scene *s, u64 offset, struct count *count)
{
	const u8 *page = mmap((void *)scene_at(s, offset), PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, s->e.fd, 0);

	REQUIRE(page != MAP_FAILED);
	if (memcmp(page, source_code(1), PAGE))
		FAIL("a page was loaded whose bytes are not the file's: %02x...", page[1]);
	EXPECT_EQ(scene_run(s, offset).source_class, AVOW_SRC_FILE_EXEC);
	count->loaded++;
}

/* Fills an enclave. */
static void load_all(struct count *count)
{
	struct scene s;
	u64 offset = 0;
	int tries;

	scene_create(&s, PAGES);
	for (tries = 0; tries < 4 * PAGES && offset < PAGES * PAGE && !test_failed(); tries++) {
		if (!raw_add(&s, source, offset, PAGE, avow_secinfo_reg(AVOW_R | AVOW_X), SGX_PAGE_MEASURE, NULL)) {
			look_at(&s, offset, count);
			offset += PAGE;
		} else if (errno == EACCES) {
			count->denied++;
		} else if (errno == EFAULT) {
			count->unreadable++;
		} else {
			FAIL("ADD_PAGES: %s", strerror(errno));
		}
	}
	scene_close(&s);
}

static unsigned int seconds(void)
{
	const char *text = getenv("AVOW_RACE_SECONDS");

	return text ? (unsigned int)atoi(text) : 2;
}

static void race(void (*once)(void))
{
	struct count count = { 0 };
	pthread_t thread;
	time_t end;

	memset(bad_bytes, 0xbd, sizeof(bad_bytes));
	make_file(GOOD);
	good = open(GOOD, O_RDONLY | O_CLOEXEC);
	self = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	REQUIRE(good >= 0 && self >= 0);
	source = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	REQUIRE(source != MAP_FAILED);
	map_good();
	policy_put("allow load intent has x, source is file-exec, file is " GOOD "\n"
		   "deny load intent has x\ndefault allow\n");
	atomic_store(&stopped, false);
	REQUIRE(!pthread_create(&thread, NULL, change, &once));
	for (end = time(NULL) + (time_t)seconds(); time(NULL) < end && !test_failed();)
		load_all(&count);
	atomic_store(&stopped, true);
	pthread_join(thread, NULL);
	printf("# %lu pages loaded, %lu denied, %lu without a source\n", count.loaded, count.denied, count.unreadable);
	/* Else it was no race. */
	EXPECT(count.loaded && count.denied + count.unreadable);
}

static void race_unmapped(void)
{
	race(unmapped);
}

static void race_remapped(void)
{
	race(remapped);
}

static void race_written(void)
{
	race(written);
}

static void race_not_executable(void)
{
	race(not_executable);
}

static void over(void)
{
	policy_drop();
}

TESTS(
	{ "R4.1 a source that is unmapped meanwhile", race_unmapped, ONCE },
	{ "R4.1 a source that becomes another mapping", race_remapped, ONCE },
	{ "R4.2 a source that is written to through /proc/self/mem", race_written, ONCE },
	{ "R7.2 a source that is not executable any more", race_not_executable, ONCE },
	{ "R43.4 unloaded", over, ONCE },
)
