/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the host asks of the test enclave. RDI at EENTER is the address of a
 * struct op in ordinary memory; the enclave writes its answers there.
 */
#ifndef OP_H
#define OP_H

#ifndef __ASSEMBLER__

enum op_id {
	OP_NOTHING,	/* back at once */
	OP_READ,	/* value = the byte at addr */
	OP_WRITE,	/* the byte at addr = value */
	OP_EXEC,	/* calls addr */
	OP_READ64,
	OP_WRITE64,
	OP_COPY,	/* addr[0..value) = *from */
	OP_LEAF,	/* ENCLU with rax, rbx, rcx, rdx; RBX = 0: address of a SECINFO with flags */
	OP_UD,		/* UD2 */
	OP_DIVIDE,	/* a division by zero */
	OP_STATE,	/* state[] = what the entry saw */
	OP_REGS,	/* patterns into all registers, a read of addr, registers into regs[] */
	OP_SPIN,	/* inside = 1, then round and round until *stop */
	OP_COUNT,	/* counter in the enclave's own data += 1; value = counter */
	OP_X87,		/* an unmasked x87 exception */
	OP_STORM,	/* OP_REGS value times; value = how often a register was not the pattern */
	OP_RECOVER,	/* a nested entry: the saved RIP at addr = the way out of depth 0 */
	OP_INSTRUCTION,	/* one of enum instruction, in value */
	OP_TRAP_FLAG,	/* POPF sets TF; flags = RFLAGS a few instructions later */
	OP_SEAL,	/* 64 bytes of *from into the struct sealed at addr; value = done */
	OP_UNSEAL,	/* the struct sealed at addr into *from; value = it was this enclave's to unseal */
	OP_VERIFY,	/* a report at *from; value = it was made for this enclave */
	OP_VECTORS,	/* value times all YMM from *from[16][32]; value = how many were changed */
};

/* Instructions of the enclave that raise an exception. */
enum instruction {
	I_INT3,		/* cc */
	I_INT3_LONG,	/* cd 03 */
	I_INT80,
	I_INT6,
	I_SYSCALL,	/* with RAX = getppid */
	I_IN, I_IN_DX, I_OUT, I_OUT_DX, I_INSB, I_OUTSL,
	I_SSE,		/* an unmasked division by zero */
	I_UNALIGNED,	/* a misaligned read with RFLAGS.AC set */
	I_RDPMC,
	I_MOV_DS, I_FAR_JMP,	/* with a selector that is none */
	I_SSE_UNALIGNED,	/* MOVAPS of a misaligned address: #GP */
};

struct op {
	unsigned long id;
	unsigned long addr;
	unsigned long value;
	unsigned long from;
	unsigned long rax, rbx, rcx, rdx;	/* in; RAX also out */
	unsigned long flags;			/* SECINFO.FLAGS in; RFLAGS out */
	volatile unsigned long inside, stop;
	unsigned long state[24];		/* enum op_state */
	unsigned long regs[16];			/* in the order of ModRM: RAX RCX RDX RBX RSP ... R15 */
	unsigned char xmm[16][16];
	unsigned int mxcsr, x87_control;
};

/* state[]: GPRs in the order of ModRM, then these. */
enum op_state {
	ST_RAX, ST_RCX, ST_RDX, ST_RBX, ST_RSP, ST_RBP, ST_RSI, ST_RDI,
	ST_R8, ST_R9, ST_R10, ST_R11, ST_R12, ST_R13, ST_R14, ST_R15,
	ST_FSBASE, ST_GSBASE, ST_RFLAGS,
};

#endif

/* The pattern that OP_REGS loads: register n has REG_PATTERN + n. */
#define REG_PATTERN	0x1122334455667700
#define MXCSR_PATTERN	0x1fa0		/* precision exceptions flagged: not the initial value */
#define X87_PATTERN	0x0f7f		/* round towards zero: not the initial value */

/* Layout, in pages from the base; enclave.lds and the TCSs are made from it. */
#define ENCL_NR_TCS	4	/* TCS n is page n */
#define ENCL_NSSA_0	2
#define ENCL_NSSA_1	1
#define ENCL_NSSA_2	2
#define ENCL_NSSA_3	2

#endif
