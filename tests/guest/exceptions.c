// SPDX-License-Identifier: LGPL-2.1-or-later
/* R32, R33, R39: each exception that can be raised inside, and what is no instruction there. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

#define VECTOR_BP	3
#define VECTOR_MF	16
#define VECTOR_AC	17
#define VECTOR_XM	19
#define NOT_CANONICAL	0x8000000000000000ULL
#define SYS_GETPPID	110

/* What raises it, as what it arrives, and by which bytes it is known. */
static const struct raiser {
	const char *name;
	unsigned long op, value, addr;
	int vector;
	u64 error;
	int signo;		/* without the vDSO */
	u8 opcode[2];
	unsigned int nr;	/* bytes of the opcode that are known */
} raisers[] = {
	{ "#DE", OP_DIVIDE, 0, 0, VECTOR_DE, 0, SIGFPE, { 0 }, 0 },
	{ "#UD", OP_UD, 0, 0, VECTOR_UD, 0, SIGILL, { 0x0f, 0x0b }, 2 },
	{ "#GP", OP_READ, 0, NOT_CANONICAL, VECTOR_GP, 0, SIGSEGV, { 0 }, 0 },
	{ "#GP of SSE", OP_INSTRUCTION, I_SSE_UNALIGNED, 0, VECTOR_GP, 0, SIGSEGV, { 0x0f, 0x28 }, 2 },
	{ "#PF", OP_WRITE, 0, 0x7123, VECTOR_PF, PF_USER | PF_WRITE, SIGSEGV, { 0 }, 0 },
	{ "#MF", OP_X87, 0, 0, VECTOR_MF, 0, SIGFPE, { 0x9b }, 1 },
	{ "INT3", OP_INSTRUCTION, I_INT3, 0, VECTOR_UD, 0, SIGILL, { 0xcc }, 1 },
	{ "INT 3", OP_INSTRUCTION, I_INT3_LONG, 0, VECTOR_UD, 0, SIGILL, { 0xcd, 0x03 }, 2 },
	{ "INT 0x80", OP_INSTRUCTION, I_INT80, 0, VECTOR_UD, 0, SIGILL, { 0xcd, 0x80 }, 2 },
	{ "INT 6", OP_INSTRUCTION, I_INT6, 0, VECTOR_UD, 0, SIGILL, { 0xcd, 0x06 }, 2 },
	{ "SYSCALL", OP_INSTRUCTION, I_SYSCALL, 0, VECTOR_UD, 0, SIGILL, { 0x0f, 0x05 }, 2 },
	{ "IN", OP_INSTRUCTION, I_IN, 0, VECTOR_UD, 0, SIGILL, { 0xe4, 0x80 }, 2 },
	{ "IN DX", OP_INSTRUCTION, I_IN_DX, 0, VECTOR_UD, 0, SIGILL, { 0xed }, 1 },
	{ "OUT", OP_INSTRUCTION, I_OUT, 0, VECTOR_UD, 0, SIGILL, { 0xe6, 0x80 }, 2 },
	{ "OUT DX", OP_INSTRUCTION, I_OUT_DX, 0, VECTOR_UD, 0, SIGILL, { 0x66, 0xef }, 2 },
	{ "REP INSB", OP_INSTRUCTION, I_INSB, 0, VECTOR_UD, 0, SIGILL, { 0xf3, 0x6c }, 2 },
	{ "RDPMC", OP_INSTRUCTION, I_RDPMC, 0, VECTOR_UD, 0, SIGILL, { 0x0f, 0x33 }, 2 },
	{ "MOV DS", OP_INSTRUCTION, I_MOV_DS, 0, VECTOR_UD, 0, SIGILL, { 0x8e }, 1 },
	/* RETF and IRET not: TCG pops their frame with supervisor rights, which SMAP forbids. */
	{ "JMP FAR", OP_INSTRUCTION, I_FAR_JMP, 0, VECTOR_UD, 0, SIGILL, { 0xff }, 1 },
	{ "OUTSL", OP_INSTRUCTION, I_OUTSL, 0, VECTOR_UD, 0, SIGILL, { 0x6f }, 1 },
};

#define NR_RAISERS	(sizeof(raisers) / sizeof(raisers[0]))

static struct op op_of(const struct raiser *r)
{
	return (struct op){ .id = r->op, .value = r->value, .addr = r->addr };
}

static const struct avow_ssa_gprs *gprs(struct scene *s, u64 tcs, u32 frame)
{
	return (const struct avow_ssa_gprs *)ssa_gprs(s, tcs, frame);
}

/* What EXITINFO says of a vector. */
static u32 exitinfo(int vector, bool exinfo)
{
	if (!exinfo && (vector == VECTOR_PF || vector == VECTOR_GP))
		return 0;
	return EXITINFO_VALID | EXITINFO_TYPE_HW | (u32)vector;
}

static void expect_frame(struct scene *s, const struct raiser *r, bool exinfo)
{
	const struct avow_ssa_gprs *g = gprs(s, 0, 0);

	if (g->exitinfo != exitinfo(r->vector, exinfo))
		FAIL("%s: EXITINFO is %#x", r->name, g->exitinfo);
	if (g->rip < s->e.base || g->rip >= s->e.base + s->e.size)
		FAIL("%s: RIP is %#llx", r->name, (unsigned long long)g->rip);
	else if (memcmp((const void *)g->rip, r->opcode, r->nr))
		FAIL("%s: at RIP there is %02x %02x", r->name, ((const u8 *)g->rip)[0],
		     ((const u8 *)g->rip)[1]);
	if (r->value == I_SYSCALL || r->value == I_INT80)
		EXPECT_EQ(g->rax, SYS_GETPPID);
	if (exinfo && (r->vector == VECTOR_PF || r->vector == VECTOR_GP)) {
		const struct avow_ssa_exinfo *info = (const struct avow_ssa_exinfo *)g - 1;

		EXPECT_EQ(info->maddr & ~(PAGE - 1), r->vector == VECTOR_PF ? r->addr & ~(PAGE - 1) : 0);
		EXPECT_EQ(info->errcd, r->error);
		EXPECT_EQ(info->reserved, 0);
	}
}

static void by_vdso(u32 miscselect)
{
	struct avow_params params = { .miscselect = miscselect };
	struct scene s;
	size_t i;

	scene_image_with(&s, 1, &params);
	scene_init(&s);
	for (i = 0; i < NR_RAISERS; i++) {
		const struct raiser *r = &raisers[i];
		struct op op = op_of(r);
		struct exit x = enter(&s, 0, &op);

		if (x.leaf != ENCLU_ERESUME || x.vector != r->vector || x.error != r->error ||
		    x.addr != (r->vector == VECTOR_PF ? r->addr & ~(PAGE - 1) : 0))
			FAIL("%s: leaf %u, vector %d, error %#llx, address %#llx", r->name, x.leaf,
			     x.vector, (unsigned long long)x.error, (unsigned long long)x.addr);
		if (x.leaf != ENCLU_ERESUME)
			continue;
		expect_frame(&s, r, miscselect);
		unwind(&s, 0);
	}
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void reported(void)
{
	by_vdso(0);
}

static void reported_with_exinfo(void)
{
	by_vdso(MISC_EXINFO);
}

static volatile int signals, seen_signo, seen_trap;
static volatile int seen_code;
static volatile u64 seen_error, seen_addr;
static u64 seen[NGREG];

static void on_signal(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
	int i;

	signals++;
	seen_signo = signo;
	seen_code = info->si_code;
	seen_addr = (u64)info->si_addr;
	seen_trap = (int)uc->uc_mcontext.gregs[REG_TRAPNO];
	seen_error = (u64)uc->uc_mcontext.gregs[REG_ERR];
	for (i = 0; i < NGREG; i++)
		seen[i] = (u64)uc->uc_mcontext.gregs[i];
}

static sigjmp_buf back;

static void on_trap(int signo, siginfo_t *info, void *context)
{
	on_signal(signo, info, context);
	siglongjmp(back, 1);
}

/* What the signal says beside its number: no address of the enclave, and none but a page of any. */
static void expect_info(const struct raiser *r)
{
	u64 addr = r->vector == VECTOR_PF ? r->addr & ~(PAGE - 1) : (u64)regs_enclu_aep;
	int code = r->vector == VECTOR_PF ? SEGV_MAPERR : r->vector == VECTOR_UD ? ILL_ILLOPN : FPE_INTDIV;

	if (r->vector == VECTOR_GP) {
		EXPECT_EQ(seen_code, SI_KERNEL);
	} else if (r->vector != VECTOR_MF) {
		EXPECT_EQ(seen_code, code);
		EXPECT_EQ(seen_addr, addr);
	}
	if (r->vector == VECTOR_MF)
		EXPECT_EQ(seen_addr, addr);
	if (r->vector == VECTOR_PF)
		EXPECT_EQ(seen[REG_CR2], addr);
}

/* A program's own ENCLU: the signal of the exception, whose handler sees the state outside. */
static void by_signal(void)
{
	static const int handled[] = { SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGTRAP };
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	static struct regs in, out;
	struct scene s;
	size_t i;

	scene_image(&s, 1);
	scene_init(&s);
	for (i = 0; i < sizeof(handled) / sizeof(handled[0]); i++)
		REQUIRE(!sigaction(handled[i], &act, NULL));
	in.gpr[0] = ENCLU_EENTER;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	in.gpr[3] = scene_at(&s, 0);
	for (i = 0; i < NR_RAISERS; i++) {
		const struct raiser *r = &raisers[i];
		struct op op = op_of(r);

		signals = 0;
		in.gpr[7] = (u64)&op;
		EXPECT_EQ(regs_enclu(&in, &out), 1);
		if (signals != 1 || seen_signo != r->signo || seen_trap != r->vector ||
		    seen_error != r->error)
			FAIL("%s: %d signals, SIG%s, trap %d, error %#llx", r->name, signals,
			     sigabbrev_np(seen_signo), seen_trap, (unsigned long long)seen_error);
		EXPECT_EQ(seen[REG_RIP], (u64)regs_enclu_aep);
		EXPECT_EQ(seen[REG_RAX], ENCLU_ERESUME);
		EXPECT_EQ(seen[REG_RBX], scene_at(&s, 0));
		EXPECT_EQ(seen[REG_RCX], (u64)regs_enclu_aep);
		expect_info(r);
		expect_frame(&s, r, false);
		/* A nested entry by the same way sets the frame right. */
		op = (struct op){ .id = OP_RECOVER,
				  .addr = ssa_gprs(&s, 0, 0) + offsetof(struct avow_ssa_gprs, rip) };
		EXPECT_EQ(regs_enclu(&in, &out), 0);
		in.gpr[0] = ENCLU_ERESUME;
		EXPECT_EQ(regs_enclu(&in, &out), 0);
		in.gpr[0] = ENCLU_EENTER;
	}
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* An access that the EPCM denies, by a program's own ENCLU: SIGSEGV that says so. */
static void epcm_by_signal(void)
{
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	static struct regs in, out;
	struct op op = { .id = OP_WRITE, .value = 1 };
	struct scene s;

	scene_image(&s, 1);
	scene_add_intent(&s, s.play, 1, AVOW_R, AVOW_R | AVOW_W);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	REQUIRE(!sigaction(SIGSEGV, &act, NULL));
	op.addr = scene_at(&s, s.play + 0x123);
	in.gpr[0] = ENCLU_EENTER;
	in.gpr[3] = scene_at(&s, 0);
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	EXPECT_EQ(regs_enclu(&in, &out), 1);
	EXPECT_EQ(signals, 1);
	EXPECT_EQ(seen_trap, VECTOR_PF);
	EXPECT_EQ(seen_error, PF_SGX | PF_PRESENT | PF_USER | PF_WRITE);
	EXPECT_EQ(seen_code, SEGV_ACCERR);
	EXPECT_EQ(seen_addr, scene_at(&s, s.play));
	EXPECT_EQ(seen[REG_CR2], scene_at(&s, s.play));
	/* So does a leaf: EENTER at a page that is no TCS. */
	in.gpr[3] = scene_at(&s, s.play);
	signals = 0;
	in.gpr[1] = (u64)regs_enclu_aep;
	if (!sigsetjmp(back, 1)) {
		act.sa_sigaction = on_trap;
		REQUIRE(!sigaction(SIGSEGV, &act, NULL));
		regs_enclu(&in, &out);
		FAIL("no SIGSEGV");
	}
	EXPECT_EQ(seen_error, PF_SGX | PF_PRESENT | PF_USER);
	EXPECT_EQ(seen_code, SEGV_ACCERR);
	EXPECT_EQ(seen_addr, scene_at(&s, s.play));
	EXPECT_EQ(seen[REG_RIP], (u64)regs_enclu_at);
}

/* ---- what not every CPU raises, an emulated one least: inside it is as it is outside ---- */

static void read_unaligned(void)
{
	static u64 room[2];

	__asm__ volatile("pushfq\n\t"
			 "orl $0x40000, (%%rsp)\n\t"
			 "popfq\n\t"
			 "mov 1(%0), %%rax\n\t"
			 "pushfq\n\t"
			 "andl $~0x40000, (%%rsp)\n\t"
			 "popfq"
			 : : "r"(room) : "rax", "memory", "cc");
}

static void divide_by_zero(void)
{
	unsigned int unmasked = 0x1f80 & ~(1U << 9), masked = 0x1f80;

	__asm__ volatile("ldmxcsr %0\n\t"
			 "xorps %%xmm0, %%xmm0\n\t"
			 "pcmpeqd %%xmm1, %%xmm1\n\t"
			 "cvtdq2ps %%xmm1, %%xmm1\n\t"
			 "divss %%xmm0, %%xmm1\n\t"
			 "ldmxcsr %1"
			 : : "m"(unmasked), "m"(masked) : "xmm0", "xmm1");
}

/* The handler masks the exception, and the instruction is done again. */
static void on_optional(int signo, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	on_signal(signo, info, context);
	uc->uc_mcontext.gregs[REG_EFL] &= ~0x40000LL;
	uc->uc_mcontext.fpregs->mxcsr = 0x1f80;
}

static void as_outside(void)
{
	static const struct {
		const char *name;
		void (*outside)(void);
		unsigned long inside;
		int vector;
	} optional[] = {
		{ "#AC", read_unaligned, I_UNALIGNED, VECTOR_AC },
		{ "#XM", divide_by_zero, I_SSE, VECTOR_XM },
	};
	struct sigaction act = { .sa_sigaction = on_optional, .sa_flags = SA_SIGINFO };
	struct scene s;
	size_t i;

	scene_image(&s, 1);
	scene_init(&s);
	REQUIRE(!sigaction(SIGBUS, &act, NULL));
	REQUIRE(!sigaction(SIGFPE, &act, NULL));
	for (i = 0; i < sizeof(optional) / sizeof(optional[0]); i++) {
		struct op op = { .id = OP_INSTRUCTION, .value = optional[i].inside };

		signals = 0;
		optional[i].outside();
		if (!signals) {
			printf("# this CPU raises no %s\n", optional[i].name);
			EXPECT_INSIDE_OK(enter(&s, 0, &op));
			continue;
		}
		EXPECT_EQ(seen_trap, optional[i].vector);
		EXPECT_INSIDE(enter(&s, 0, &op), optional[i].vector, 0, 0);
		EXPECT_EQ(gprs(&s, 0, 0)->exitinfo, exitinfo(optional[i].vector, false));
		unwind(&s, 0);
	}
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* After an entry that a debugger has opted in to, INT3 is #BP: a fault, at the instruction. */
static void breakpoint(void)
{
	struct sigaction act = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO };
	struct op op = { .id = OP_INSTRUCTION, .value = I_INT3 };
	struct scene s;

	scene_image(&s, 1);
	scene_init(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
	tcs_set_flags(&s, 0, TCS_DBGOPTIN);
	REQUIRE(!sigaction(SIGTRAP, &act, NULL));
	if (!sigsetjmp(back, 1)) {
		enter(&s, 0, &op);
		FAIL("no SIGTRAP");
	}
	EXPECT_EQ(signals, 1);
	EXPECT_EQ(seen[REG_RAX], ENCLU_ERESUME);
	EXPECT_EQ(seen[REG_RBX], scene_at(&s, 0));
	EXPECT(seen[REG_RIP] < s.e.base || seen[REG_RIP] >= s.e.base + s.e.size);
	EXPECT_EQ(gprs(&s, 0, 0)->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_SW | VECTOR_BP);
	EXPECT_EQ(*(const u8 *)gprs(&s, 0, 0)->rip, 0xcc);
	unwind(&s, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* ---- frames of four pages ---- */

#define FRAME_PAGES	4
#define FRAMES		2

/* A TCS of its own at s->play, its frames behind it. */
static void scene_frames(struct scene *s)
{
	struct avow_params params = { .ssa_frame_size = FRAME_PAGES, .miscselect = MISC_EXINFO };
	static u8 page[PAGE] __attribute__((aligned(4096)));
	struct avow_tcs *tcs = (struct avow_tcs *)page;
	struct avow_pages p = { .src = page, .length = PAGE, .secinfo = AVOW_SECINFO_TCS };

	scene_image_with(s, 1 + FRAMES * FRAME_PAGES, &params);
	*tcs = *image_tcs(s, 0);
	tcs->ossa = s->play + PAGE;
	p.offset = s->play;
	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
	scene_add(s, s->play + PAGE, FRAMES * FRAME_PAGES, AVOW_R | AVOW_W);
	scene_init(s);
	scene_map(s, s->play, 1 + FRAMES * FRAME_PAGES, PROT_READ | PROT_WRITE);
}

static const struct avow_ssa_gprs *frame_gprs(struct scene *s, u64 n)
{
	return (const struct avow_ssa_gprs *)scene_at(s, s->play + PAGE +
						      (n + 1) * FRAME_PAGES * PAGE) - 1;
}

/* Bytes of the frames' pages that nobody has a reason to write. */
static void expect_untouched(struct scene *s, u64 n)
{
	u64 first = n * FRAME_PAGES, page;

	for (page = first + 1; page < first + FRAME_PAGES - 1; page++) {
		const u8 *at = (const u8 *)scene_at(s, s->play + PAGE + page * PAGE);
		u64 i;

		for (i = 0; i < PAGE; i++)
			if (at[i] != source_byte(page, i)) {
				FAIL("page %llu of the frames was written", (unsigned long long)page);
				break;
			}
	}
}

static void wide_frames(void)
{
	struct op op = { .id = OP_REGS }, other = { .id = OP_UD }, state = { .id = OP_STATE };
	struct scene s;
	u64 tcs;
	int i, j;

	scene_frames(&s);
	tcs = s.play;
	op.addr = (u64)source_anon(1, PROT_NONE);
	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			op.xmm[i][j] = (u8)(i * 16 + j + 1);
	EXPECT_INSIDE(enter(&s, tcs, &op), VECTOR_PF, ANY_ERROR, op.addr);
	EXPECT_EQ(frame_gprs(&s, 0)->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_PF);
	EXPECT_EQ(frame_gprs(&s, 0)->r15, REG_PATTERN + 15);
	EXPECT(!memcmp((const void *)scene_at(&s, s.play + PAGE + 160), op.xmm, sizeof(op.xmm)));
	expect_untouched(&s, 0);

	EXPECT_INSIDE_OK(enter(&s, tcs, &state));
	EXPECT_EQ(state.state[ST_RAX], 1);
	EXPECT_INSIDE(enter(&s, tcs, &other), VECTOR_UD, 0, 0);
	EXPECT_EQ(frame_gprs(&s, 1)->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_UD);
	expect_untouched(&s, 1);
	EXPECT_NO_ENTRY(enter(&s, tcs, &state), VECTOR_GP, 0, 0);	/* CSSA is NSSA */

	/* Back in reverse; the inner one steps over its UD2 first. */
	((struct avow_ssa_gprs *)frame_gprs(&s, 1))->rip += 2;
	EXPECT_EQ(resume(&s, tcs).leaf, ENCLU_EEXIT);
	REQUIRE(!mprotect((void *)op.addr, PAGE, PROT_READ));
	EXPECT_EQ(resume(&s, tcs).leaf, ENCLU_EEXIT);
	EXPECT_EQ(op.regs[15], REG_PATTERN + 15);
	EXPECT_EQ(op.xmm[15][15], 0);		/* 256 */
	EXPECT_EQ(op.xmm[15][14], 255);
}

TESTS(
	{ "R32 R39.1 R39.2 each exception, by the vDSO", reported, BOTH },
	{ "R32 each exception, with EXINFO", reported_with_exinfo, ONCE },
	{ "R32 R35 R39.1 R39.2 each exception, as a signal", by_signal, BOTH },
	{ "R10.2 R32 what the EPCM denies, as a signal", epcm_by_signal, BOTH },
	{ "R32 exceptions that not every CPU raises", as_outside, ONCE },
	{ "R39.2 a breakpoint that a debugger wants", breakpoint, ONCE },
	{ "R32 R33 frames of four pages", wide_frames, BOTH },
)
