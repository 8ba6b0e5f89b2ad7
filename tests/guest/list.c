// SPDX-License-Identifier: LGPL-2.1-or-later
/* R19: what is known of a range, as runs; and of the files behind it. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "inside.h"
#include "watch.h"

#define REG	(AVOW_RUN_PRESENT | AVOW_RUN_MEASURED)

static void expect_runs(struct scene *s, u64 offset, u64 length, const struct avow_run *want,
			size_t nr_want)
{
	struct avow_run *runs;
	size_t nr, i;

	REQUIRE_OK(avow_list_runs(s->e.fd, offset, length, &runs, &nr));
	EXPECT_EQ(nr, nr_want);
	for (i = 0; i < nr && i < nr_want; i++) {
		EXPECT_EQ(runs[i].offset, want[i].offset);
		EXPECT_EQ(runs[i].length, want[i].length);
		EXPECT_EQ(runs[i].state, want[i].state);
		EXPECT_EQ(runs[i].intent, want[i].intent);
		EXPECT_EQ(runs[i].epcm, want[i].epcm);
		EXPECT_EQ(runs[i].type, want[i].type);
		EXPECT_EQ(runs[i].source_class, want[i].source_class);
		EXPECT_EQ(runs[i].source, 0);
		EXPECT_EQ(runs[i].reserved, 0);
	}
	free(runs);
}

#define RUNS(...)	(const struct avow_run[]){ __VA_ARGS__ }

static void empty(void)
{
	struct scene s;

	scene_create(&s, 16);
	expect_runs(&s, 0, 16 * PAGE, NULL, 0);
}

/* Equal neighbours are one run, whether they were added together or not. */
static void maximal(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 3 * PAGE, 1, AVOW_R);
	scene_add(&s, 0, 3, AVOW_R);
	scene_add(&s, 4 * PAGE, 2, AVOW_R);
	scene_add(&s, 6 * PAGE, 1, AVOW_R | AVOW_W);
	scene_add(&s, 9 * PAGE, 1, AVOW_R);
	expect_runs(&s, 0, 16 * PAGE, RUNS(
		{ .offset = 0, .length = 6 * PAGE, .state = REG, .intent = AVOW_R, .epcm = AVOW_R,
		  .type = PT_REG, .source_class = AVOW_SRC_ANON },
		{ .offset = 6 * PAGE, .length = PAGE, .state = REG, .intent = AVOW_R | AVOW_W,
		  .epcm = AVOW_R | AVOW_W, .type = PT_REG, .source_class = AVOW_SRC_ANON },
		{ .offset = 9 * PAGE, .length = PAGE, .state = REG, .intent = AVOW_R, .epcm = AVOW_R,
		  .type = PT_REG, .source_class = AVOW_SRC_ANON }), 3);
}

static void clipped(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_add(&s, 0, 8, AVOW_R);
	expect_runs(&s, 2 * PAGE, 3 * PAGE, RUNS(
		{ .offset = 2 * PAGE, .length = 3 * PAGE, .state = REG, .intent = AVOW_R,
		  .epcm = AVOW_R, .type = PT_REG, .source_class = AVOW_SRC_ANON }), 1);
	expect_runs(&s, 7 * PAGE, 9 * PAGE, RUNS(
		{ .offset = 7 * PAGE, .length = PAGE, .state = REG, .intent = AVOW_R,
		  .epcm = AVOW_R, .type = PT_REG, .source_class = AVOW_SRC_ANON }), 1);
	expect_runs(&s, 8 * PAGE, 8 * PAGE, NULL, 0);
}

/* A full array: offset and length tell where to go on. */
static void continued(void)
{
	struct avow_run run = { 0 };
	struct avow_list arg = { .length = 16 * PAGE, .runs = (u64)&run, .nr = 1 };
	struct scene s;
	unsigned int calls = 0;
	u64 at = 0;

	scene_create(&s, 16);
	for (at = 0; at < 16 * PAGE; at += PAGE)
		scene_add(&s, at, 1, at / PAGE % 2 ? AVOW_R : AVOW_RWX);
	for (at = 0; arg.length; at += PAGE, calls++) {
		REQUIRE(calls < 17);
		arg.nr = 1;
		REQUIRE_OK(ioctl(s.e.fd, AVOW_IOC_LIST, &arg));
		EXPECT_EQ(arg.nr, 1);
		EXPECT_EQ(run.offset, at);
		EXPECT_EQ(run.length, PAGE);
		EXPECT_EQ(arg.offset, at + PAGE);
		EXPECT_EQ(arg.length, 16 * PAGE - arg.offset);
	}
	EXPECT_EQ(calls, 16);
}

/* Everything that makes a difference makes a run. */
static void differences(void)
{
	struct scene s;
	struct avow_run *runs;
	size_t nr;

	scene_image(&s, 16);
	scene_add_intent(&s, s.play, 8, AVOW_R | AVOW_W, AVOW_RWX);
	REQUIRE_OK(avow_declare_range(s.e.fd, s.play + 8 * PAGE, 2 * PAGE, AVOW_R));
	scene_init(&s);
	scene_map(&s, s.play + PAGE, 1, PROT_READ | PROT_WRITE);
	scene_map(&s, s.play + 2 * PAGE, 1, PROT_READ | PROT_EXEC);
	REQUIRE_OK(raw_restrict(&s, s.play + 3 * PAGE, 1, AVOW_R));
	REQUIRE_OK(raw_modify(&s, s.play + 4 * PAGE, 1, PT_TRIM));
	REQUIRE_OK(avow_lower_range(s.e.fd, s.play + 5 * PAGE, PAGE, AVOW_R));
	REQUIRE_OK(raw_modify(&s, s.play + 6 * PAGE, 1, PT_TCS));
	REQUIRE_OK(avow_list_runs(s.e.fd, s.play, 16 * PAGE, &runs, &nr));
	EXPECT_EQ(nr, 9);
	free(runs);
#define WITH	(REG | AVOW_RUN_EXPLICIT)
	EXPECT_SLOT(&s, s.play, AVOW_RWX, AVOW_R | AVOW_W, WITH);
	EXPECT_SLOT(&s, s.play + PAGE, AVOW_RWX, AVOW_R | AVOW_W, WITH | AVOW_RUN_EVER_W);
	EXPECT_SLOT(&s, s.play + 2 * PAGE, AVOW_RWX, AVOW_R | AVOW_W, WITH | AVOW_RUN_EVER_X);
	EXPECT_SLOT(&s, s.play + 3 * PAGE, AVOW_RWX, AVOW_R, WITH | AVOW_RUN_PR);
	EXPECT_SLOT(&s, s.play + 4 * PAGE, AVOW_RWX, 0, WITH | AVOW_RUN_MODIFIED);
	EXPECT_EQ(scene_run(&s, s.play + 4 * PAGE).type, PT_TRIM);
	EXPECT_SLOT(&s, s.play + 5 * PAGE, AVOW_R, AVOW_R | AVOW_W, WITH | AVOW_RUN_LOWERED);
	EXPECT_EQ(scene_run(&s, s.play + 6 * PAGE).type, PT_TCS);
	EXPECT_EQ(scene_run(&s, s.play + 6 * PAGE).intent, AVOW_R | AVOW_W);
	EXPECT_SLOT(&s, s.play + 7 * PAGE, AVOW_RWX, AVOW_R | AVOW_W, WITH);
	EXPECT_EQ(scene_run(&s, s.play + 9 * PAGE).type, 0);
	EXPECT_SLOT(&s, s.play + 9 * PAGE, AVOW_R, 0, AVOW_RUN_DYNAMIC | AVOW_RUN_EXPLICIT);
}

static void measured(void)
{
	const struct avow_pages p = {
		.src = source_code(1),
		.length = PAGE,
		.secinfo = avow_secinfo_reg(AVOW_R),
	};
	struct scene s;

	scene_create(&s, 16);
	REQUIRE_OK(avow_enclave_add(&s.e, &p, NULL));
	scene_add(&s, PAGE, 1, AVOW_R);
	EXPECT_SLOT(&s, 0, AVOW_R, AVOW_R, AVOW_RUN_PRESENT);
	EXPECT_SLOT(&s, PAGE, AVOW_R, AVOW_R, AVOW_RUN_PRESENT | AVOW_RUN_MEASURED);
	scene_init(&s);
}

/* A refused mapping is no history, and neither is PROT_NONE. */
static void history(void)
{
	struct scene s;

	scene_ready(&s, 1, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 1, PROT_NONE);
	EXPECT_ERRNO(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES);
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), 0);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ));
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), 0);
	REQUIRE_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE));
	EXPECT_EQ(scene_run(&s, s.play).state & (AVOW_RUN_EVER_W | AVOW_RUN_EVER_X), AVOW_RUN_EVER_W);
}

/* A page that is added under a mapping is mapped by it from its first access on. */
static void history_of_older_mapping(void)
{
	struct scene s;

	scene_create(&s, 16);
	scene_unmap(&s, 0, 1);
	REQUIRE_OK(raw_map(&s, 0, 1, PROT_READ | PROT_WRITE));
	scene_add(&s, 0, 1, AVOW_R | AVOW_W);
	EXPECT_EQ(scene_run(&s, 0).state & AVOW_RUN_EVER_W, 0);
	EXPECT_EQ(probe_read(scene_at(&s, 0)).signo, 0);
	EXPECT_EQ(scene_run(&s, 0).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
	scene_init(&s);
}

/* One source of each class that there is. */
static u32 class_of(const void *src, u64 length)
{
	struct avow_run run;
	struct scene s;

	contract = AVOW_COMPAT;
	scene_create(&s, 16);
	REQUIRE_OK(raw_add(&s, src, 0, length, avow_secinfo_reg(AVOW_R), 0, NULL));
	run = scene_run(&s, 0);
	scene_close(&s);
	return run.source_class;
}

static void classes(void)
{
	char path[64];
	int fd = source_file("/tmp", 1, path), memfd;
	u8 *at;

	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_EXEC);
	at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_NOEXEC);
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_NOEXEC);
	at[0] = 1;
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_WRITTEN);
	REQUIRE(!mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_WRITTEN);
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_SHARED_W);
	at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);	/* could be made writable */
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_SHARED_W);
	close(fd);
	fd = open(path, O_RDONLY);
	at = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_FILE_NOEXEC);

	memfd = memfd_create("source", MFD_CLOEXEC);
	REQUIRE(memfd >= 0 && !ftruncate(memfd, PAGE));
	at = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, memfd, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_SHMEM);
	at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	EXPECT_EQ(class_of(at, PAGE), AVOW_SRC_SHMEM);
	EXPECT_EQ(class_of(source_anon(1, PROT_READ), PAGE), AVOW_SRC_ANON);
	EXPECT_EQ(class_of(source_code(1), PAGE), AVOW_SRC_ANON);
	close(memfd);
	close(fd);
	unlink(path);
}

/* Pages of one mapping, one of them written: it is the page that counts. */
static void class_per_page(void)
{
	struct scene s;
	char path[64];
	int fd = source_file("/tmp", 3, path);
	u8 *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, fd, 0);

	REQUIRE(at != MAP_FAILED);
	at[PAGE + 5] ^= 1;
	scene_create(&s, 16);
	REQUIRE_OK(raw_add(&s, at, 0, 3 * PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	EXPECT_EQ(scene_run(&s, 0).source_class, AVOW_SRC_FILE_EXEC);
	EXPECT_EQ(scene_run(&s, PAGE).source_class, AVOW_SRC_FILE_WRITTEN);
	EXPECT_EQ(scene_run(&s, 2 * PAGE).source_class, AVOW_SRC_FILE_EXEC);
	unlink(path);
}

/* Which file it was, and under which name. */
static void sources(void)
{
	struct avow_source source = { 0 };
	struct avow_run run;
	struct scene s;
	struct stat st;
	char path[64], moved[80], *told, small[8];
	int fd = source_file("/tmp", 2, path);
	void *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	REQUIRE(at != MAP_FAILED && !fstat(fd, &st));
	scene_create(&s, 16);
	REQUIRE_OK(raw_add(&s, at, 0, 2 * PAGE, avow_secinfo_reg(AVOW_R), 0, NULL));
	snprintf(moved, sizeof(moved), "%s.moved", path);
	REQUIRE(!rename(path, moved));
	run = scene_run(&s, 0);
	EXPECT_EQ(run.source, scene_run(&s, PAGE).source);
	REQUIRE_OK(avow_source_path(s.e.fd, run.source, &told, &source));
	EXPECT(!strcmp(told, path));
	EXPECT_EQ(source.path_size, strlen(path) + 1);
	EXPECT_EQ(source.ino, st.st_ino);
	EXPECT_EQ(source.dev, st.st_dev);

	memset(small, 'x', sizeof(small));
	source = (struct avow_source){ .id = run.source, .path = (u64)small, .path_size = 5 };
	REQUIRE_OK(ioctl(s.e.fd, AVOW_IOC_SOURCE, &source));
	EXPECT(!strncmp(small, path, 4) && !small[4] && small[5] == 'x');
	EXPECT_EQ(source.path_size, strlen(path) + 1);

	REFUSED_UNRECORDED(&s, avow_source_path(s.e.fd, run.source + 1000, &told, NULL), ENOENT);
	REFUSED_UNRECORDED(&s, avow_source_path(s.e.fd, 0, &told, NULL), ENOENT);
	source = (struct avow_source){ .id = run.source, .path = (u64)small, .path_size = 5, .reserved = 1 };
	REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_SOURCE, &source), EINVAL);
	source = (struct avow_source){ .id = run.source, .path = 8, .path_size = 5 };
	REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_SOURCE, &source), EFAULT);
	unlink(moved);
}

static void arguments(void)
{
	static const struct { u64 offset, length; } bad[] = {
		{ 1, PAGE }, { 0, 0 }, { 0, 100 }, { 16 * PAGE, PAGE }, { 0, 17 * PAGE },
		{ 8 * PAGE, 9 * PAGE }, { ~0ULL - PAGE + 1, 2 * PAGE }, { PAGE, ~0ULL - PAGE + 1 },
	};
	struct avow_run run = { 0 };
	struct scene s;
	size_t i;

	scene_open(&s);
	{
		struct avow_list arg = { .length = PAGE, .runs = (u64)&run, .nr = 1 };

		REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_LIST, &arg), EINVAL);
	}
	scene_close(&s);
	scene_create(&s, 16);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct avow_list arg = {
			.offset = bad[i].offset,
			.length = bad[i].length,
			.runs = (u64)&run,
			.nr = 1,
		};

		REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_LIST, &arg), EINVAL);
	}
	for (i = 0; i < 3; i++) {
		struct avow_list arg = {
			.length = 16 * PAGE,
			.runs = i == 2 ? 8 : (u64)&run,
			.nr = i != 0,
			.reserved = i == 1,
		};

		if (i == 2)
			scene_add(&s, 0, 1, AVOW_R);
		REFUSED_UNRECORDED(&s, ioctl(s.e.fd, AVOW_IOC_LIST, &arg), i == 2 ? EFAULT : EINVAL);
	}
	scene_init(&s);
}

TESTS(
	{ "R19 an enclave without pages", empty, BOTH },
	{ "R19 runs are maximal, ascending, and leave out holes", maximal, BOTH },
	{ "R19 runs are clipped to the range", clipped, BOTH },
	{ "R19 a full array is continued", continued, BOTH },
	{ "R19 state, type, intent, EPCM and history are told", differences, BOTH },
	{ "R19 what is measured", measured, BOTH },
	{ "R19 R16.2 what is no history", history, BOTH },
	{ "R16.2 the history of an older mapping", history_of_older_mapping, COMPAT },
	{ "R19 the source's class", classes, ONCE },
	{ "R19 R4.1 the class of each page of one mapping", class_per_page, BOTH },
	{ "R19 R29.3 the source's file and path", sources, BOTH },
	{ "R29.1 R29.2 R29.4 R20.3 bad arguments of LIST", arguments, BOTH },
)
