// SPDX-License-Identifier: LGPL-2.1-or-later
/* R7, R14, R15: what a hook's denial does, with answers given by tests/denier. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "watch.h"

#define ANSWERS		"/sys/module/denier/parameters/"

static void denier_need(void)
{
	const char *path = getenv("AVOW_DENIER");
	int fd;

	if (access(ANSWERS, F_OK) == 0)
		return;
	fd = open(path ? path : "/lib/denier.ko", O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	REQUIRE(syscall(SYS_finit_module, fd, "", 0) == 0);
	close(fd);
}

/* A case that fails leaves its answer behind: each begins with none. */
static void answer(const char *hook, int value)
{
	static const char *const hooks[] = { "load", "map", "init" };
	char path[64], text[16];
	size_t i;
	int fd;

	denier_need();
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), ANSWERS "%s", hooks[i]);
		snprintf(text, sizeof(text), "%d", strcmp(hook, hooks[i]) ? 0 : value);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		REQUIRE(fd >= 0);
		REQUIRE(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
		close(fd);
	}
}

static void load(void)
{
	struct scene s;
	u64 count = 77;

	answer("", 0);
	scene_image(&s, 8);
	answer("load", -EPERM);
	REFUSED(&s, raw_add(&s, source_code(2), s.play, 2 * PAGE, avow_secinfo_reg(AVOW_R | AVOW_X),
			    SGX_PAGE_MEASURE, &count), EPERM, .rule = 702, .op = AVOW_OP_ADD_PAGES,
		.start = s.play, .end = s.play + PAGE, .requested = AVOW_R | AVOW_X,
		.loose = LOOSE_RIGHTS | LOOSE_CLASS);
	EXPECT_EQ(count, 0);
	EXPECT_HOLE(&s, s.play);
	answer("load", -EACCES);
	REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), s.play, PAGE, avow_secinfo_reg(AVOW_R), 0, NULL),
			EACCES, 702);
	answer("", 0);
	/* The measurement is what it was, as INIT proves, and the page can be added after all. */
	scene_add(&s, s.play, 1, AVOW_R | AVOW_X);
	scene_init(&s);
}

/* What is no errno is a denial too. */
static void load_clamped(void)
{
	static const int answers[] = { 1, 4096, -4096, -2000000000 };
	struct scene s;
	size_t i;

	answer("", 0);
	scene_create(&s, 16);
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		answer("load", answers[i]);
		REFUSED_PLAINLY(&s, raw_add(&s, source_code(1), 0, PAGE, avow_secinfo_reg(AVOW_R), 0,
					    NULL), EPERM, 702);
	}
	answer("", 0);
}

static void map(void)
{
	struct scene s;

	answer("", 0);
	scene_ready(&s, 2, AVOW_RWX, AVOW_RWX);
	scene_map(&s, s.play, 1, PROT_READ);
	scene_unmap(&s, s.play + PAGE, 1);
	answer("map", -EPERM);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EPERM, .rule = 1401,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_RWX, .loose = LOOSE_CLASS);
	REFUSED(&s, raw_map(&s, s.play + PAGE, 1, PROT_READ), EPERM, .rule = 1401,
		.op = AVOW_OP_MMAP, .start = s.play + PAGE, .end = s.play + 2 * PAGE,
		.requested = AVOW_R, .declared = AVOW_RWX, .loose = LOOSE_CLASS);
	answer("", 0);
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
}

static void init(void)
{
	struct scene s;

	answer("", 0);
	scene_create(&s, 16);
	scene_add(&s, 0, 1, AVOW_R);
	REQUIRE_OK(avow_enclave_sign(&s.e, scene_key()));
	answer("init", -EACCES);
	REFUSED_PLAINLY(&s, avow_enclave_init(&s.e) < 0 ? -1 : 0, EACCES, 1500);
	answer("", 0);
	EXPECT_OK(avow_enclave_init(&s.e));
}

TESTS(
	{ "R7.2 a page that the hook denies is not added", load, BOTH },
	{ "R7.2 an answer that is no errno is a denial", load_clamped, BOTH },
	{ "R14 a mapping that the hook denies is not made", map, BOTH },
	{ "R15 an enclave that the hook denies is not initialised", init, BOTH },
)
