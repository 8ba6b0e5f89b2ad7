// SPDX-License-Identifier: LGPL-2.1-or-later
/* R17.1, R17.2: what a debugger may do to enclave memory. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "inside.h"
#include "watch.h"

static void scene_of(struct scene *s, u64 attributes)
{
	struct avow_params params = { .attributes = attributes };

	scene_image_with(s, 8, &params);
	scene_add(s, s->play, 1, AVOW_R);
	scene_add(s, s->play + PAGE, 1, AVOW_R | AVOW_W);
	scene_add_intent(s, s->play + 2 * PAGE, 1, 0, AVOW_R);
	scene_init(s);
	scene_map(s, s->play, 2, PROT_NONE);
	scene_map(s, s->play + 2 * PAGE, 1, PROT_NONE);
}

static int mem(void)
{
	static int fd = -1;

	if (fd < 0)
		fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	REQUIRE(fd >= 0);
	return fd;
}

/* 0, or -1 and errno. */
static int mem_read(u64 addr, void *to, size_t length)
{
	ssize_t n = pread(mem(), to, length, (off_t)addr);

	return n == (ssize_t)length ? 0 : -1;
}

static int mem_write(u64 addr, const void *from, size_t length)
{
	ssize_t n = pwrite(mem(), from, length, (off_t)addr);

	return n == (ssize_t)length ? 0 : -1;
}

/* /proc/PID/mem says EIO for what access() refuses. */
#define MEM_ERRNO EIO

static void reads(void)
{
	struct scene s;
	u8 bytes[64];
	size_t i;

	scene_of(&s, ATTR_MODE64BIT | ATTR_DEBUG);
	/* Neither the mapping nor the EPCM stands against it. */
	REQUIRE_OK(mem_read(scene_at(&s, s.play + 2 * PAGE + 100), bytes, sizeof(bytes)));
	for (i = 0; i < sizeof(bytes); i++)
		EXPECT_EQ(bytes[i], source_byte(0, 100 + i));
	/* Across the border of two pages. */
	REQUIRE_OK(mem_read(scene_at(&s, s.play + PAGE - 32), bytes, sizeof(bytes)));
	EXPECT_EQ(bytes[31], source_byte(0, PAGE - 1));
	EXPECT_EQ(bytes[33], source_byte(0, 1));
}

static void writes(void)
{
	struct scene s;
	u8 byte = 0x5a;

	scene_of(&s, ATTR_MODE64BIT | ATTR_DEBUG);
	REQUIRE_OK(mem_write(scene_at(&s, s.play + PAGE), &byte, 1));
	byte = 0;
	REQUIRE_OK(mem_read(scene_at(&s, s.play + PAGE), &byte, 1));
	EXPECT_EQ(byte, 0x5a);
	if (strict()) {
		REFUSED(&s, mem_write(scene_at(&s, s.play), &byte, 1), MEM_ERRNO, .rule = 1702,
			.op = AVOW_OP_DEBUG_ACCESS, .start = s.play, .end = s.play + PAGE,
			.requested = AVOW_W, .declared = AVOW_R, .source_class = AVOW_SRC_ANON,
			.loose = LOOSE_ERRNO);
		REQUIRE_OK(mem_read(scene_at(&s, s.play), &byte, 1));
		EXPECT_EQ(byte, source_byte(0, 0));
	} else {
		REQUIRE_OK(mem_write(scene_at(&s, s.play), &byte, 1));
		byte = 0;
		REQUIRE_OK(mem_read(scene_at(&s, s.play), &byte, 1));
		EXPECT_EQ(byte, 0x5a);
	}
}

static void production(void)
{
	struct scene s;
	u8 byte = 0x5a;

	scene_of(&s, ATTR_MODE64BIT);
	REFUSED(&s, mem_read(scene_at(&s, s.play), &byte, 1), MEM_ERRNO, .rule = 1701,
		.op = AVOW_OP_DEBUG_ACCESS, .start = s.play, .end = s.play + PAGE,
		.requested = AVOW_R, .declared = AVOW_R, .source_class = AVOW_SRC_ANON,
		.loose = LOOSE_ERRNO);
	REFUSED(&s, mem_write(scene_at(&s, s.play + PAGE), &byte, 1), MEM_ERRNO, .rule = 1701,
		.op = AVOW_OP_DEBUG_ACCESS, .start = s.play + PAGE, .end = s.play + 2 * PAGE,
		.requested = AVOW_W, .declared = AVOW_R | AVOW_W, .source_class = AVOW_SRC_ANON,
		.loose = LOOSE_ERRNO);
	scene_map(&s, s.play + PAGE, 1, PROT_READ);
	EXPECT_EQ(probe_read(scene_at(&s, s.play + PAGE)).value, source_byte(0, 0));
}

static void hole(void)
{
	struct scene s;
	u8 byte = 0;

	scene_of(&s, ATTR_MODE64BIT | ATTR_DEBUG);
	scene_map(&s, s.play + 3 * PAGE, 1, PROT_NONE);
	REFUSED(&s, mem_read(scene_at(&s, s.play + 3 * PAGE), &byte, 1), MEM_ERRNO, .rule = 1701,
		.op = AVOW_OP_DEBUG_ACCESS, .start = s.play + 3 * PAGE, .end = s.play + 4 * PAGE,
		.requested = AVOW_R, .loose = LOOSE_ERRNO);
}

static void tcs(void)
{
	const u64 flags_at = offsetof(struct avow_tcs, flags);
	struct avow_tcs tcs;
	struct scene s;
	u64 value = TCS_DBGOPTIN, offset;

	scene_of(&s, ATTR_MODE64BIT | ATTR_DEBUG);
	REQUIRE_OK(mem_read(scene_at(&s, 0), &tcs, sizeof(tcs)));
	EXPECT_EQ(tcs.nssa, ENCL_NSSA_0);
	EXPECT_EQ(tcs.ossa, image_tcs(&s, 0)->ossa);
	REQUIRE_OK(mem_write(scene_at(&s, flags_at), &value, 8));
	REQUIRE_OK(mem_read(scene_at(&s, 0), &tcs, sizeof(tcs)));
	EXPECT_EQ(tcs.flags, TCS_DBGOPTIN);
	for (offset = 0; offset < 128; offset += 8) {
		if (offset == flags_at)
			continue;
		REFUSED(&s, mem_write(scene_at(&s, offset), &value, 8), MEM_ERRNO, .rule = 1701,
			.op = AVOW_OP_DEBUG_ACCESS, .start = 0, .end = PAGE, .requested = AVOW_W,
			.declared = AVOW_R | AVOW_W, .source_class = scene_run(&s, 0).source_class,
		.loose = LOOSE_ERRNO);
	}
	REFUSED(&s, mem_write(scene_at(&s, flags_at + 4), &value, 8), MEM_ERRNO, .rule = 1701,
		.op = AVOW_OP_DEBUG_ACCESS, .start = 0, .end = PAGE, .requested = AVOW_W,
		.declared = AVOW_R | AVOW_W, .source_class = scene_run(&s, 0).source_class,
		.loose = LOOSE_ERRNO);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void traced(void *arg)
{
	(void)arg;
	REQUIRE(!ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
}

/* The same by PTRACE_PEEKDATA and PTRACE_POKEDATA, which say EIO. */
static void by_ptrace(struct scene *s, bool debug)
{
	pid_t pid = fork_child(traced, NULL);
	u64 data = scene_at(s, s->play + PAGE), read_only = scene_at(s, s->play);
	int status;
	long word;

	REQUIRE(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, data, NULL);
	EXPECT_EQ(errno, debug ? 0 : EIO);
	if (debug)
		EXPECT_EQ(word & 0xff, source_byte(0, 0));
	EXPECT_ERRNO(ptrace(PTRACE_POKEDATA, pid, data, 0x6161616161616161), debug ? 0 : EIO);
	if (debug)
		EXPECT_EQ(ptrace(PTRACE_PEEKDATA, pid, data, NULL), 0x6161616161616161);
	EXPECT_ERRNO(ptrace(PTRACE_POKEDATA, pid, read_only, 0x6262626262626262),
		     !debug || strict() ? EIO : 0);
	REQUIRE(!ptrace(PTRACE_CONT, pid, NULL, NULL));
	expect_child(pid);
}

static void ptrace_debug(void)
{
	struct scene s;

	scene_of(&s, ATTR_MODE64BIT | ATTR_DEBUG);
	by_ptrace(&s, true);
}

static void ptrace_production(void)
{
	struct scene s;

	scene_of(&s, ATTR_MODE64BIT);
	by_ptrace(&s, false);
}

/* A debugger's write is not a mapping: neither history nor intent change. */
static void no_history(void)
{
	struct scene s;
	u8 byte = 1;

	scene_of(&s, ATTR_MODE64BIT | ATTR_DEBUG);
	REQUIRE_OK(mem_write(scene_at(&s, s.play + PAGE), &byte, 1));
	EXPECT_EQ(scene_run(&s, s.play + PAGE).state & AVOW_RUN_EVER_W, 0);
}

TESTS(
	{ "R17.1 a DEBUG enclave is read, whatever mapping and EPCM", reads, BOTH },
	{ "R17.2 a DEBUG enclave is written, in strict where the intent has W", writes, BOTH },
	{ "R17.1 another enclave is neither read nor written", production, BOTH },
	{ "R17.1 a hole", hole, BOTH },
	{ "R17.1 of a TCS only FLAGS is written", tcs, BOTH },
	{ "R17.1 R17.2 by ptrace, of a DEBUG enclave", ptrace_debug, BOTH },
	{ "R17.1 by ptrace, of another", ptrace_production, BOTH },
	{ "R17 R16.2 a debugger's write leaves no history", no_history, BOTH },
)
