// SPDX-License-Identifier: LGPL-2.1-or-later
/* The test enclave: does one thing at each entry. No libc, no relocations. */
#include "inner.h"

typedef unsigned long u64;
typedef unsigned char u8;

struct dump {
	u64 regs[16];
	u64 rflags;
	u8 xmm[16][16];
	unsigned int mxcsr;
	unsigned short x87_control;
};

_Static_assert(__builtin_offsetof(struct dump, rflags) == 128, "entry.S");
_Static_assert(__builtin_offsetof(struct dump, xmm) == 136, "entry.S");
_Static_assert(__builtin_offsetof(struct dump, mxcsr) == 392, "entry.S");
_Static_assert(__builtin_offsetof(struct dump, x87_control) == 396, "entry.S");

#pragma GCC visibility push(hidden)
void exit_to(u64 target);
void recover(void);
void regs(u64 addr, u8 (*patterns)[16], struct dump *dump);
void vectors(const u8 (*patterns)[32], u8 (*dump)[32]);
#pragma GCC visibility pop

/* A SECINFO and what an operand of EACCEPT must be: aligned, in the enclave. */
struct secinfo {
	u64 flags;
	u64 reserved[7];
} __attribute__((aligned(64)));

static u64 counter;

static void do_leaf(struct op *op)
{
	struct secinfo secinfo = { .flags = op->flags };
	struct leaf l = { .rax = op->rax, .rbx = op->rbx, .rcx = op->rcx, .rdx = op->rdx };

	if (op->rax == 4)
		exit_to(op->rbx);
	if (!l.rbx)
		l.rbx = (u64)&secinfo;
	/* The structure must be in memory when the leaf reads it. */
	__asm__ volatile("" : : "r"(&secinfo) : "memory");
	leaf(&l);
	op->rax = l.rax;
	op->flags = l.rflags;
}

static void do_regs(struct op *op)
{
	struct dump d;
	unsigned int i, j;

	regs(op->addr, op->xmm, &d);
	for (i = 0; i < 16; i++)
		op->regs[i] = d.regs[i];
	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			op->xmm[i][j] = d.xmm[i][j];
	op->flags = d.rflags;
	op->mxcsr = d.mxcsr;
	op->x87_control = d.x87_control;
}

/* How many registers are not what regs() loaded. RSP's slot has the distance: 0. */
static u64 wrong_registers(const struct dump *d, u64 addr, u8 (*patterns)[16])
{
	u64 wrong = 0;
	u64 i;
	unsigned int j;

	for (i = 0; i < 16; i++)
		wrong += d->regs[i] != (i == 4 ? 0 : i == 7 ? addr : REG_PATTERN + i);
	for (i = 0; i < 16; i++)
		for (j = 0; j < 16; j++)
			wrong += d->xmm[i][j] != patterns[i][j];
	return wrong + (d->mxcsr != MXCSR_PATTERN) + (d->x87_control != X87_PATTERN);
}

static void do_storm(struct op *op)
{
	struct dump d;
	u64 wrong = 0, i;

	for (i = 0; i < op->value; i++) {
		regs(op->addr, op->xmm, &d);
		wrong += wrong_registers(&d, op->addr, op->xmm);
	}
	op->value = wrong;
}

static void do_x87(void)
{
	unsigned short unmasked = 0x37f & ~(1U << 2);	/* division by zero */

	__asm__ volatile("fninit\n\t"
			 "fldcw %0\n\t"
			 "fldz\n\t"
			 "fld1\n\t"
			 "fdivp\n\t"
			 "fwait"
			 : : "m"(unmasked));
}

static void do_sse(void)
{
	unsigned int unmasked = 0x1f80 & ~(1U << 9), masked = 0x1f80;	/* division by zero */

	__asm__ volatile("ldmxcsr %0\n\t"
			 "xorps %%xmm0, %%xmm0\n\t"
			 "pcmpeqd %%xmm1, %%xmm1\n\t"
			 "cvtdq2ps %%xmm1, %%xmm1\n\t"
			 "divss %%xmm0, %%xmm1\n\t"
			 "ldmxcsr %1"
			 : : "m"(unmasked), "m"(masked) : "xmm0", "xmm1");
}

static void do_unaligned(void)
{
	u64 room[2] = { 0 };

	__asm__ volatile("pushfq\n\t"
			 "orl $0x40000, (%%rsp)\n\t"
			 "popfq\n\t"
			 "mov 1(%0), %%rax\n\t"
			 "pushfq\n\t"
			 "andl $~0x40000, (%%rsp)\n\t"
			 "popfq"
			 : : "r"(room) : "rax", "memory", "cc");
}

static u64 set_trap_flag(void)
{
	u64 flags;

	__asm__ volatile("pushfq\n\t"
			 "orq $0x100, (%%rsp)\n\t"
			 "popfq\n\t"
			 "nop\n\t"
			 "nop\n\t"
			 "pushfq\n\t"
			 "popq %0"
			 : "=r"(flags) : : "memory", "cc");
	return flags;
}

static void do_instruction(u64 which)
{
	u8 room[48] __attribute__((aligned(16)));
	u64 ax = 110;	/* getppid */

	switch (which) {
	case I_INT3:
		__asm__ volatile("int3");
		break;
	case I_INT3_LONG:
		__asm__ volatile(".byte 0xcd, 0x03");
		break;
	case I_INT80:
		__asm__ volatile("int $0x80" : "+a"(ax) : : "memory");
		break;
	case I_INT6:
		__asm__ volatile("int $6");
		break;
	case I_SYSCALL:
		__asm__ volatile("syscall" : "+a"(ax) : : "rcx", "r11", "memory");
		break;
	case I_IN:
		__asm__ volatile("inb $0x80, %%al" : "+a"(ax));
		break;
	case I_IN_DX:
		__asm__ volatile("inl %%dx, %%eax" : "+a"(ax) : "d"(0x80));
		break;
	case I_OUT:
		__asm__ volatile("outb %%al, $0x80" : : "a"(ax));
		break;
	case I_OUT_DX:
		__asm__ volatile("outw %%ax, %%dx" : : "a"(ax), "d"(0x80));
		break;
	case I_INSB:
		__asm__ volatile("rep insb" : : "D"(room), "c"(1UL), "d"(0x80) : "memory");
		break;
	case I_OUTSL:
		__asm__ volatile("outsl" : : "S"(room), "d"(0x80) : "memory");
		break;
	case I_RDPMC:
		__asm__ volatile("rdpmc" : "+a"(ax) : "c"(0) : "rdx");
		break;
	case I_MOV_DS:
		__asm__ volatile("mov %0, %%ds" : : "r"(0x7ff8));
		break;
	case I_FAR_JMP:
		((unsigned long *)room)[0] = 0x7ff800000000;
		__asm__ volatile("ljmp *(%0)" : : "r"(room) : "memory");
		break;
	case I_SSE:
		do_sse();
		break;
	case I_UNALIGNED:
		do_unaligned();
		break;
	case I_SSE_UNALIGNED:
		__asm__ volatile("movaps 1(%0), %%xmm0" : : "r"(room) : "xmm0");
		break;
	}
}

static void do_vectors(struct op *op)
{
	const u8 (*patterns)[32] = (const u8 (*)[32])op->from;
	u8 dump[16][32];
	u64 wrong = 0, n;
	unsigned int i, j;

	for (n = 0; n < op->value; n++) {
		vectors(patterns, dump);
		for (i = 0; i < 16; i++)
			for (j = 0; j < 32; j++)
				wrong += dump[i][j] != patterns[i][j];
	}
	op->value = wrong;
}

static void do_copy(struct op *op)
{
	volatile u8 *to = (volatile u8 *)op->addr;
	const volatile u8 *from = (const volatile u8 *)op->from;
	u64 i;

	for (i = 0; i < op->value; i++)
		to[i] = from[i];
}

static void do_state(struct op *op, const u64 *state)
{
	int i;

	for (i = 0; i <= ST_RFLAGS; i++)
		op->state[i] = state[i];
}

void op_main(struct op *op, const u64 *state)
{
	switch (op->id) {
	case OP_NOTHING:
		break;
	case OP_READ:
		op->value = *(volatile u8 *)op->addr;
		break;
	case OP_WRITE:
		*(volatile u8 *)op->addr = (u8)op->value;
		break;
	case OP_EXEC:
		((void (*)(void))op->addr)();
		break;
	case OP_READ64:
		op->value = *(volatile u64 *)op->addr;
		break;
	case OP_WRITE64:
		*(volatile u64 *)op->addr = op->value;
		break;
	case OP_COPY:
		do_copy(op);
		break;
	case OP_LEAF:
		do_leaf(op);
		break;
	case OP_UD:
		__asm__ volatile("ud2");
		break;
	case OP_DIVIDE:
		__asm__ volatile("div %0" : : "r"(0UL), "a"(1UL), "d"(0UL));
		break;
	case OP_STATE:
		do_state(op, state);
		break;
	case OP_REGS:
		do_regs(op);
		break;
	case OP_SPIN:
		op->inside = 1;
		while (!op->stop)
			__asm__ volatile("pause");
		break;
	case OP_COUNT:
		op->value = ++counter;
		break;
	case OP_X87:
		do_x87();
		break;
	case OP_STORM:
		do_storm(op);
		break;
	case OP_RECOVER:
		*(volatile u64 *)op->addr = (u64)recover;
		break;
	case OP_INSTRUCTION:
		do_instruction(op->value);
		break;
	case OP_SEAL:
		seal(op);
		break;
	case OP_UNSEAL:
		unseal(op);
		break;
	case OP_VERIFY:
		verify(op);
		break;
	case OP_TRAP_FLAG:
		op->flags = set_trap_flag();
		break;
	case OP_VECTORS:
		do_vectors(op);
		break;
	}
}
