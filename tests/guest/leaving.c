// SPDX-License-Identifier: LGPL-2.1-or-later
/* R39.3: a thread that leaves the range by a jump and not by EEXIT. */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <ucontext.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

/* Code outside, of the host's. */
static u64 code(const char *bytes, size_t size)
{
	u8 *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	REQUIRE(at != MAP_FAILED);
	memcpy(at, bytes, size);
	REQUIRE(!mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	return (u64)at;
}
#define CODE(bytes)	code(bytes, sizeof(bytes))

static void scene_plain(struct scene *s)
{
	scene_image(s, 1);
	scene_init(s);
}

static const struct avow_ssa_gprs *gprs(struct scene *s)
{
	return (const struct avow_ssa_gprs *)ssa_gprs(s, 0, 0);
}

/* Whatever the code outside runs into, it is #GP; the frame tells where it was. */
static void first_event(void)
{
	static const struct {
		const char *name, *bytes;
		size_t size;
		u64 at;		/* of the instruction that is noticed */
	} codes[] = {
#define BYTES(s)	s, sizeof(s) - 1
		{ "UD2", BYTES("\x0f\x0b"), 0 },
		{ "after two NOPs", BYTES("\x90\x90\x0f\x0b"), 2 },
		{ "SYSCALL", BYTES("\xb8\x27\x00\x00\x00\x0f\x05\xc3"), 5 },
		{ "INT 0x80", BYTES("\xb8\x14\x00\x00\x00\xcd\x80\xc3"), 5 },
		{ "HLT", BYTES("\xf4"), 0 },
		{ "a read at 0", BYTES("\x48\x8b\x04\x25\x00\x00\x00\x00"), 0 },
		{ "ENCLU[EEXIT]", BYTES("\xb8\x04\x00\x00\x00\x0f\x01\xd7"), 5 },
		{ "ENCLU[EENTER]", BYTES("\xb8\x02\x00\x00\x00\x0f\x01\xd7"), 5 },
	};
	struct op state = { .id = OP_STATE };
	struct scene s;
	size_t i;

	scene_plain(&s);
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct op op = { .id = OP_EXEC, .addr = code(codes[i].bytes, codes[i].size) };
		struct exit x = enter(&s, 0, &op);

		if (x.leaf != ENCLU_ERESUME || x.vector != VECTOR_GP || x.error || x.addr)
			FAIL("%s: leaf %u, vector %d, error %#llx", codes[i].name, x.leaf, x.vector,
			     (unsigned long long)x.error);
		if (x.leaf != ENCLU_ERESUME)
			continue;
		EXPECT_EQ(gprs(&s)->rip, op.addr + codes[i].at);
		/* It is outside, and the TCS can be entered. */
		EXPECT_INSIDE_OK(enter(&s, 0, &state));
		EXPECT_EQ(state.state[ST_RAX], 1);
		/* Resumed where it was, it is there again. */
		EXPECT_INSIDE(resume(&s, 0), VECTOR_GP, 0, 0);
		unwind(&s, 0);
	}
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static volatile u64 seen_rip, seen_rax;
static volatile int alarms;

/* A second alarm is for a loop that goes on: it is not resumed again. */
static void on_alarm(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)signo;
	(void)info;
	seen_rip = (u64)uc->uc_mcontext.gregs[REG_RIP];
	seen_rax = (u64)uc->uc_mcontext.gregs[REG_RAX];
	if (alarms++ && seen_rax == ENCLU_ERESUME)
		uc->uc_mcontext.gregs[REG_RAX] = ENCLU_EEXIT;
}

/* A loop outside is ended by the first signal: the handler sees the AEP, and ERESUME is #GP. */
static void ended_by_a_signal(void)
{
	struct sigaction act = { .sa_sigaction = on_alarm, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct itimerval timer = { .it_value = { 0, 100000 }, .it_interval = { 5, 0 } }, none = { 0 };
	struct op op = { .id = OP_EXEC, .addr = CODE("\xf3\x90\xeb\xfc") };
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
	REQUIRE(!sigaction(SIGALRM, &act, NULL));
	alarms = 0;
	REQUIRE(!setitimer(ITIMER_REAL, &timer, NULL));
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_GP, 0, 0);
	REQUIRE(!setitimer(ITIMER_REAL, &none, NULL));
	EXPECT_EQ(seen_rax, ENCLU_ERESUME);
	EXPECT(seen_rip < op.addr || seen_rip >= op.addr + PAGE);
	unwind(&s, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/*
 * A TCS whose entry is not in the range: the entry succeeds, and its first fetch does not. The
 * NOP is not executed.
 */
static void entry_outside(void)
{
	static u8 page[PAGE] __attribute__((aligned(4096)));
	struct avow_tcs *tcs = (struct avow_tcs *)page;
	struct avow_pages p = { .src = page, .length = PAGE, .secinfo = AVOW_SECINFO_TCS };
	struct op op = { .id = OP_NOTHING };
	u64 target = CODE("\x90\x0f\x0b");
	struct scene s;

	scene_image(&s, 1);
	memcpy(page, image_tcs(&s, 0), PAGE);
	tcs->oentry = target - s.e.base;
	p.offset = s.play;
	REQUIRE_OK(avow_enclave_add(&s.e, &p, NULL));
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_INSIDE(enter(&s, s.play, &op), VECTOR_GP, 0, 0);
	EXPECT_EQ(gprs(&s)->rip, target);
	EXPECT_INSIDE(enter(&s, s.play, &op), VECTOR_GP, 0, 0);
	/* Two frames are used now. */
	EXPECT_NO_ENTRY(enter(&s, s.play, &op), VECTOR_GP, 0, 0);
}

/* A frame whose RIP is not in the range; and the signal where there is no vDSO. */
static void frame_outside(void)
{
	struct op op = { .id = OP_UD };
	u64 target = CODE("\x90\x0f\x0b"), rip;
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	rip = (u64)&gprs(&s)->rip;
	EXPECT_INSIDE_OK(inside_write64(&s, 0, rip, target));
	EXPECT_INSIDE(resume(&s, 0), VECTOR_GP, 0, 0);
	EXPECT_EQ(gprs(&s)->rip, target);
	unwind(&s, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* What is not noticed: code outside that raises nothing and comes back. THREATS.md says so. */
static void not_noticed(void)
{
	struct op op = { .id = OP_EXEC, .addr = CODE("\xc3") };
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
}

TESTS(
	{ "R39.3 the first event outside of the range is a GP", first_event, BOTH },
	{ "R39.3 R35 a loop outside of the range, and a signal", ended_by_a_signal, BOTH },
	{ "R39.3 R30 an entry outside of the range", entry_outside, ONCE },
	{ "R39.3 R33 a frame that goes on outside of the range", frame_outside, BOTH },
	{ "R39.3 what raises nothing is not noticed", not_noticed, ONCE },
)
