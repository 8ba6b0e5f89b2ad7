/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Entering with every register under control, by the vDSO or by ENCLU itself. */
#ifndef REGS_H
#define REGS_H

#include "enclave.h"

struct regs {
	u64 gpr[16];		/* in the order of ModRM: RAX RCX RDX RBX RSP RBP RSI RDI R8..R15 */
	u64 rflags;		/* out only */
	u8 xmm[16][16] __attribute__((aligned(16)));
	u32 mxcsr;
	u16 x87_control;
	u64 fsbase, gsbase;	/* out only */
};

/*
 * Calls the vDSO's function with all registers of *in but RSP, RBP and RBX (RCX: the
 * function; R10, R11 and RAX are the call's); *out gets all as they were after it.
 */
int regs_vdso(vdso_sgx_enter_enclave_t enter, const struct regs *in, struct regs *out,
	      struct sgx_enclave_run *run);

/*
 * ENCLU itself, with all registers of *in but RSP and RBP; RCX, the AEP, is in's too,
 * or, if it is 0, the place in regs_enclu() that an asynchronous exit comes to.
 * Returns 1 for such an exit, 0 where the next instruction was reached.
 */
int regs_enclu(const struct regs *in, struct regs *out);
/* Addresses within regs_enclu(): the instruction after ENCLU, and its AEP. */
extern const char regs_enclu_next[], regs_enclu_aep[], regs_enclu_at[];

#endif
