// SPDX-License-Identifier: LGPL-2.1-or-later
/* Exceptions inside: the entry at CSSA 1, with the frame of CSSA 0 to look at. */
#include "sgx_arch.h"

#include "thread.h"

#define VECTOR_GP	13
#define VECTOR_PF	14
#define EXITINFO_VECTOR	0xffU
#define RFLAGS_UNWANTED	(1ULL << 18 | 1ULL << 10 | 1ULL << 8)	/* AC, DF, TF */

/* The end of the first SSA frame. */
struct frame {
	struct avow_ssa_exinfo exinfo;
	struct avow_ssa_gprs gprs;
};

static_assert(sizeof(struct frame) == 200, "SSA frame");
static_assert(offsetof(struct avow_registers, rip) == offsetof(struct avow_ssa_gprs, rip), "GPRSGX");
static_assert(offsetof(struct avow_registers, r15) == offsetof(struct avow_ssa_gprs, r15), "GPRSGX");

#pragma GCC visibility push(hidden)
unsigned int avow_exception(struct avow_thread *thread);
#pragma GCC visibility pop

/* What an enclave has that defines none. */
__attribute__((weak)) bool avow_on_exception(struct avow_exception *exception)
{
	(void)exception;
	return false;
}

/* A leaf of which avow_leaf() reports that it failed. */
static bool by_leaf(struct frame *frame)
{
	if (frame->gprs.rip != (u64)avow_leaf_enclu)
		return false;
	frame->gprs.rip = (u64)avow_leaf_failed;
	return true;
}

static bool by_enclave(struct frame *frame, u32 vector)
{
	struct avow_exception exception = {
		.vector = vector,
		.registers = (struct avow_registers *)&frame->gprs,
	};

	if (vector == VECTOR_PF || vector == VECTOR_GP) {
		exception.error = frame->exinfo.errcd;
		exception.address = frame->exinfo.maddr;
	}
	return avow_on_exception(&exception);
}

/* Called by entry.S on the stack for exceptions. That there was one the frame says, not the host; and once. */
unsigned int avow_exception(struct avow_thread *thread)
{
	struct frame *frame = (struct frame *)((char *)thread + THREAD_SSA + SGX_PAGE_SIZE - sizeof(struct frame));
	u32 info = frame->gprs.exitinfo;

	if (!(info & EXITINFO_VALID))
		return AVOW_EXIT_REFUSED;
	frame->gprs.exitinfo = 0;
	if (!by_leaf(frame) && !by_enclave(frame, info & EXITINFO_VECTOR)) {
		avow_die();
		frame->gprs.rip = (u64)avow_leave;
		frame->gprs.rdi = AVOW_EXIT_CRASHED;
		frame->gprs.rsi = 1;
		frame->gprs.rflags &= ~RFLAGS_UNWANTED;
	}
	return AVOW_EXIT_RESUME;
}
