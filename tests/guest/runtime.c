// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R30 to R33: the way into an enclave of libavow-enclave and out of it. The host is honest by avow_enclave_call(),
 * and dishonest by registers of its own choice.
 */
#include <immintrin.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "called.h"
#include "inside.h"
#include "regs.h"

/* runtime/dump.S, linked with this test alone. */
extern struct {
	u64 gprs[8], rdx, rflags;
	u32 mxcsr, x87;
	u64 unused;
	u8 xmm[16][16];
	u16 environment[16];
} dump;
int dump_handler(long rdi, long rsi, long rdx, long ursp, long r8, long r9, struct sgx_enclave_run *run);
int dirty_enter(vdso_sgx_enter_enclave_t enter, struct avow_call *call);

#define RFLAGS_DF_AC	0x40400

/* Registers of the host's choice, on a TCS; by the vDSO without a handler. */
static struct avow_call raw(struct called *in, u64 tcs, u64 rdi, u64 rsi, u64 rdx, u64 r8, u64 r9)
{
	struct avow_call call = { .rdi = rdi, .rsi = rsi, .rdx = rdx, .r8 = r8, .r9 = r9 };

	avow_enclave_enter(in->e, tcs * SGX_PAGE_SIZE, &call);
	return call;
}

static void expect_refused(const char *file, int line, struct avow_call call, int err)
{
	test_expect_eq(file, line, "leaf", call.run.function, AVOW_EEXIT);
	test_expect_eq(file, line, "exit", call.rdi, AVOW_EXIT_REFUSED);
	test_expect_eq(file, line, "errno", call.rsi, (u64)-err);
}

#define EXPECT_REFUSED(call, err)	expect_refused(__FILE__, __LINE__, call, err)

/* ---- calls ---- */

static void calls(void)
{
	struct pair p = { .a = 40, .b = 2 };
	struct called in;
	int i;

	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_ADD, &p, 42);
	EXPECT_EQ(p.sum, 42);
	for (i = 0; i < 3; i++) {
		p.a = i;
		EXPECT_CALL(&in, EC_NAME, &p, "agr"[i]);
		EXPECT_CALL(&in, EC_COUNT, NULL, i + 1);
	}
	called_free(&in);
}

/* A call by its registers, to see that refusals below are not for another reason. */
static void raw_calls(void)
{
	struct pair p = { .a = 1, .b = 2 };
	struct avow_call call;
	u8 buffer[64];
	struct called in;

	called_load(&in, NULL, NULL);
	call = raw(&in, 1, AVOW_OP_ECALL, EC_ADD, (u64)&p, (u64)buffer, sizeof(buffer));
	EXPECT_EQ(call.rdi, AVOW_EXIT_DONE);
	EXPECT_EQ(call.rsi, 3);
	called_free(&in);
}

static void wrong_numbers(void)
{
	static const u64 wrong[] = { EC_NONE, EC_FRAME + 1, 1ULL << 31, 1ULL << 32, 1ULL << 32 | EC_COUNT, 1ULL << 60 | EC_COUNT,
				     ~0ULL };
	struct called in;
	unsigned int i;

	called_load(&in, NULL, NULL);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, wrong[i], 0, 0, 0), ENOSYS);
	EXPECT_ERRNO(avow_enclave_call(in.e, EC_NONE, NULL, NULL, NULL), ENOSYS);
	EXPECT_SAID(&in, "ecall 2: the enclave has none of this number");
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	called_free(&in);
}

/* ---- the host's memory ---- */

struct question {
	u64 p, bytes;
	bool outside, inside;
};

static void ask_where(struct called *in, const struct question *q)
{
	struct where w = { .p = (void *)q->p, .bytes = q->bytes };

	EXPECT_CALL(in, EC_WHERE, &w, 0);
	if (w.outside != q->outside || w.inside != q->inside)
		FAIL("0x%llx bytes at 0x%llx: outside %d, inside %d", q->bytes, q->p, w.outside, w.inside);
}

static void ranges(void)
{
	struct called in;
	u64 base, size;
	unsigned int i;

	called_load(&in, NULL, NULL);
	base = avow_enclave_base(in.e);
	size = avow_enclave_size(in.e);
	{
		const struct question all[] = {
			{ base - 1, 1, true, false },		{ base - 1, 2, false, false },
			{ base, 1, false, true },		{ base, size, false, true },
			{ base, size + 1, false, false },	{ base + size - 1, 1, false, true },
			{ base + size - 1, 2, false, false },	{ base + size, 1, true, false },
			{ base - 8, size + 16, false, false },	{ 0, base, true, false },
			{ 0, base + 1, false, false },		{ 0, ~0ULL, false, false },
			{ ~0ULL, 1, true, false },		{ ~0ULL, 2, false, false },
			{ base + 1, ~0ULL, false, false },	{ base + size, 0 - (base + size), true, false },
			{ base + size, ~0ULL, false, false },	{ base + size, 0 - size, false, false },
			{ base, 0, false, true },		{ base - 1, 0, true, false },
			{ base + size, 0, true, false },	{ base, ~0ULL, false, false },
			{ base + 4096, 0 - 4096ULL, false, false },
		};

		for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			ask_where(&in, &all[i]);
	}
	called_free(&in);
}

/* Nothing of the enclave's is read or written by an argument that points there. */
static void pointers_into_the_enclave(void)
{
	u8 *outside = mmap(NULL, 2 * SGX_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct where w = { .text = "fifteen letters" };
	struct called in;
	u64 base, size, data;

	REQUIRE(outside != MAP_FAILED);
	called_load(&in, NULL, NULL);
	base = avow_enclave_base(in.e);
	size = avow_enclave_size(in.e);
	data = base + avow_image_segment(in.image, 3)->pages.offset;
	EXPECT_ERRNO(avow_enclave_call(in.e, EC_ADD, (void *)data, NULL, NULL), EFAULT);
	EXPECT_SAID(&in, "not wholly outside");
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_ADD, base - sizeof(struct pair) + 1, 0, 0), EFAULT);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_ADD, base + size - 1, 0, 0), EFAULT);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_ADD, 0 - 8ULL, 0, 0), EFAULT);
	/* The buffer of ocalls, which the enclave writes to. */
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_COUNT, 0, data, 16), EFAULT);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_COUNT, 0, base - 8, 16), EFAULT);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_COUNT, 0, (u64)outside, 0 - (u64)outside + 1), EFAULT);
	/* And pointers in an argument. */
	w.p = (void *)data;
	EXPECT_CALL(&in, EC_COPY, &w, -EFAULT);
	w.p = (void *)(base - 15);
	EXPECT_CALL(&in, EC_COPY, &w, -EFAULT);
	w.bytes = 1;
	EXPECT_CALL(&in, EC_COPY, &w, -EFAULT);
	w.bytes = 0;
	memcpy(outside, "sixteen letters", 16);
	w.p = outside;
	EXPECT_CALL(&in, EC_COPY, &w, 0);
	EXPECT(!strcmp(w.text, "sixteen letters") && !strcmp((char *)outside, "fifteen letters"));
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	called_free(&in);
}

/* ---- ocalls ---- */

static void ocalls(void)
{
	struct ask a = { .number = OC_TWICE, .bytes = sizeof(long), .value = 21 };
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_OCALL, &a, 43);
	EXPECT_EQ(a.value, 42);
	EXPECT_EQ(a.kept, 0);
	a = (struct ask){ .number = OC_LAST, .bytes = 4096 };
	EXPECT_CALL(&in, EC_OCALL, &a, 7);
	a.bytes = 4097;
	EXPECT_CALL(&in, EC_OCALL, &a, -E2BIG);
	a = (struct ask){ .number = OC_NONE };
	EXPECT_CALL(&in, EC_OCALL, &a, -ENOSYS);
	a.number = OC_LAST + 1;
	EXPECT_CALL(&in, EC_OCALL, &a, -ENOSYS);
	a.number = ~0U;
	EXPECT_CALL(&in, EC_OCALL, &a, -ENOSYS);
	called_free(&in);
}

/* What is behind the last function, and behind the host's buffer, is no part of it. */
static void ocalls_to_the_last_byte(void)
{
	const struct avow_ocalls fewer = { .functions = called_functions, .nr = OC_LAST };
	struct ask a = { .number = OC_LAST };
	struct avow_call call;
	struct called in;
	u8 buffer[64];
	__s64 result;

	called_load(&in, NULL, NULL);
	EXPECT_OK(avow_enclave_call(in.e, EC_OCALL, &a, &fewer, &result));
	EXPECT_EQ(result, -ENOSYS);
	a.bytes = 33;
	memset(buffer, 0x77, sizeof(buffer));
	call = raw(&in, 0, AVOW_OP_ECALL, EC_OCALL, (u64)&a, (u64)buffer, 32);
	EXPECT_EQ(call.rdi, AVOW_EXIT_DONE);
	EXPECT_EQ(call.rsi, (u64)-E2BIG);
	EXPECT_EQ(buffer[0], 0x77);
	called_free(&in);
}

/* An ecall from an ocall's function has a thread of its own, as long as there is one. */
static void ecall_in_an_ocall(void)
{
	struct ask a = { .number = OC_AGAIN, .bytes = 5 };
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_OCALL, &a, 5);
	EXPECT_EQ(called_again_err, 0);
	EXPECT_EQ(called_again, 1);
	in.e->tcs_taken = 6;	/* the two others */
	EXPECT_CALL(&in, EC_OCALL, &a, 5);
	EXPECT_EQ(called_again_err, -EAGAIN);
	EXPECT_SAID(&in, "all 3 threads of the enclave are in use");
	called_free(&in);
}

/* A thread that waits for an ocall takes its return and nothing else; one that does not takes none. */
static void forged_returns(void)
{
	struct ask a = { .number = OC_TWICE, .bytes = 8, .value = 5 };
	struct avow_call call;
	long buffer[8];
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_RETURN, 0, 1, 0, 0), EINVAL);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_EXCEPTION, 0, 0, 0, 0), EINVAL);
	EXPECT_REFUSED(raw(&in, 0, 3, 0, 0, 0, 0), EINVAL);
	EXPECT_REFUSED(raw(&in, 0, ~0ULL, 0, 0, 0, 0), EINVAL);
	EXPECT_REFUSED(raw(&in, 0, 1ULL << 32, EC_COUNT, 0, 0, 0), EINVAL);

	call = raw(&in, 0, AVOW_OP_ECALL, EC_OCALL, (u64)&a, (u64)buffer, sizeof(buffer));
	EXPECT_EQ(call.rdi, AVOW_EXIT_OCALL);
	EXPECT_EQ(call.rsi, OC_TWICE);
	EXPECT_EQ(call.rdx, 8);
	EXPECT_EQ(buffer[0], 5);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_COUNT, 0, 0, 0), EBUSY);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_EXCEPTION, 0, 0, 0, 0), EINVAL);
	EXPECT_REFUSED(raw(&in, 1, AVOW_OP_RETURN, 0, 1, 0, 0), EINVAL);
	buffer[0] = 99;
	call = raw(&in, 0, AVOW_OP_RETURN, 0, 17, 0, 0);
	EXPECT_EQ(call.rdi, AVOW_EXIT_DONE);
	EXPECT_EQ(call.rsi, 17);
	EXPECT_EQ(a.value, 99);
	EXPECT_EQ(a.kept, 0);
	/* Twice. */
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_RETURN, 0, 17, 0, 0), EINVAL);
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	called_free(&in);
}

/* ---- registers ---- */

static void expect_nothing_left(void)
{
	static const u8 zero[16];
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (dump.gprs[i])
			FAIL("R%u is 0x%llx", i + 8, dump.gprs[i]);
	for (i = 0; i < 16; i++)
		if (memcmp(dump.xmm[i], zero, 16))
			FAIL("XMM%u is not zero", i);
	EXPECT_EQ(dump.rdx, 0);
	EXPECT_EQ(dump.rflags & RFLAGS_DF_AC, 0);
	EXPECT_EQ(dump.mxcsr, 0x1f80);
	EXPECT_EQ(dump.x87, 0x37f);
	EXPECT_EQ(dump.environment[2], 0);		/* status: no flags, top of stack 0 */
	EXPECT_EQ(dump.environment[4], 0xffff);		/* tags: empty */
}

static struct avow_call dumped(struct called *in, u64 op, u64 number)
{
	struct avow_call call = { .rdi = op, .rsi = number, .run.user_handler = (u64)dump_handler };

	memset(&dump, 0xff, sizeof(dump));
	EXPECT_OK(avow_enclave_enter(in->e, 0, &call));
	return call;
}

static void leaves_nothing_in_registers(void)
{
	struct called in;
	struct avow_call call;

	called_load(&in, NULL, NULL);
	call = dumped(&in, AVOW_OP_ECALL, EC_LEAVE);
	EXPECT_EQ(call.rdi, AVOW_EXIT_DONE);
	EXPECT_EQ(call.rsi, 0);
	expect_nothing_left();
	call = dumped(&in, AVOW_OP_ECALL, EC_LEAVE_OCALL);
	EXPECT_EQ(call.rdi, AVOW_EXIT_OCALL);
	EXPECT_EQ(call.rsi, OC_LAST);
	expect_nothing_left();
	call = dumped(&in, 77, 0);
	EXPECT_EQ(call.rdi, AVOW_EXIT_REFUSED);
	expect_nothing_left();
	called_free(&in);
}

static void expect_abi(const struct state *s)
{
	EXPECT_EQ(s->rflags & RFLAGS_DF_AC, 0);
	EXPECT_EQ(s->mxcsr, 0x1f80);
	EXPECT_EQ(s->x87, 0x37f);
	EXPECT_EQ(s->after_rflags & RFLAGS_DF_AC, 0);
	/* What the ecall itself had set before its ocall. */
	EXPECT_EQ(s->after_mxcsr, 0x7f80);
	EXPECT_EQ(s->after_x87, 0x0f7f);
	EXPECT(s->canary);
}

/* Whatever the host has in flags and control words. The frame: RBP, which C code pushed at 16 bytes - 16. */
static void begins_as_the_abi_says(void)
{
	struct state s = { 0 }, other = { 0 };
	struct avow_call call = { .rdi = AVOW_OP_ECALL, .rsi = EC_STATE, .rdx = (u64)&s };
	struct called in;
	long buffer[8], frame;

	called_load(&in, NULL, NULL);
	frame = called_call(&in, EC_FRAME, NULL);
	EXPECT_EQ(frame % 16, 0);
	called_call(&in, EC_STATE, &other);
	expect_abi(&other);
	call.r8 = (u64)buffer;
	call.r9 = sizeof(buffer);
	call.function = AVOW_EENTER;
	call.run.tcs = in.e->base;
	EXPECT_OK(dirty_enter(avow_vdso_enter(), &call));
	EXPECT_EQ(call.rdi, AVOW_EXIT_OCALL);
	call = (struct avow_call){ .rdi = AVOW_OP_RETURN, .function = AVOW_EENTER, .run.tcs = in.e->base };
	EXPECT_OK(dirty_enter(avow_vdso_enter(), &call));
	EXPECT_EQ(call.rdi, AVOW_EXIT_DONE);
	expect_abi(&s);
	EXPECT_EQ(s.canary, other.canary);
	called_free(&in);
}

/* By ENCLU itself, with DF set: the vDSO clears it before it calls a handler, and a host need not use the vDSO. */
static struct regs backwards(struct called *in, u64 number, void *arg)
{
	static struct regs before, after;

	before = (struct regs){ .mxcsr = 0x1f80, .x87_control = 0x37f };
	before.gpr[0] = ENCLU_EENTER;
	before.gpr[2] = (u64)arg;
	before.gpr[3] = in->e->base;
	before.gpr[6] = number;
	before.gpr[7] = AVOW_OP_ECALL;
	__asm__ volatile("std" : : : "memory");
	regs_enclu(&before, &after);
	__asm__ volatile("cld" : : : "memory");
	EXPECT_EQ(after.gpr[7], AVOW_EXIT_DONE);
	return after;
}

static void direction_flag(void)
{
	struct state s = { .rflags = ~0UL };
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_EQ(backwards(&in, EC_STATE, &s).rflags & RFLAGS_DF_AC, 0);
	EXPECT_EQ(s.rflags & RFLAGS_DF_AC, 0);
	EXPECT_EQ(backwards(&in, EC_LEAVE, NULL).rflags & RFLAGS_DF_AC, 0);
	called_free(&in);
}

/* The host's own, which are not the enclave's nor those that an exit sets. */
#define HOST_MXCSR	0x3f80		/* round down */
#define HOST_X87	0x77f

static void expect_host_words(const char *file, int line)
{
	u16 x87;

	__asm__ volatile("fnstcw %0" : "=m"(x87));
	test_expect_eq(file, line, "MXCSR", _mm_getcsr(), HOST_MXCSR);
	test_expect_eq(file, line, "x87 control word", x87, HOST_X87);
}

static __s64 looks(void *context, void *arg, __u64 length)
{
	(void)context;
	(void)arg;
	expect_host_words(__FILE__, __LINE__);
	return (__s64)length;
}

static void control_words_of_the_host(void)
{
	static const avow_ocall_fn functions[] = { [OC_TWICE] = looks };
	const struct avow_ocalls ocalls = { .functions = functions, .nr = 1 };
	const u16 x87 = HOST_X87;
	struct state s = { 0 };
	struct called in;

	called_load(&in, NULL, NULL);
	_mm_setcsr(HOST_MXCSR);
	__asm__ volatile("fldcw %0" : : "m"(x87));
	EXPECT_OK(avow_enclave_call(in.e, EC_STATE, &s, &ocalls, NULL));
	expect_host_words(__FILE__, __LINE__);
	called_free(&in);
}

/* ---- threads ---- */

static void *meets(void *arg)
{
	return (void *)called_call(arg, EC_MEET, NULL);
}

/* Both in an enclave that is loaded for them; what they return. */
static void in_two_threads(struct called *in, void *(*thread)(void *), void *result[2])
{
	pthread_t threads[2];
	int i;

	called_load(in, NULL, NULL);
	for (i = 0; i < 2; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, thread, in));
	for (i = 0; i < 2; i++)
		REQUIRE(!pthread_join(threads[i], &result[i]));
}

static void two_threads_inside(void)
{
	struct state s[2] = { 0 };
	struct called in;
	void *result[2];

	in_two_threads(&in, meets, result);
	EXPECT_EQ((u64)result[0] + (u64)result[1], 3);
	/* Their stacks are far enough apart, and so are their canaries. */
	called_call(&in, EC_STATE, &s[0]);
	in.e->tcs_taken = 1;
	called_call(&in, EC_STATE, &s[1]);
	EXPECT(s[1].rsp - s[0].rsp >= 0x10000);
	EXPECT(s[1].canary && s[1].canary != s[0].canary);
	called_free(&in);
}

static void *counts(void *arg)
{
	called_call(arg, EC_MEET, NULL);
	return (void *)called_call(arg, EC_LOCKED, NULL);
}

static void locks_exclude(void)
{
	struct called in;
	void *result[2];

	in_two_threads(&in, counts, result);
	EXPECT_EQ(result[0] > result[1] ? result[0] : result[1], 2 * LOCKED);
	called_free(&in);
}

/* ---- exceptions ---- */

static void exceptions_are_handled(void)
{
	struct raise_arg r = { .what = RAISE_UD };
	void *nowhere = mmap(NULL, SGX_PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct called in;
	int i;

	REQUIRE(nowhere != MAP_FAILED);
	called_load(&in, NULL, NULL);
	for (i = 0; i < 3; i++) {
		EXPECT_CALL(&in, EC_RAISE, &r, 0);
		EXPECT_EQ(r.vector, VECTOR_UD);
		EXPECT_EQ(r.times, 1);
	}
	r = (struct raise_arg){ .what = RAISE_PF, .address = (u64)nowhere, .value = 0x123456 };
	EXPECT_CALL(&in, EC_RAISE, &r, 0x123456);
	EXPECT_EQ(r.vector, VECTOR_PF);
	EXPECT_EQ(r.told & ~0xfffULL, (u64)nowhere);
	EXPECT_EQ(r.error & (PF_WRITE | PF_USER), PF_USER);
	r = (struct raise_arg){ .what = RAISE_OCALL };
	EXPECT_CALL(&in, EC_RAISE, &r, 0);
	EXPECT_EQ(r.value, -EBUSY);
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	called_free(&in);
}

/* In an enclave of its own, up to where the host is to tell it of the exception. */
static void raise_by_registers(struct called *in, struct raise_arg *r)
{
	struct avow_call call;

	called_load(in, NULL, NULL);
	call = raw(in, 0, AVOW_OP_ECALL, EC_RAISE, (u64)r, 0, 0);
	EXPECT_EQ(call.run.function, AVOW_ERESUME);
}

/* One exception is one: the host can tell the enclave of it once, and of none that was not. */
static void exceptions_are_the_frames(void)
{
	struct raise_arg r = { .what = RAISE_UD };
	struct avow_call call;
	struct called in;

	raise_by_registers(&in, &r);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_ECALL, EC_COUNT, 0, 0, 0), EINVAL);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_RETURN, 0, 0, 0, 0), EINVAL);
	call = raw(&in, 0, AVOW_OP_EXCEPTION, 0, 0, 0, 0);
	EXPECT_EQ(call.rdi, AVOW_EXIT_RESUME);
	EXPECT_REFUSED(raw(&in, 0, AVOW_OP_EXCEPTION, 0, 0, 0, 0), EINVAL);
	called_free(&in);
}

/* Nobody gets in: no call, whatever TCSs are in use, and by no registers on any TCS. */
static void expect_dead(struct called *in)
{
	u64 tcs, op;

	EXPECT_ERRNO(called_try(in, EC_COUNT, NULL, NULL), EIO);
	EXPECT_SAID(in, "ended before");
	for (tcs = 0; tcs < in->e->nr_tcs; tcs++)
		for (op = AVOW_OP_ECALL; op <= AVOW_OP_EXCEPTION; op++)
			EXPECT_REFUSED(raw(in, tcs, op, EC_COUNT, 0, 0, 0), EIO);
	/* Nor where the library has to ask inside. */
	in->e->ended = false;
	EXPECT_ERRNO(called_try(in, EC_COUNT, NULL, NULL), EIO);
	in->e->tcs_taken = ~0ULL;
	EXPECT_ERRNO(called_try(in, EC_COUNT, NULL, NULL), EIO);
}

static void expect_ended(struct called *in, enum ecall number, void *arg, const char *words)
{
	EXPECT_ERRNO(called_try(in, number, arg, NULL), EFAULT);
	EXPECT_SAID(in, words);
	EXPECT_EQ(in->e->tcs_taken, 0);
	expect_dead(in);
	called_free(in);
}

static void exceptions_end_the_enclave(void)
{
	struct raise_arg r = { .what = RAISE_DE };
	struct called in;

	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_RAISE, &r, "ended by exception 0 at");
	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_ABORT, NULL, "ended itself");
	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_SMASH, NULL, "ended itself");
	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_FREE_TWICE, NULL, "ended itself");
	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_OVERFLOW, NULL, "ended by exception 14 at");
	r.what = RAISE_AND_ABORT;
	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_RAISE, &r, "ended itself");
}

/* ---- the end, where it is not the thread's own call alone ---- */

static void ended_in_the_handler(void)
{
	struct raise_arg r = { .what = RAISE_ABORT };
	struct called in;

	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_RAISE, &r, "ended itself");
	r.what = RAISE_SMASH;
	called_load(&in, NULL, NULL);
	expect_ended(&in, EC_RAISE, &r, "ended itself");
}

/* Told of the exception from another depth of the stack than that of the ecall, it leaves to there. */
__attribute__((noinline)) static struct avow_call raw_deeper(struct called *in)
{
	volatile char room[1000];

	room[0] = 0;
	return raw(in, room[0], AVOW_OP_EXCEPTION, 0, 0, 0, 0);
}

static void ended_in_the_handler_by_registers(void)
{
	struct raise_arg r = { .what = RAISE_ABORT };
	struct avow_call call;
	struct called in;

	raise_by_registers(&in, &r);
	call = raw_deeper(&in);
	EXPECT_EQ(call.run.function, AVOW_EEXIT);
	EXPECT_EQ(call.rdi, AVOW_EXIT_CRASHED);
	EXPECT_EQ(call.rsi, 0);
	expect_dead(&in);
	called_free(&in);
}

/* In the function of an ocall: the call that waits for it does not go on inside. */
static void ended_in_an_ocall(void)
{
	struct ask a = { .number = OC_ABORT, .bytes = 8, .value = 5, .kept = 9 };
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_ERRNO(called_try(&in, EC_OCALL, &a, NULL), EIO);
	EXPECT_EQ(called_again_err, -EFAULT);
	EXPECT_EQ(a.kept, 9);
	expect_dead(&in);
	called_free(&in);
}

struct waiting {
	struct called *in;
	struct wait w;
	int here, go, err;
};

static void *wait_inside(void *arg)
{
	struct waiting *x = arg;

	x->err = called_try(x->in, EC_WAIT, &x->w, NULL);
	return NULL;
}

/* Meanwhile another one is inside: of what it would still do, and would have the host know, nothing comes out. */
static void ended_under_another(void)
{
	unsigned int then;

	for (then = WAIT_RETURN; then <= WAIT_LOCK; then++) {
		struct called in;
		struct waiting x = { .in = &in, .w = { .then = then, .here = &x.here, .go = &x.go } };
		pthread_t thread;

		called_again_err = 1;
		called_load(&in, NULL, NULL);
		REQUIRE(!pthread_create(&thread, NULL, wait_inside, &x));
		while (!__atomic_load_n(&x.here, __ATOMIC_SEQ_CST))
			sched_yield();
		EXPECT_ERRNO(called_try(&in, EC_ABORT, NULL, NULL), EFAULT);
		__atomic_store_n(&x.go, 1, __ATOMIC_SEQ_CST);
		REQUIRE(!pthread_join(thread, NULL));
		if (x.err != -EIO || x.w.done)
			FAIL("then %u: error %d, done %d", then, x.err, x.w.done);
		EXPECT_EQ(called_again_err, 1);		/* no ocall */
		expect_dead(&in);
		called_free(&in);
	}
}

/* The thread is lost, and taken by nobody; the enclave goes on. */
static void exception_in_the_handler(void)
{
	struct raise_arg r = { .what = RAISE_IN_HANDLER };
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_ERRNO(called_try(&in, EC_RAISE, &r, NULL), EFAULT);
	EXPECT_SAID(&in, "a thread of the enclave is lost by exception 6 at");
	EXPECT_EQ(in.e->tcs_taken, 1);
	EXPECT_CALL(&in, EC_COUNT, NULL, 1);
	called_free(&in);
}

TESTS(
	{ "R30 R31 ecalls", calls, BOTH },
	{ "R30 an ecall by its registers", raw_calls, ONCE },
	{ "R30 numbers without an ecall", wrong_numbers, ONCE },
	{ "R30 ranges inside and outside, to the last byte", ranges, ONCE },
	{ "R30 pointers into the enclave", pointers_into_the_enclave, ONCE },
	{ "R31 ocalls", ocalls, BOTH },
	{ "R30 R31 ocalls, to the last number and byte", ocalls_to_the_last_byte, ONCE },
	{ "R30 an ecall in an ocall", ecall_in_an_ocall, ONCE },
	{ "R30 ocall returns that are forged", forged_returns, ONCE },
	{ "R31 nothing is left in registers", leaves_nothing_in_registers, ONCE },
	{ "R30 flags, control words and the stack as the ABI has them", begins_as_the_abi_says, ONCE },
	{ "R30 R31 DF, by ENCLU itself", direction_flag, ONCE },
	{ "R31 control words of the host, in an ocall and after the call", control_words_of_the_host, ONCE },
	{ "R30 two threads inside at once", two_threads_inside, ONCE },
	{ "R30 locks exclude", locks_exclude, ONCE },
	{ "R32 R33 exceptions are handled", exceptions_are_handled, BOTH },
	{ "R32 an exception is what the frame says, and once", exceptions_are_the_frames, ONCE },
	{ "R32 exceptions that nobody handles end the enclave", exceptions_end_the_enclave, ONCE },
	{ "R30 R32 an enclave that ends in its handler", ended_in_the_handler, ONCE },
	{ "R30 R31 where an end in the handler leaves to", ended_in_the_handler_by_registers, ONCE },
	{ "R30 an enclave that ends in an ocall", ended_in_an_ocall, ONCE },
	{ "R30 R31 an enclave that ends while another thread is inside", ended_under_another, ONCE },
	{ "R30 an exception in the handler", exception_in_the_handler, ONCE },
)
