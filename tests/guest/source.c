// SPDX-License-Identifier: LGPL-2.1-or-later
/* R4, R5, R6: what a page's bytes may be copied from, and which bytes are judged. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "watch.h"

#define DATA	avow_secinfo_reg(AVOW_R)
#define CODE	avow_secinfo_reg(AVOW_R | AVOW_X)

static int add_page(struct scene *s, const void *src, u64 secinfo)
{
	return raw_add(s, src, 0, PAGE, secinfo, SGX_PAGE_MEASURE, NULL);
}

/* For the ones below: the record of a source that is refused for page 0. */
#define REFUSED_SOURCE(scene, call, err, rule_, class)				\
	REFUSED(scene, call, err, .rule = rule_, .asked = true, .source_class = class)

static void no_vma(void)
{
	struct scene s;
	u8 *at;

	scene_create(&s, 16);
	/* Nothing at the address, but a mapping behind it, which a careless search finds. */
	at = source_anon(2, PROT_READ | PROT_EXEC);
	REQUIRE(!munmap(at, PAGE));
	REFUSED_SOURCE(&s, add_page(&s, at, DATA), EFAULT, 501, AVOW_SRC_NONE);
	REFUSED_SOURCE(&s, add_page(&s, NULL, DATA), EFAULT, 501, AVOW_SRC_NONE);
	REFUSED_SOURCE(&s, add_page(&s, (void *)0xffff800000000000, DATA), EFAULT, 501, AVOW_SRC_NONE);
	scene_init(&s);
}

static void unreadable(void)
{
	struct scene s;

	scene_create(&s, 16);
	REFUSED(&s, add_page(&s, source_anon(1, PROT_NONE), DATA), EFAULT, .rule = 502,
		.asked = true, .source_class = AVOW_SRC_ANON);
	scene_init(&s);
}

/* A device's memory: another enclave's, which is VM_PFNMAP. */
static void special(void)
{
	struct scene s, other;

	scene_ready(&other, 1, AVOW_R, AVOW_R);
	scene_map(&other, other.play, 1, PROT_READ);
	scene_create(&s, 16);
	REFUSED(&s, add_page(&s, (void *)scene_at(&other, other.play), DATA), EFAULT, .rule = 503,
		.asked = true, .source_class = AVOW_SRC_OTHER);
	scene_init(&s);
}

/* A file that ends within its mapping: the page is not there to be read. */
static void beyond_end_of_file(void)
{
	struct scene s;
	char path[64];
	int fd = source_file("/tmp", 1, path);
	u8 *at = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	u64 count;

	REQUIRE(at != MAP_FAILED);
	scene_create(&s, 16);
	EXPECT_ERRNO(raw_add(&s, at, 0, 2 * PAGE, DATA, 0, &count), EFAULT);
	EXPECT_EQ(count, PAGE);
	EXPECT_HOLE(&s, PAGE);
	unlink(path);
}

/* A directory on a file system that is mounted noexec. */
static void noexec_dir(char *dir)
{
	strcpy(dir, "/tmp/noexec-XXXXXX");
	REQUIRE(mkdtemp(dir));
	REQUIRE(!mount("none", dir, "tmpfs", MS_NOEXEC, NULL));
}

static const u8 *noexec_source(char *dir)
{
	char path[64];
	const u8 *at;
	int fd;

	noexec_dir(dir);
	fd = source_file(dir, 1, path);
	at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	REQUIRE(at != MAP_FAILED);
	close(fd);
	return at;
}

static void noexec_mount(void)
{
	struct scene s;
	char dir[32];
	const u8 *at = noexec_source(dir);

	scene_create(&s, 16);
	if (strict()) {
		REFUSED_SOURCE(&s, add_page(&s, at, CODE), EACCES, 602, AVOW_SRC_FILE_NOEXEC);
		REQUIRE_OK(add_page(&s, at, DATA));
	} else {
		REFUSED_SOURCE(&s, add_page(&s, at, CODE), EACCES, 601, AVOW_SRC_FILE_NOEXEC);
		REFUSED_SOURCE(&s, add_page(&s, at, DATA), EACCES, 601, AVOW_SRC_FILE_NOEXEC);
	}
	munmap((void *)at, PAGE);
	REQUIRE(!umount(dir));
}

static void not_executable(void)
{
	struct scene s;
	const u8 *at = source_anon(1, PROT_READ);

	scene_create(&s, 16);
	if (strict()) {
		REFUSED(&s, add_page(&s, at, CODE), EACCES, .rule = 602, .asked = true,
			.source_class = AVOW_SRC_ANON);
		/* It is the intent that counts, not SECINFO. */
		EXPECT_ERRNO(raw_add(&s, at, 0, PAGE, DATA, avow_page_intent(AVOW_RWX), NULL), EACCES);
		EXPECT_OK(raw_add(&s, at, 0, PAGE, CODE, avow_page_intent(AVOW_R), NULL));
	} else {
		EXPECT_OK(add_page(&s, at, CODE));
	}
}

static void executable(void)
{
	struct scene s;

	scene_create(&s, 16);
	EXPECT_OK(add_page(&s, source_code(1), CODE));
	EXPECT_OK(raw_add(&s, source_code(1), PAGE, PAGE, DATA, SGX_PAGE_MEASURE, NULL));
}

/* R4.1: each page by its own VMA; count tells where it stopped. */
static void spans_two_vmas(void)
{
	struct scene s;
	u8 *at = source_anon(4, PROT_READ | PROT_EXEC);
	u64 count = ~0ULL, used;

	REQUIRE(!mprotect(at + 2 * PAGE, 2 * PAGE, PROT_NONE));
	scene_create(&s, 16);
	used = epc_used(&s);
	EXPECT_ERRNO(raw_add(&s, at, 0, 4 * PAGE, CODE, SGX_PAGE_MEASURE, &count), EFAULT);
	EXPECT_EQ(count, 2 * PAGE);
	EXPECT_EQ(epc_used(&s), used + 2 * PAGE);
	EXPECT_SLOT(&s, PAGE, AVOW_R | AVOW_X, AVOW_R | AVOW_X, AVOW_RUN_PRESENT | AVOW_RUN_MEASURED);
	EXPECT_HOLE(&s, 2 * PAGE);
	/* The measurement is of the two pages that were added. */
	REQUIRE_OK(avow_measure_page(s.e.measure, 0, CODE, at));
	REQUIRE_OK(avow_measure_page(s.e.measure, PAGE, CODE, at + PAGE));
	scene_init(&s);
}

static void second_not_executable(void)
{
	struct scene s;
	u8 *at = source_anon(2, PROT_READ | PROT_EXEC);
	struct avow_refusal r;
	u64 count = ~0ULL;

	REQUIRE(!mprotect(at + PAGE, PAGE, PROT_READ));
	scene_create(&s, 16);
	EXPECT_ERRNO(raw_add(&s, at, 0, 2 * PAGE, CODE, 0, &count), EACCES);
	EXPECT_EQ(count, PAGE);
	REQUIRE(refusal_last(s.e.fd, &r));
	EXPECT_EQ(r.rule, 602);
	EXPECT_EQ(r.start, scene_at(&s, PAGE));
	EXPECT_EQ(r.end, scene_at(&s, 2 * PAGE));
	EXPECT_EQ(r.requested, AVOW_R | AVOW_X);
}

struct flipper {
	volatile u64 *word;
	volatile bool stop;
};

static void *flip(void *arg)
{
	struct flipper *f = arg;

	while (!f->stop)
		f->word[0] = f->word[511] = ~f->word[0];
	return NULL;
}

/*
 * R4.2: the source changes all the time while pages are added and measured. What was
 * measured must be what the enclave has: INIT with the measurement of its contents.
 */
static void copied_once(void)
{
	enum { PAGES = 64 };
	u8 *at = source_anon(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	struct flipper f = { .word = (volatile u64 *)at };
	struct scene s;
	pthread_t thread;
	unsigned int different = 0;
	u64 page;

	scene_create(&s, PAGES);
	REQUIRE(!pthread_create(&thread, NULL, flip, &f));
	for (page = 0; page < PAGES; page++)
		EXPECT_OK(raw_add(&s, at, page * PAGE, PAGE, DATA, SGX_PAGE_MEASURE, NULL));
	f.stop = true;
	pthread_join(thread, NULL);
	scene_map(&s, 0, PAGES, PROT_READ);
	for (page = 0; page < PAGES; page++) {
		const u8 *bytes = (const u8 *)scene_at(&s, page * PAGE);

		different += memcmp(bytes, (const u8 *)s.e.base, PAGE) != 0;
		REQUIRE_OK(avow_measure_page(s.e.measure, page * PAGE, DATA, bytes));
	}
	printf("# %u of %d pages differ from the first\n", different, PAGES);
	scene_init(&s);
}

/* The bytes that the enclave has are the source's, whatever it is. */
static void bytes_arrive(void)
{
	struct scene s;
	char path[64];
	int fd = source_file("/tmp", 3, path);
	const u8 *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	const struct avow_pages p = {
		.src = at,
		.offset = PAGE,
		.length = 3 * PAGE,
		.secinfo = CODE,
		.flags = SGX_PAGE_MEASURE,
	};

	REQUIRE(at != MAP_FAILED);
	scene_create(&s, 16);
	REQUIRE_OK(avow_enclave_add(&s.e, &p, NULL));
	scene_map(&s, PAGE, 3, PROT_READ);
	EXPECT(!memcmp((const u8 *)scene_at(&s, PAGE), at, 3 * PAGE));
	scene_init(&s);
	unlink(path);
}

/* Later writes to the source do not reach the enclave. */
static void a_copy(void)
{
	u8 *at = source_anon(1, PROT_READ | PROT_WRITE | PROT_EXEC);
	struct scene s;

	scene_create(&s, 16);
	REQUIRE_OK(raw_add(&s, at, 0, PAGE, DATA, 0, NULL));
	at[10] = (u8)~at[10];
	scene_map(&s, 0, 1, PROT_READ);
	EXPECT_EQ(probe_read(scene_at(&s, 10)).value, (u8)~at[10]);
}

TESTS(
	{ "R5.1 no mapping contains the source, but one comes next", no_vma, BOTH },
	{ "R5.2 the source is not readable", unreadable, BOTH },
	{ "R5.3 the source is an enclave's memory", special, BOTH },
	{ "R4.1 R5 the source ends within the request", beyond_end_of_file, BOTH },
	{ "R6.1 R6.2 a source on a noexec mount", noexec_mount, BOTH },
	{ "R6.2 a source that is not mapped executable", not_executable, BOTH },
	{ "R6.2 a source that is mapped executable serves for all", executable, BOTH },
	{ "R4.1 a source that spans two mappings, the second unreadable", spans_two_vmas, BOTH },
	{ "R4.1 R6.2 the second not executable", second_not_executable, STRICT },
	{ "R4.2 what is measured is what the enclave has, though the source changes", copied_once, BOTH },
	{ "R4.2 the bytes of a file arrive", bytes_arrive, BOTH },
	{ "R4.2 the enclave has a copy", a_copy, BOTH },
)
