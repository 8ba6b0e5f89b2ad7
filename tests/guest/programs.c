// SPDX-License-Identifier: LGPL-2.1-or-later
/* The three programs of the discussion that the intent model comes from: R1, R7, R8. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "tracing.h"
#include "watch.h"

#define HOOK	"p:hook_program security_enclave_load intent=$arg3:u32 class=$arg4:u32 measured=$arg5:u8\n"

static void hook_stop(void)
{
	tracing_append("events/kprobes/hook_program/enable", "0");
	tracing_append("kprobe_events", "-:hook_program\n");
}

static void hook_start(void)
{
	hook_stop();
	REQUIRE_OK(tracing_append("kprobe_events", HOOK));
	tracing_write("events/kprobes/hook_program/enable", "1");
	tracing_clear();
}

/* What the hook was asked, once: this intent, this class. */
static void expect_asked(u32 intent, u32 class)
{
	char trace[8192], want[64];

	tracing_read(trace, sizeof(trace));
	snprintf(want, sizeof(want), "intent=%u class=%u ", intent, class);
	EXPECT_EQ(tracing_count(trace, "hook_program:"), 1);
	if (!strstr(trace, want))
		FAIL("the hook was asked %s, not %s", trace, want);
	hook_stop();
}

/* One page from a file, which is unmapped, closed and deleted before the enclave is mapped. */
static void add_and_delete(struct scene *s, int prot, u64 secinfo, u64 flags)
{
	char path[64];
	int fd = source_file("/tmp", 1, path);
	void *at = mmap(NULL, PAGE, prot, MAP_PRIVATE, fd, 0);

	REQUIRE(at != MAP_FAILED);
	scene_image(s, 1);
	hook_start();
	REQUIRE_OK(raw_add(s, at, s->play, PAGE, secinfo, flags | SGX_PAGE_MEASURE, NULL));
	REQUIRE_OK(avow_measure_page(s->e.measure, s->play, secinfo, at));
	REQUIRE(!munmap(at, PAGE));
	close(fd);
	REQUIRE(!unlink(path));
	scene_init(s);
	scene_map(s, s->play, 1, PROT_READ);
}

/* Adds a page without saying what for; then mprotect(R|X). */
static void says_nothing(void)
{
	struct scene s;

	add_and_delete(&s, PROT_READ | PROT_EXEC, avow_secinfo_reg(AVOW_R | AVOW_X), 0);
	expect_asked(AVOW_R | AVOW_X, AVOW_SRC_FILE_EXEC);
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_WRITE), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_W, .declared = AVOW_R | AVOW_X,
		.source_class = AVOW_SRC_FILE_EXEC);
}

/* The same with R alone derived: the mapping cannot exceed what was never said. */
static void says_nothing_readable(void)
{
	struct scene s;

	add_and_delete(&s, PROT_READ, avow_secinfo_reg(AVOW_R), 0);
	expect_asked(AVOW_R, AVOW_SRC_FILE_NOEXEC);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R,
		.source_class = AVOW_SRC_FILE_NOEXEC);
}

/* Adds with R|X declared: asked with the source at the add, and allowed later for that. */
static void says_executable(void)
{
	struct scene s;

	add_and_delete(&s, PROT_READ | PROT_EXEC, avow_secinfo_reg(AVOW_R),
		       avow_page_intent(AVOW_R | AVOW_X));
	expect_asked(AVOW_R | AVOW_X, AVOW_SRC_FILE_EXEC);
	EXPECT_OK(raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC));
}

/* Adds with R declared, whatever SECINFO says; then mprotect(R|X). */
static void says_readable(void)
{
	struct scene s;

	add_and_delete(&s, PROT_READ | PROT_EXEC, avow_secinfo_reg(AVOW_R | AVOW_X),
		       avow_page_intent(AVOW_R));
	expect_asked(AVOW_R, AVOW_SRC_FILE_EXEC);
	REFUSED(&s, raw_protect(&s, s.play, 1, PROT_READ | PROT_EXEC), EACCES, .rule = 802,
		.op = AVOW_OP_MPROTECT, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R | AVOW_X, .declared = AVOW_R, .source_class = AVOW_SRC_FILE_EXEC);
}

TESTS(
	{ "R1.1 R7.1 R8.2 first program: no intent given, R|X derived", says_nothing, BOTH },
	{ "R1.1 R7.1 R8.2 first program: no intent given, R derived", says_nothing_readable, BOTH },
	{ "R1.1 R7.1 R8.2 second program: R|X declared", says_executable, BOTH },
	{ "R1.1 R7.1 R8.2 third program: R declared", says_readable, BOTH },
)
