// SPDX-License-Identifier: LGPL-2.1-or-later
/* R32, R33: asynchronous exits, and ERESUME. */
#include <asm/prctl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

#define VECTOR_MF	16
#define NOT_CANONICAL	0x8000000000000000ULL

static void scene_plain(struct scene *s)
{
	scene_image(s, 8);
	scene_init(s);
}

static struct avow_ssa_gprs *gprs(struct scene *s, u64 tcs, u32 frame)
{
	return (struct avow_ssa_gprs *)ssa_gprs(s, tcs, frame);
}

static void exceptions(void)
{
	struct scene s;
	struct op op;

	scene_plain(&s);
	op = (struct op){ .id = OP_UD };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_UD, 0, 0);
	op = (struct op){ .id = OP_DIVIDE };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_DE, 0, 0);
	op = (struct op){ .id = OP_X87 };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_MF, 0, 0);
	op = (struct op){ .id = OP_READ, .addr = NOT_CANONICAL };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_GP, 0, 0);
	op = (struct op){ .id = OP_READ, .addr = 0xfff };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_PF, PF_USER, 0);
	op = (struct op){ .id = OP_WRITE, .addr = 0x1234 };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_PF, PF_USER | PF_WRITE, 0x1000);
	op = (struct op){ .id = OP_READ, .addr = 0xffffffff81000000 };
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_PF, ANY_ERROR, 0xffffffff81000000);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* What is in the frame. */
static void frame(void)
{
	struct op op = { .id = OP_UD };
	struct avow_ssa_gprs *g;
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	g = gprs(&s, 0, 0);
	EXPECT_EQ(g->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_UD);
	EXPECT_EQ(g->reserved, 0);
	EXPECT(g->rip > s.e.base && g->rip < s.e.base + s.e.size);
	EXPECT_EQ(*(u16 *)g->rip, 0x0b0f);	/* at the UD2, not behind it */
	EXPECT(g->rsp > s.e.base && g->rsp < s.e.base + s.e.size);
	EXPECT_EQ(g->fsbase, scene_at(&s, image_tcs(&s, 0)->ofsbase));
	EXPECT_EQ(g->gsbase, scene_at(&s, image_tcs(&s, 0)->ogsbase));
	EXPECT(g->ursp < s.e.base || g->ursp > s.e.base + s.e.size);
	unwind(&s, 0);

	op.id = OP_DIVIDE;
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_DE, 0, 0);
	EXPECT_EQ(g->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_DE);
	unwind(&s, 0);
}

/* #PF and #GP are told in the frame when MISCSELECT asks for EXINFO, and only then. */
static void exinfo(void)
{
	struct avow_params params = { .miscselect = MISC_EXINFO };
	struct op op = { .id = OP_WRITE, .addr = 0x5678 };
	struct avow_ssa_exinfo *info;
	struct scene s;

	scene_image_with(&s, 1, &params);
	scene_init(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_PF, PF_USER | PF_WRITE, 0x5000);
	info = (struct avow_ssa_exinfo *)(ssa_gprs(&s, 0, 0) - sizeof(*info));
	EXPECT_EQ(gprs(&s, 0, 0)->exitinfo, EXITINFO_VALID | EXITINFO_TYPE_HW | VECTOR_PF);
	EXPECT_EQ(info->maddr & ~(PAGE - 1), 0x5000);
	EXPECT_EQ(info->errcd, PF_USER | PF_WRITE);
	unwind(&s, 0);
	scene_close(&s);

	scene_plain(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_PF, PF_USER | PF_WRITE, 0x5000);
	EXPECT_EQ(gprs(&s, 0, 0)->exitinfo & EXITINFO_VALID, 0);
	unwind(&s, 0);
}

static void patterns(struct op *op)
{
	int i, j;

	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			op->xmm[i][j] = (u8)(i * 16 + j + 1);
}

/* After the exit nothing of the enclave's is in a register. */
static void expect_clean(const struct regs *out, const char *how)
{
	int i, j;

	for (i = 8; i < 16; i++)
		if (out->gpr[i])
			FAIL("%s: R%d is %#llx", how, i, (unsigned long long)out->gpr[i]);
	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			if (out->xmm[i][j]) {
				FAIL("%s: XMM%d is not zero", how, i);
				break;
			}
	EXPECT_EQ(out->mxcsr, 0x1f80);
	EXPECT_EQ(out->x87_control, 0x37f);
	/* CF and DF were set inside. */
	EXPECT_EQ(out->rflags & 0x1, 0);
}

static void outside_vdso(void)
{
	static struct regs in, out;
	struct sgx_enclave_run run = { 0 };
	struct op op = { .id = OP_REGS };
	struct scene s;
	u64 fs, gs = 0x43210000;

	scene_plain(&s);
	patterns(&op);
	REQUIRE(!syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	REQUIRE(!syscall(SYS_arch_prctl, ARCH_SET_GS, gs));
	op.addr = (u64)source_anon(1, PROT_NONE);
	in.gpr[1] = ENCLU_EENTER;
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	memset(in.xmm, 0x99, sizeof(in.xmm));
	run.tcs = scene_at(&s, 0);
	EXPECT_EQ(regs_vdso(avow_vdso_enter(), &in, &out, &run), 0);
	EXPECT_EQ(run.function, ENCLU_ERESUME);
	EXPECT_EQ(run.exception_vector, VECTOR_PF);
	EXPECT_EQ(run.exception_addr, op.addr);
	expect_clean(&out, "vDSO");
	EXPECT_EQ(out.fsbase, fs);
	EXPECT_EQ(out.gsbase, gs);
}

static volatile int signals;
static u64 seen_rip, seen_rax, seen_rbx, seen_rcx;
static int seen_signo;

static void on_signal(int signo, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;

	(void)info;
	signals++;
	seen_signo = signo;
	seen_rip = (u64)uc->uc_mcontext.gregs[REG_RIP];
	seen_rax = (u64)uc->uc_mcontext.gregs[REG_RAX];
	seen_rbx = (u64)uc->uc_mcontext.gregs[REG_RBX];
	seen_rcx = (u64)uc->uc_mcontext.gregs[REG_RCX];
}

/* A program's own ENCLU: the exception is a signal, whose handler sees the AEP. */
static void outside_direct(void)
{
	static struct regs in, out;
	struct sigaction act = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	struct op op = { .id = OP_REGS };
	struct scene s;
	int i;

	scene_plain(&s);
	patterns(&op);
	op.addr = (u64)source_anon(1, PROT_NONE);
	REQUIRE(!sigaction(SIGSEGV, &act, NULL));
	in.gpr[0] = ENCLU_EENTER;
	in.gpr[3] = scene_at(&s, 0);
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	memset(in.xmm, 0x99, sizeof(in.xmm));
	EXPECT_EQ(regs_enclu(&in, &out), 1);
	EXPECT_EQ(signals, 1);
	EXPECT_EQ(seen_signo, SIGSEGV);
	EXPECT_EQ(seen_rip, (u64)regs_enclu_aep);
	EXPECT_EQ(seen_rax, ENCLU_ERESUME);
	EXPECT_EQ(seen_rbx, scene_at(&s, 0));
	EXPECT_EQ(seen_rcx, (u64)regs_enclu_aep);
	EXPECT_EQ(out.gpr[0], ENCLU_ERESUME);
	EXPECT_EQ(out.gpr[1], (u64)regs_enclu_aep);
	EXPECT_EQ(out.gpr[3], scene_at(&s, 0));
	for (i = 2; i < 8; i++)
		if (i == 2 || i > 5)
			EXPECT_EQ(out.gpr[i], 0);
	expect_clean(&out, "ENCLU");
}

/* CSSA is the number of frames in use. */
static void cssa(void)
{
	struct op ud = { .id = OP_UD }, state = { .id = OP_STATE };
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE_OK(enter(&s, 0, &state));
	EXPECT_EQ(state.state[ST_RAX], 0);
	EXPECT_INSIDE(enter(&s, 0, &ud), VECTOR_UD, 0, 0);
	EXPECT_INSIDE_OK(enter(&s, 0, &state));
	EXPECT_EQ(state.state[ST_RAX], 1);
	EXPECT_INSIDE(resume(&s, 0), VECTOR_UD, 0, 0);	/* the same instruction again */
	unwind(&s, 0);
	EXPECT_INSIDE_OK(enter(&s, 0, &state));
	EXPECT_EQ(state.state[ST_RAX], 0);
}

static void resume_at_zero(void)
{
	struct scene s;

	scene_plain(&s);
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_GP, 0, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_GP, 0, 0);
}

/* Interrupted with all registers in use, and resumed: all of them are what they were. */
static void registers_kept(void)
{
	struct op op = { .id = OP_REGS };
	struct scene s;
	struct exit x;
	int i, j;

	scene_plain(&s);
	patterns(&op);
	op.addr = (u64)source_anon(1, PROT_NONE);
	x = enter(&s, 0, &op);
	EXPECT_INSIDE(x, VECTOR_PF, ANY_ERROR, op.addr);
	REQUIRE(!mprotect((void *)op.addr, PAGE, PROT_READ));
	x = resume(&s, 0);
	EXPECT_EQ(x.ret, 0);
	EXPECT_EQ(x.leaf, ENCLU_EEXIT);
	for (i = 0; i < 16; i++)
		EXPECT_EQ(op.regs[i], i == 4 ? 0 : i == 7 ? op.addr : REG_PATTERN + (u64)i);
	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			if (op.xmm[i][j] != (u8)(i * 16 + j + 1)) {
				FAIL("XMM%d is not what it was", i);
				break;
			}
	EXPECT_EQ(op.mxcsr, MXCSR_PATTERN);
	EXPECT_EQ(op.x87_control, X87_PATTERN);
	EXPECT_EQ(op.flags & 0x400, 0x400);	/* DF */
}

/* The enclave's own handler mends the cause in a nested entry, as runtimes do. */
static void mended_inside(void)
{
	struct op op = { .id = OP_UD };
	struct scene s;
	u64 rip;

	scene_plain(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	rip = ssa_gprs(&s, 0, 0) + offsetof(struct avow_ssa_gprs, rip);
	EXPECT_INSIDE_OK(inside_write64(&s, 0, rip, inside_read64(&s, 0, rip).value + 2));
	EXPECT_EQ(resume(&s, 0).leaf, ENCLU_EEXIT);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* A thread that waits in a frame is resumed after others were in and out. */
static void resumed_later(void)
{
	struct op op = { .id = OP_REGS };
	struct scene s;
	int i;

	scene_plain(&s);
	patterns(&op);
	op.addr = (u64)source_anon(1, PROT_NONE);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_PF, ANY_ERROR, op.addr);
	for (i = 0; i < 100; i++) {
		struct op other = { .id = OP_COUNT };

		EXPECT_INSIDE_OK(enter(&s, i % 2 ? 0 : 2 * PAGE, &other));
		EXPECT_EQ(other.value, i + 1);
	}
	EXPECT_INSIDE(resume(&s, 0), VECTOR_PF, ANY_ERROR, op.addr);	/* the cause is still there */
	REQUIRE(!mprotect((void *)op.addr, PAGE, PROT_READ));
	EXPECT_EQ(resume(&s, 0).leaf, ENCLU_EEXIT);
	EXPECT_EQ(op.regs[15], REG_PATTERN + 15);
}

/* One word of the frame is spoilt: #GP, CSSA as it was, and no harm done. */
static void spoilt(struct scene *s, u64 addr, u64 value)
{
	struct op state = { .id = OP_STATE };
	struct exit x;
	u64 old = inside_read64(s, 0, addr).value;

	EXPECT_INSIDE_OK(inside_write64(s, 0, addr, value));
	x = resume(s, 0);
	if (x.leaf != ENCLU_EENTER && x.leaf != ENCLU_ERESUME)
		FAIL("frame + %#llx: leaf %u", (unsigned long long)(addr - ssa_frame(s, 0, 0)), x.leaf);
	EXPECT_EQ(x.vector, VECTOR_GP);
	EXPECT_EQ(x.error, 0);
	EXPECT_INSIDE_OK(enter(s, 0, &state));
	EXPECT_EQ(state.state[ST_RAX], 1);
	EXPECT_INSIDE_OK(inside_write64(s, 0, addr, old));
}

static void spoilt_frames(void)
{
	struct op op = { .id = OP_UD };
	struct scene s;
	u64 frame, g;

	scene_plain(&s);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	frame = ssa_frame(&s, 0, 0);
	g = ssa_gprs(&s, 0, 0);
	spoilt(&s, frame + 512, ~0ULL);				/* XSTATE_BV */
	spoilt(&s, frame + 512, 1ULL << 62);
	spoilt(&s, frame + 512, 4);				/* AVX: the CPU's, and not in XFRM */
	spoilt(&s, frame + 520, 1);				/* XCOMP_BV */
	spoilt(&s, frame + 520, 1ULL << 63);
	spoilt(&s, frame + 528, 1);				/* the header's bytes 8 to 23 are zero */
	spoilt(&s, frame + 24, 0x80001f80);			/* reserved bits of MXCSR */
	spoilt(&s, frame + 24, 0x00011f80);
	spoilt(&s, g + offsetof(struct avow_ssa_gprs, rip), NOT_CANONICAL);
	spoilt(&s, g + offsetof(struct avow_ssa_gprs, rip), 0xffffffff81000000);
	spoilt(&s, g + offsetof(struct avow_ssa_gprs, fsbase), 0xffffffff81000000);
	spoilt(&s, g + offsetof(struct avow_ssa_gprs, fsbase), NOT_CANONICAL);
	spoilt(&s, g + offsetof(struct avow_ssa_gprs, gsbase), NOT_CANONICAL);
	unwind(&s, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static u64 random_word(void)
{
	static u64 state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/*
 * Frames full of noise, but for where to go on and the area of the TCS, without which
 * the enclave could not come back. Whatever happens is reported, and nothing breaks.
 */
static void noise(void)
{
	static u64 good[PAGE / 8];
	struct op op = { .id = OP_UD };
	struct scene s;
	u64 *frame;
	unsigned int refused = 0, resumed = 0;
	int i;

	scene_plain(&s);
	frame = (u64 *)ssa_frame(&s, 0, 0);
	for (i = 0; i < 400 && !test_failed(); i++) {
		struct avow_ssa_gprs *g = gprs(&s, 0, 0);
		unsigned int words = 1 + random_word() % 40;
		u64 rip, gsbase;
		struct exit x;
		struct op recover = { .id = OP_RECOVER };

		EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
		recover.addr = (u64)&g->rip;
		EXPECT_INSIDE_OK(enter(&s, 0, &recover));
		memcpy(good, frame, PAGE);
		rip = g->rip;
		gsbase = g->gsbase;
		while (words--)
			frame[random_word() % (words % 2 ? 72 : PAGE / 8)] =
				random_word() >> random_word() % 64;
		g->rip = rip;
		g->gsbase = gsbase;
		x = resume(&s, 0);
		if (x.leaf == ENCLU_EEXIT) {
			resumed++;
			continue;
		}
		refused++;
		EXPECT(x.leaf == ENCLU_EENTER || x.leaf == ENCLU_ERESUME);
		memcpy(frame, good, PAGE);
		EXPECT_EQ(resume(&s, 0).leaf, ENCLU_EEXIT);
	}
	EXPECT(refused > 0);
	EXPECT(resumed > 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* RFLAGS of a frame give no privilege: IOPL stays 0, interrupts stay on. */
static void flags_of_frame(void)
{
	struct op op = { .id = OP_REGS };
	struct scene s;
	struct avow_ssa_gprs *g;

	scene_plain(&s);
	patterns(&op);
	op.addr = (u64)source_anon(1, PROT_NONE);
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_PF, ANY_ERROR, op.addr);
	REQUIRE(!mprotect((void *)op.addr, PAGE, PROT_READ));
	g = gprs(&s, 0, 0);
	g->rflags |= 0x3000 | 0x4000 | 0x20000 | 0x100000;	/* IOPL, NT, VM, VIP */
	g->rflags &= ~0x200ULL;					/* IF */
	EXPECT_EQ(resume(&s, 0).leaf, ENCLU_EEXIT);
	EXPECT_EQ(op.flags & 0x3000, 0);
	EXPECT_EQ(op.flags & 0x200, 0x200);
}

/* The SSA is taken away between exit and ERESUME. */
static void ssa_gone(void)
{
	struct op op = { .id = OP_UD };
	struct scene s;
	u64 ssa;

	scene_plain(&s);
	ssa = image_tcs(&s, 0)->ossa;
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	REQUIRE_OK(raw_modify(&s, ssa, 1, PT_TRIM));
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_PF, ANY_ERROR, scene_at(&s, ssa));
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_PF, ANY_ERROR, scene_at(&s, ssa));
}

TESTS(
	{ "R32 exceptions inside are reported", exceptions, BOTH },
	{ "R32 the frame tells the exception", frame, BOTH },
	{ "R32 EXINFO", exinfo, BOTH },
	{ "R32 nothing of the enclave is in a register, by the vDSO", outside_vdso, BOTH },
	{ "R32 nothing of the enclave is in a register, by ENCLU", outside_direct, BOTH },
	{ "R32 R33 CSSA", cssa, BOTH },
	{ "R33 ERESUME with CSSA zero", resume_at_zero, BOTH },
	{ "R32 R33 every register is kept over exit and ERESUME", registers_kept, BOTH },
	{ "R33 mended by a nested entry", mended_inside, BOTH },
	{ "R33 resumed after other entries", resumed_later, BOTH },
	{ "R33 a spoilt frame", spoilt_frames, BOTH },
	{ "R33 frames full of noise", noise, BOTH },
	{ "R33 flags of a frame give no privilege", flags_of_frame, BOTH },
	{ "R33 the SSA is gone", ssa_gone, BOTH },
)
