// SPDX-License-Identifier: LGPL-2.1-or-later
/* Calls of functions inside, for enclaves with the runtime of libavow-enclave: runtime/abi.h. */
#include <immintrin.h>
#include <string.h>

#include "enclave.h"
#include "message.h"

#define BUFFER	4096	/* for an ocall's argument: AVOW_ARG_MAX of <avow_enclave.h> */

/* In call_step.S: the vDSO's user_handler, which calls avow_call_step() with the registers in the call. */
int avow_call_handler(long rdi, long rsi, long rdx, long ursp, long r8, long r9, struct sgx_enclave_run *run);
int avow_call_step(struct avow_call *call);

/* One call from its beginning to its end, in which there may be ocalls and exceptions. */
struct calling {
	struct avow_call call;		/* the first, so that one is found by the other */
	const struct avow_ocalls *ocalls;
	__s64 result;
	u32 mxcsr;			/* the caller's, for its own functions */
	u16 x87;
	bool telling;			/* by the last entry, of an exception */
	bool lost;			/* the TCS cannot be entered again, for an exception */
	bool ended;			/* the enclave has, in this call or before it */
	bool unhandled;			/* that is why */
	struct { u16 vector, error; u64 addr; } exception;	/* the last one */
	_Alignas(64) u8 buffer[BUFFER];
};

/* ---- a step: what the enclave wants ---- */

static int enter_again(struct calling *c, u64 op, __s64 value)
{
	c->call.rdi = op;
	c->call.rsi = 0;
	c->call.rdx = (u64)value;
	c->call.r8 = c->call.r9 = 0;
	return AVOW_EENTER;
}

static __s64 serve(struct calling *c, u64 number, u64 bytes)
{
	const struct avow_ocalls *o = c->ocalls;

	if (!o || number >= o->nr || !o->functions[number] || bytes > sizeof(c->buffer))
		return -ENOSYS;
	_mm_setcsr(c->mxcsr);
	__asm__ volatile("fldcw %0" : : "m"(c->x87));
	return o->functions[number](o->context, c->buffer, bytes);
}

static int exception(struct calling *c, bool told)
{
	const struct sgx_enclave_run *run = &c->call.run;

	c->lost = run->function == AVOW_EENTER;
	/* Who cannot be told of one had it in its handler, which has none: this other one is of the entry. */
	if (c->lost && told)
		return -EFAULT;
	c->exception.vector = run->exception_vector;
	c->exception.error = run->exception_error_code;
	c->exception.addr = run->exception_addr;
	c->telling = !c->lost;
	return c->lost ? -EFAULT : enter_again(c, AVOW_OP_EXCEPTION, 0);
}

static int refused(struct calling *c, __s64 err, bool told)
{
	c->ended = err == -EIO;
	/* An exception that the enclave does not know of, as one of no EXINFO. */
	c->lost = told && !c->ended;
	return err < 0 && err > -4096 ? (int)err : -EPROTO;
}

int avow_call_step(struct avow_call *call)
{
	struct calling *c = (struct calling *)call;
	bool told = c->telling;

	c->telling = false;
	if (call->run.function != AVOW_EEXIT)
		return exception(c, told);
	switch (call->rdi) {
	case AVOW_EXIT_DONE:
		c->result = (__s64)call->rsi;
		return 0;
	case AVOW_EXIT_OCALL:
		return enter_again(c, AVOW_OP_RETURN, serve(c, call->rsi, call->rdx));
	case AVOW_EXIT_RESUME:
		return AVOW_ERESUME;
	case AVOW_EXIT_CRASHED:
		c->ended = true;
		c->unhandled = call->rsi;
		return -EFAULT;
	case AVOW_EXIT_REFUSED:
		return refused(c, (__s64)call->rsi, told);
	default:
		c->lost = true;
		return -EPROTO;
	}
}

/* ---- TCSs ---- */

/* A TCS that nobody has, or -1. */
static int take_tcs(struct avow_enclave *e)
{
	u64 all = e->nr_tcs < 64 ? (1ULL << e->nr_tcs) - 1 : ~0ULL;
	u64 taken = __atomic_load_n(&e->tcs_taken, __ATOMIC_RELAXED);
	int tcs;

	do {
		if (!(all & ~taken))
			return -1;
		tcs = __builtin_ctzll(all & ~taken);
	} while (!__atomic_compare_exchange_n(&e->tcs_taken, &taken, taken | 1ULL << tcs, false, __ATOMIC_ACQUIRE,
					      __ATOMIC_RELAXED));
	return tcs;
}

static void give_tcs(struct avow_enclave *e, int tcs)
{
	__atomic_and_fetch(&e->tcs_taken, ~(1ULL << tcs), __ATOMIC_RELEASE);
}

/* ---- the call ---- */

static int say(const struct calling *c, u32 number, int err)
{
	if (c->unhandled || (c->lost && err != -EPROTO))
		return avow_fail(-EFAULT, "ecall %u: %s exception %u at 0x%llx, error code 0x%x", number,
				 c->lost ? "a thread of the enclave is lost by" : "the enclave ended by",
				 c->exception.vector, c->exception.addr, c->exception.error);
	if (c->ended && err == -EFAULT)
		return avow_fail(err, "ecall %u: the enclave ended itself", number);
	switch (err) {
	case -ENOSYS:
		return avow_fail(err, "ecall %u: the enclave has none of this number", number);
	case -EIO:
		return avow_fail(err, "ecall %u: the enclave has ended before", number);
	case -EFAULT:
		return avow_fail(err, "ecall %u: the argument is not wholly outside the enclave", number);
	default:
		return avow_fail(err, "ecall %u: %s", number, strerror(-err));
	}
}

int avow_enclave_call(struct avow_enclave *e, u32 number, void *arg, const struct avow_ocalls *ocalls, __s64 *result)
{
	struct calling c = {
		.call = { .rdi = AVOW_OP_ECALL, .rsi = number, .rdx = (u64)arg, .r9 = BUFFER },
		.ocalls = ocalls,
		.mxcsr = _mm_getcsr(),
	};
	int tcs, err = avow_enclave_online(e, "EENTER");

	if (err)
		return err;
	if (!e->nr_tcs)
		return avow_fail(-ENOEXEC, "the enclave was not made with libavow-enclave");
	if (__atomic_load_n(&e->ended, __ATOMIC_RELAXED))
		return say(&c, number, -EIO);
	tcs = take_tcs(e);
	if (tcs < 0)
		return avow_fail(-EAGAIN, "all %u threads of the enclave are in use", e->nr_tcs);
	__asm__("fnstcw %0" : "=m"(c.x87));
	c.call.r8 = (u64)c.buffer;
	c.call.run.user_handler = (u64)avow_call_handler;
	err = avow_enclave_enter(e, e->tcs_offset + (u64)tcs * SGX_PAGE_SIZE, &c.call);
	if (c.ended)
		__atomic_store_n(&e->ended, true, __ATOMIC_RELAXED);
	if (!c.lost)
		give_tcs(e, tcs);
	if (err)
		return say(&c, number, err);
	if (result)
		*result = c.result;
	return 0;
}
