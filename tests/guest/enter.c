// SPDX-License-Identifier: LGPL-2.1-or-later
/* R30, R31: EENTER and EEXIT. */
#include <asm/prctl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "inside.h"
#include "regs.h"
#include "watch.h"

#define ACCEPT_TCS	((u64)PT_TCS << SECINFO_PT_SHIFT | SECINFO_MODIFIED)
#define NOT_CANONICAL	0x8000000000000000ULL

static void scene_plain(struct scene *s)
{
	scene_image(s, 8);
	scene_init(s);
}

/* What the first instruction of the enclave finds. */
static void state(void)
{
	static struct regs in, out;
	struct op op = { .id = OP_STATE };
	struct scene s;
	int i;

	scene_plain(&s);
	for (i = 0; i < 16; i++)
		in.gpr[i] = REG_PATTERN + 0x100 + i;
	in.gpr[0] = ENCLU_EENTER;
	in.gpr[1] = 0;
	in.gpr[3] = scene_at(&s, 0);
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	EXPECT_EQ(regs_enclu(&in, &out), 0);
	EXPECT_EQ(op.state[ST_RAX], 0);		/* CSSA */
	EXPECT_EQ(op.state[ST_RBX], scene_at(&s, 0));
	EXPECT_EQ(op.state[ST_RCX], (u64)regs_enclu_next);
	EXPECT_EQ(op.state[ST_FSBASE], scene_at(&s, image_tcs(&s, 0)->ofsbase));
	EXPECT_EQ(op.state[ST_GSBASE], scene_at(&s, image_tcs(&s, 0)->ogsbase));
	EXPECT_EQ(op.state[ST_RSP], out.gpr[4]);	/* the outside stack, untouched */
	EXPECT_EQ(op.state[ST_RBP], out.gpr[5]);
	for (i = 2; i < 16; i++)
		if (i < 3 || i > 5)
			EXPECT_EQ(op.state[i], in.gpr[i]);
}

/* What is outside after EEXIT: the bases are back, RCX is the AEP. */
static void after_eexit(void)
{
	static struct regs in, out;
	struct op op = { .id = OP_NOTHING };
	struct scene s;
	u64 fs, gs = 0x123456789000, aep = (u64)regs_enclu_aep;

	scene_plain(&s);
	REQUIRE(!syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	REQUIRE(!syscall(SYS_arch_prctl, ARCH_SET_GS, gs));
	in.gpr[0] = ENCLU_EENTER;
	in.gpr[3] = scene_at(&s, PAGE);		/* TCS 1 */
	in.gpr[7] = (u64)&op;
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	EXPECT_EQ(regs_enclu(&in, &out), 0);
	EXPECT_EQ(out.gpr[1], aep);
	EXPECT_EQ(out.gpr[3], (u64)regs_enclu_next);
	EXPECT_EQ(out.fsbase, fs);
	EXPECT_EQ(out.gsbase, gs);
	/* And the TCS is free. */
	EXPECT_EQ(regs_enclu(&in, &out), 0);
}

/* Exceptions of an entry, by the vDSO: EENTER is the leaf. */
static void expect_gp(struct scene *s, u64 tcs)
{
	struct op op = { .id = OP_NOTHING };

	EXPECT_NO_ENTRY(enter(s, tcs, &op), VECTOR_GP, 0, 0);
}

static void expect_pf(struct scene *s, u64 tcs, u64 at)
{
	struct op op = { .id = OP_NOTHING };

	EXPECT_NO_ENTRY(enter(s, tcs, &op), VECTOR_PF, ANY_ERROR, scene_at(s, at));
}

static void address_unaligned(void)
{
	struct scene s;

	scene_plain(&s);
	expect_gp(&s, 8);
	expect_gp(&s, PAGE / 2);
	expect_gp(&s, PAGE - 1);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void not_initialised(void)
{
	struct scene s;

	scene_image(&s, 8);
	REQUIRE_OK(avow_enclave_map_image(&s.e, &s.image));
	expect_gp(&s, 0);
	scene_init(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

/* Pages that are no TCS. */
static void no_tcs(void)
{
	struct scene s;
	u64 data;

	scene_image(&s, 8);
	scene_add(&s, s.play, 1, AVOW_R | AVOW_W);
	scene_init(&s);
	data = s.image.segments[1].pages.offset;
	expect_pf(&s, data, data);
	scene_map(&s, s.play, 1, PROT_NONE);
	expect_pf(&s, s.play, s.play);
	scene_unmap(&s, s.play, 1);
	expect_pf(&s, s.play, s.play);			/* no mapping */
	scene_unmap(&s, PAGE, 1);
	expect_pf(&s, PAGE, PAGE);			/* a TCS that is not mapped */
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void ordinary_memory(void)
{
	struct scene s;
	struct op op = { .id = OP_NOTHING };
	u64 page = (u64)source_anon(1, PROT_READ | PROT_WRITE);

	scene_plain(&s);
	EXPECT_NO_ENTRY(enter(&s, page - s.e.base, &op), VECTOR_PF, ANY_ERROR, page);
	EXPECT_NO_ENTRY(enter(&s, 0 - s.e.base, &op), VECTOR_PF, ANY_ERROR, 0);
}

static void add_tcs(struct scene *s, u64 offset, const struct avow_tcs *tcs)
{
	static u8 page[PAGE] __attribute__((aligned(4096)));
	const struct avow_pages p = {
		.src = page,
		.offset = offset,
		.length = PAGE,
		.secinfo = AVOW_SECINFO_TCS,
		.flags = SGX_PAGE_MEASURE,
	};

	memcpy(page, tcs, PAGE);
	REQUIRE_OK(avow_enclave_add(&s->e, &p, NULL));
}

/* TCSs with one thing wrong that EADD does not look at. */
static void bad_tcs(void)
{
	static struct avow_tcs tcs;
	struct scene s;
	u64 code, ro, data;

	scene_image(&s, 16);
	data = s.image.segments[1].pages.offset;
	ro = s.image.segments[2].pages.offset;
	code = s.image.segments[3].pages.offset;
	tcs = *image_tcs(&s, 0);
	tcs.nssa = 0;
	add_tcs(&s, s.play, &tcs);
	tcs = *image_tcs(&s, 0);
	tcs.oentry = NOT_CANONICAL - s.e.base;
	add_tcs(&s, s.play + PAGE, &tcs);
	tcs = *image_tcs(&s, 0);
	tcs.ossa = ro;
	add_tcs(&s, s.play + 2 * PAGE, &tcs);
	tcs.ossa = code;
	add_tcs(&s, s.play + 3 * PAGE, &tcs);
	tcs.ossa = 0;
	add_tcs(&s, s.play + 4 * PAGE, &tcs);
	tcs.ossa = s.play + 8 * PAGE;			/* a hole */
	add_tcs(&s, s.play + 5 * PAGE, &tcs);
	tcs.ossa = s.e.size;				/* beyond the range */
	add_tcs(&s, s.play + 6 * PAGE, &tcs);
	tcs.ossa = data;				/* as it should be */
	add_tcs(&s, s.play + 7 * PAGE, &tcs);
	scene_init(&s);
	scene_map(&s, s.play, 8, PROT_READ | PROT_WRITE);
	expect_gp(&s, s.play);
	expect_gp(&s, s.play + PAGE);
	expect_pf(&s, s.play + 2 * PAGE, ro);
	expect_pf(&s, s.play + 3 * PAGE, code);
	expect_pf(&s, s.play + 4 * PAGE, 0);
	expect_pf(&s, s.play + 5 * PAGE, s.play + 8 * PAGE);
	{
		struct op op = { .id = OP_NOTHING };
		struct exit x = enter(&s, s.play + 6 * PAGE, &op);

		EXPECT_EQ(x.leaf, ENCLU_EENTER);
		EXPECT(x.vector == VECTOR_GP || x.vector == VECTOR_PF);
		EXPECT_INSIDE_OK(enter(&s, s.play + 7 * PAGE, &op));
	}
	/* None of them is busy now: the same answers again. */
	expect_gp(&s, s.play + PAGE);
	expect_pf(&s, s.play + 2 * PAGE, ro);
}

/* What EADD would have refused does not come in by MODIFY_TYPES either: EACCEPT looks. */
static void misaligned_tcs(void)
{
	static const u16 field[] = {
		offsetof(struct avow_tcs, ossa), offsetof(struct avow_tcs, ofsbase),
		offsetof(struct avow_tcs, ogsbase),
	};
	static struct avow_tcs tcs;
	struct op op = { .id = OP_COPY, .from = (u64)&tcs, .value = PAGE };
	struct scene s;
	size_t i;

	scene_ready(&s, 3, AVOW_R | AVOW_W, AVOW_R | AVOW_W);
	scene_map(&s, s.play, 3, PROT_READ | PROT_WRITE);
	for (i = 0; i < 3; i++) {
		tcs = *image_tcs(&s, 0);
		((u8 *)&tcs)[field[i]] |= 8;
		op.addr = scene_at(&s, s.play + i * PAGE);
		EXPECT_INSIDE_OK(enter(&s, 0, &op));
		REQUIRE_OK(raw_modify(&s, s.play + i * PAGE, 1, PT_TCS));
		expect_pf(&s, s.play + i * PAGE, s.play + i * PAGE);	/* MODIFIED */
		EXPECT_INSIDE(inside_eaccept(&s, s.play + i * PAGE, ACCEPT_TCS).exit, VECTOR_GP, 0, 0);
		expect_pf(&s, s.play + i * PAGE, s.play + i * PAGE);
	}
}

struct direct {
	struct regs in, out;
	int ret;
};

static void do_enclu(void *arg)
{
	struct direct *d = arg;

	d->ret = regs_enclu(&d->in, &d->out);
}

/* An ENCLU of the program's own: exceptions of the entry are signals. */
static struct fault direct_fault(u64 rax, u64 rbx, u64 rcx)
{
	static struct direct d;

	memset(&d, 0, sizeof(d));
	d.in.gpr[0] = rax;
	d.in.gpr[3] = rbx;
	d.in.gpr[1] = rcx;
	d.in.mxcsr = 0x1f80;
	d.in.x87_control = 0x37f;
	return probe_run(do_enclu, &d);
}

/* The SSA loses its rights while the TCS is free, after an entry that had them. */
static void ssa_restricted(void)
{
	struct scene s;
	u64 ssa;

	scene_plain(&s);
	EXPECT_INSIDE_OK(enter(&s, 0, &(struct op){ .id = OP_NOTHING }));
	ssa = image_tcs(&s, 0)->ossa;
	REQUIRE_OK(raw_restrict(&s, ssa, 1, AVOW_R));
	expect_pf(&s, 0, ssa);
	EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &(struct op){ .id = OP_NOTHING }));
}

/* The mapping of the SSA stays writable when its intent is lowered. */
static void ssa_sealed(void)
{
	struct scene s;
	u64 ssa;

	scene_plain(&s);
	EXPECT_INSIDE_OK(enter(&s, 0, &(struct op){ .id = OP_NOTHING }));
	ssa = image_tcs(&s, 0)->ossa;
	REQUIRE_OK(avow_lower_range(s.e.fd, ssa, PAGE, AVOW_R));
	expect_pf(&s, 0, ssa);
	EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &(struct op){ .id = OP_NOTHING }));
}

/*
 * A page under a mapping that is older than the page: entering with a frame in it counts as
 * an access, since an exit may write to it.
 */
static void ssa_counts(void)
{
	struct avow_tcs tcs;
	struct scene s;
	u64 frame;

	scene_image(&s, 2);
	frame = s.play + PAGE;
	scene_map(&s, frame, 1, PROT_READ | PROT_WRITE);
	scene_add(&s, frame, 1, AVOW_RWX);
	tcs = *image_tcs(&s, 0);
	tcs.ossa = frame;
	tcs.nssa = 1;
	add_tcs(&s, s.play, &tcs);
	scene_init(&s);
	scene_map(&s, s.play, 1, PROT_READ | PROT_WRITE);
	EXPECT_EQ(scene_run(&s, frame).state & AVOW_RUN_EVER_W, 0);
	EXPECT_INSIDE_OK(enter(&s, s.play, &(struct op){ .id = OP_NOTHING }));
	EXPECT_EQ(scene_run(&s, frame).state & AVOW_RUN_EVER_W, AVOW_RUN_EVER_W);
}

/* The SSA must be mapped in this process, readable and writable. */
static void ssa_mapping(void)
{
	struct op op = { .id = OP_NOTHING }, ud = { .id = OP_UD };
	struct scene s;
	u64 ssa;

	scene_plain(&s);
	ssa = image_tcs(&s, 0)->ossa;
	REQUIRE_OK(raw_protect(&s, ssa, 1, PROT_READ));
	expect_pf(&s, 0, ssa);
	REQUIRE_OK(raw_protect(&s, ssa, 1, PROT_NONE));
	expect_pf(&s, 0, ssa);
	scene_unmap(&s, ssa, 1);
	expect_pf(&s, 0, ssa);
	scene_map(&s, ssa, 1, PROT_READ | PROT_WRITE);
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	/* And the second frame, for the second entry and for resuming. */
	EXPECT_INSIDE(enter(&s, 0, &ud), VECTOR_UD, 0, 0);
	scene_unmap(&s, ssa + PAGE, 1);
	expect_pf(&s, 0, ssa + PAGE);
	EXPECT_INSIDE(resume(&s, 0), VECTOR_UD, 0, 0);
	scene_map(&s, ssa + PAGE, 1, PROT_READ | PROT_WRITE);
	scene_unmap(&s, ssa, 1);
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_PF, ANY_ERROR, scene_at(&s, ssa));
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
}

/* A mapping that is wider than a lowered intent serves no entry and no frame either. */
static void lowered(void)
{
	struct op op = { .id = OP_NOTHING }, ud = { .id = OP_UD };
	struct scene s;
	u64 ssa;

	scene_plain(&s);
	ssa = image_tcs(&s, 0)->ossa;
	EXPECT_INSIDE(enter(&s, 0, &ud), VECTOR_UD, 0, 0);
	REQUIRE_OK(avow_lower_range(s.e.fd, ssa, PAGE, AVOW_R));
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_PF, ANY_ERROR, scene_at(&s, ssa));
	/* The second frame has its intent still. */
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	REQUIRE_OK(avow_lower_range(s.e.fd, ssa + PAGE, PAGE, AVOW_R));
	expect_pf(&s, 0, ssa + PAGE);
	/* Another TCS, itself lowered. */
	EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &op));
	REQUIRE_OK(avow_lower_range(s.e.fd, 2 * PAGE, PAGE, AVOW_R));
	expect_pf(&s, 2 * PAGE, 2 * PAGE);
}

/* Of two things that are wrong the one that the SDM looks at first. */
static void order(void)
{
	struct scene s;
	u64 data, ssa;

	scene_image(&s, 8);
	REQUIRE_OK(avow_enclave_map_image(&s.e, &s.image));
	data = s.image.segments[1].pages.offset;
	ssa = image_tcs(&s, 0)->ossa;
	expect_pf(&s, data, data);	/* no TCS, before not initialised */
	expect_gp(&s, data + 8);	/* misaligned, before no TCS */
	REQUIRE_OK(raw_protect(&s, ssa, 1, PROT_NONE));
	expect_gp(&s, 0);		/* not initialised, before its SSA */
	scene_init(&s);
	expect_gp(&s, 8);
	REQUIRE_OK(raw_protect(&s, ssa, 1, PROT_NONE));
	expect_pf(&s, 0, ssa);
	scene_unmap(&s, PAGE, 1);
	{
		/* A TCS that is not there, before an AEP that is not canonical; and after. */
		struct fault f = direct_fault(ENCLU_EENTER, scene_at(&s, PAGE), NOT_CANONICAL);

		EXPECT_EQ(f.trapno, VECTOR_PF);
		f = direct_fault(ENCLU_EENTER, scene_at(&s, 0), NOT_CANONICAL);
		EXPECT_EQ(f.trapno, VECTOR_GP);
	}
}

/* What a frame of TCS 0 says that it was left for. */
static u64 frame_vector(struct scene *s, u32 frame)
{
	return ((const struct avow_ssa_gprs *)ssa_gprs(s, 0, frame))->exitinfo & 0xff;
}

static void cssa_at_nssa(void)
{
	struct op op = { .id = OP_UD }, divide = { .id = OP_DIVIDE };
	struct scene s;

	scene_plain(&s);
	/* TCS 1 has one frame: after an exception there is none left for an entry. */
	EXPECT_INSIDE(enter(&s, PAGE, &op), VECTOR_UD, 0, 0);
	expect_gp(&s, PAGE);
	expect_gp(&s, PAGE);
	/* TCS 0 has two, and each exception its own. */
	EXPECT_INSIDE(enter(&s, 0, &op), VECTOR_UD, 0, 0);
	EXPECT_INSIDE(enter(&s, 0, &divide), VECTOR_DE, 0, 0);
	EXPECT_EQ(frame_vector(&s, 0), VECTOR_UD);
	EXPECT_EQ(frame_vector(&s, 1), VECTOR_DE);
	expect_gp(&s, 0);
}

static void aep_not_canonical(void)
{
	struct scene s;
	struct fault f;

	scene_plain(&s);
	f = direct_fault(ENCLU_EENTER, scene_at(&s, 0), NOT_CANONICAL);
	EXPECT_EQ(f.signo, SIGSEGV);
	EXPECT_EQ(f.trapno, VECTOR_GP);
	EXPECT_EQ(f.error, 0);
	f = direct_fault(ENCLU_EENTER, scene_at(&s, 0), 0xffffffff81000000);
	EXPECT_EQ(f.signo, SIGSEGV);
	f = direct_fault(ENCLU_EENTER, scene_at(&s, 8), 0);
	EXPECT_EQ(f.signo, SIGSEGV);
	EXPECT_EQ(f.trapno, VECTOR_GP);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static void eexit_target(void)
{
	struct op op = { .id = OP_LEAF, .rax = ENCLU_EEXIT, .rbx = NOT_CANONICAL };
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE(enter_once(&s, 0, &op), VECTOR_GP, 0, 0);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

struct spinner {
	struct scene *s;
	struct op op;
	struct exit exit;
};

static void *spin(void *arg)
{
	struct spinner *sp = arg;

	sp->exit = enter(sp->s, 0, &sp->op);
	return NULL;
}

static void busy(void)
{
	struct spinner sp = { .op = { .id = OP_SPIN } };
	pthread_t thread;
	struct scene s;

	scene_plain(&s);
	sp.s = &s;
	REQUIRE(!pthread_create(&thread, NULL, spin, &sp));
	while (!sp.op.inside)
		sched_yield();
	expect_gp(&s, 0);
	EXPECT_NO_RESUME(resume(&s, 0), VECTOR_GP, 0, 0);
	EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &(struct op){ .id = OP_NOTHING }));	/* another TCS */
	sp.op.stop = 1;
	pthread_join(thread, NULL);
	EXPECT_INSIDE_OK(sp.exit);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

struct contender {
	struct scene *s;
	u64 tries, entered, refused, other;
};

static void *contend(void *arg)
{
	struct contender *c = arg;

	/* One that was kept from running while the others tried has its turn after them. */
	for (; c->tries < 1500 || !c->entered; c->tries++) {
		struct op op = { .id = OP_COUNT };
		struct exit x = enter(c->s, 0, &op);

		if (x.leaf == ENCLU_EEXIT)
			c->entered++;
		else if (x.leaf == ENCLU_EENTER && x.vector == VECTOR_GP)
			c->refused++;
		else
			c->other++;
	}
	return NULL;
}

/* Two threads at one TCS: never both inside. The enclave counts without a lock. */
static void raced(void)
{
	struct contender c[3] = { 0 };
	pthread_t threads[3];
	struct op op = { .id = OP_COUNT };
	struct scene s;
	u64 entered = 0, refused = 0;
	int i;

	scene_plain(&s);
	for (i = 0; i < 3; i++) {
		c[i].s = &s;
		REQUIRE(!pthread_create(&threads[i], NULL, contend, &c[i]));
	}
	for (i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		entered += c[i].entered;
		EXPECT_EQ(c[i].other, 0);
		EXPECT_EQ(c[i].entered + c[i].refused, c[i].tries);
	}
	EXPECT_INSIDE_OK(enter(&s, 0, &op));
	EXPECT_EQ(op.value, entered + 1);
	/* Nobody is kept out for good, or this would not have come to an end; and they did meet. */
	for (i = 0; i < 3; i++)
		refused += c[i].refused;
	EXPECT(refused > 0);
}

/* Threads on TCSs of their own are inside at the same time. */
static void together(void)
{
	struct spinner sp = { .op = { .id = OP_SPIN } };
	struct op op = { .id = OP_COUNT };
	pthread_t thread;
	struct scene s;
	int i;

	scene_plain(&s);
	sp.s = &s;
	REQUIRE(!pthread_create(&thread, NULL, spin, &sp));
	while (!sp.op.inside)
		sched_yield();
	for (i = 0; i < 500; i++)
		EXPECT_INSIDE_OK(enter(&s, 2 * PAGE, &op));
	EXPECT_EQ(op.value, 500);
	sp.op.stop = 1;
	pthread_join(thread, NULL);
	EXPECT_INSIDE_OK(sp.exit);
}

/* Round trips: callee-saved registers, stack and bases are the same after each. */
static void round_trips(void)
{
	static struct regs in, out;
	struct sgx_enclave_run run = { 0 };
	struct op op = { .id = OP_COUNT };
	struct scene s;
	u64 fs, gs = 0x7654321000, rsp = 0;
	int i, n;

	scene_plain(&s);
	REQUIRE(!syscall(SYS_arch_prctl, ARCH_GET_FS, &fs));
	REQUIRE(!syscall(SYS_arch_prctl, ARCH_SET_GS, gs));
	run.tcs = scene_at(&s, 0);
	in.mxcsr = 0x1f80;
	in.x87_control = 0x37f;
	for (n = 1; n <= 2000 && !test_failed(); n++) {
		for (i = 0; i < 16; i++)
			in.gpr[i] = REG_PATTERN + 0x100 * (u64)n + i;
		in.gpr[1] = ENCLU_EENTER;
		in.gpr[7] = (u64)&op;
		EXPECT_EQ(regs_vdso(avow_vdso_enter(), &in, &out, &run), 0);
		EXPECT_EQ(run.function, ENCLU_EEXIT);
		EXPECT_EQ(op.value, n);
		for (i = 12; i < 16; i++)
			EXPECT_EQ(out.gpr[i], in.gpr[i]);
		EXPECT_EQ(out.fsbase, fs);
		EXPECT_EQ(out.gsbase, gs);
		EXPECT_EQ(out.gpr[4], n > 1 ? rsp : out.gpr[4]);
		EXPECT_EQ(out.mxcsr, 0x1f80);
		rsp = out.gpr[4];
	}
}

/* Another process may enter as well, where it has the mappings. */
static void child_enters(void *arg)
{
	struct scene *s = arg;
	int i;

	for (i = 0; i < 50; i++)
		EXPECT_INSIDE_OK(inside_nothing(s));
}

static void by_a_child(void)
{
	struct scene s;

	scene_plain(&s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
	in_child(child_enters, &s);
	EXPECT_INSIDE_OK(inside_nothing(&s));
}

static int user_handler(long rdi, long rsi, long rdx, long rsp, long r8, long r9,
			struct sgx_enclave_run *run)
{
	(void)rdi, (void)rsi, (void)rdx, (void)rsp, (void)r8, (void)r9;
	(*(int *)run->user_data)++;
	return run->function == ENCLU_EEXIT ? 0 : -5;
}

static void by_user_handler(void)
{
	struct avow_call call = { 0 };
	struct op op = { .id = OP_COUNT };
	struct scene s;
	int calls = 0;

	scene_plain(&s);
	call.rdi = (u64)&op;
	call.run.user_handler = (u64)user_handler;
	call.run.user_data = (u64)&calls;
	EXPECT_EQ(avow_enclave_enter(&s.e, 0, &call), 0);
	EXPECT_EQ(calls, 1);
	EXPECT_EQ(op.value, 1);
	op.id = OP_UD;
	EXPECT_EQ((u64)avow_enclave_enter(&s.e, 0, &call), (u64)-5);
	EXPECT_EQ(calls, 2);
	EXPECT_EQ(call.run.exception_vector, VECTOR_UD);
}

TESTS(
	{ "R30 what the enclave finds at its entry", state, BOTH },
	{ "R31 what is outside after EEXIT", after_eexit, BOTH },
	{ "R30 TCS address unaligned", address_unaligned, BOTH },
	{ "R30 not initialised", not_initialised, BOTH },
	{ "R30 no TCS, or none that is mapped", no_tcs, BOTH },
	{ "R30 ordinary memory as TCS", ordinary_memory, BOTH },
	{ "R30 NSSA, entry and SSA of a TCS", bad_tcs, BOTH },
	{ "R30 R34 a TCS with OSSA, OFSBASE or OGSBASE misaligned", misaligned_tcs, BOTH },
	{ "R30 an SSA without W", ssa_restricted, BOTH },
	{ "R30 an SSA whose intent has lost W", ssa_sealed, BOTH },
	{ "R16.2 an entry is an access to the frame that an exit would fill", ssa_counts, COMPAT },
	{ "R30 R33 an SSA that is not mapped", ssa_mapping, BOTH },
	{ "R2.2 R10.1 R30 an SSA or a TCS mapped wider than its lowered intent", lowered, BOTH },
	{ "R30 the order of faults", order, BOTH },
	{ "R30 CSSA at NSSA", cssa_at_nssa, BOTH },
	{ "R30 AEP not canonical", aep_not_canonical, BOTH },
	{ "R31 EEXIT to an address that is not canonical", eexit_target, BOTH },
	{ "R30 a TCS that is busy", busy, BOTH },
	{ "R30 a TCS raced for by threads", raced, BOTH },
	{ "R30 two threads inside", together, BOTH },
	{ "R30 R31 two thousand round trips", round_trips, BOTH },
	{ "R30 R16.1 entered by a child", by_a_child, BOTH },
	{ "R30 R32 with a handler in the vDSO's run", by_user_handler, BOTH },
)
