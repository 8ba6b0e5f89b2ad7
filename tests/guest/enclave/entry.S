/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * TCSs and entry of the test enclave. GS base is the address of the TCS' own
 * area:
 *	  0  its own offset in the enclave
 *	  8  stack for CSSA 0, 16 for CSSA 1
 *	 32  what the entry saw: 16 GPRs, FS base, GS base, RFLAGS
 *	192  memory of regs()
 *	256  RSP in the call of op_main() at CSSA 0, 264 at CSSA 1
 * FS base is the lowest address of its stacks.
 */
#include "op.h"

#define AREA_SELF	0
#define AREA_STACK	8
#define AREA_STATE	32
#define AREA_SCRATCH	192
#define AREA_SAVED	256
#define AREA_SIZE	4096
#define STACK_SIZE	8192
#define ENCLU		.byte 0x0f, 0x01, 0xd7
#define LEAF_EEXIT	4

	.macro	tcs number, nssa
	.quad	0, 0				/* STATE, FLAGS */
	.quad	ssa_\number			/* OSSA */
	.long	0, \nssa			/* CSSA, NSSA */
	.quad	entry				/* OENTRY */
	.quad	0				/* AEP */
	.quad	stack_\number			/* OFSBASE */
	.quad	area_\number			/* OGSBASE */
	.long	0xffffffff, 0xffffffff
	.zero	4024
	.endm

	.macro	area number
	.balign	4096
area_\number:
	.quad	area_\number
	.quad	stack_\number + STACK_SIZE
	.quad	stack_\number + 2 * STACK_SIZE
	.zero	AREA_SIZE - 24
stack_\number:
	.zero	2 * STACK_SIZE
	.endm

	.macro	ssa number, nssa
	.globl	ssa_\number
ssa_\number:
	.zero	\nssa * 4096
	.endm

	/* The assembler's values are offsets: the image is linked at 0. */
	.section .tcs, "aw", @progbits
	tcs	0, ENCL_NSSA_0
	tcs	1, ENCL_NSSA_1
	tcs	2, ENCL_NSSA_2
	tcs	3, ENCL_NSSA_3

	.section .areas, "aw", @progbits
	.balign	4096
	ssa	0, ENCL_NSSA_0
	ssa	1, ENCL_NSSA_1
	ssa	2, ENCL_NSSA_2
	ssa	3, ENCL_NSSA_3
	area	0
	area	1
	area	2
	area	3

	.text
	.globl	entry
entry:
	mov	%rax, %gs:(AREA_STATE + 8 * 0)
	mov	%rcx, %gs:(AREA_STATE + 8 * 1)
	mov	%rdx, %gs:(AREA_STATE + 8 * 2)
	mov	%rbx, %gs:(AREA_STATE + 8 * 3)
	mov	%rsp, %gs:(AREA_STATE + 8 * 4)
	mov	%rbp, %gs:(AREA_STATE + 8 * 5)
	mov	%rsi, %gs:(AREA_STATE + 8 * 6)
	mov	%rdi, %gs:(AREA_STATE + 8 * 7)
	mov	%r8, %gs:(AREA_STATE + 8 * 8)
	mov	%r9, %gs:(AREA_STATE + 8 * 9)
	mov	%r10, %gs:(AREA_STATE + 8 * 10)
	mov	%r11, %gs:(AREA_STATE + 8 * 11)
	mov	%r12, %gs:(AREA_STATE + 8 * 12)
	mov	%r13, %gs:(AREA_STATE + 8 * 13)
	mov	%r14, %gs:(AREA_STATE + 8 * 14)
	mov	%r15, %gs:(AREA_STATE + 8 * 15)
	/* What a program outside may have set; the ABI of the C part wants these. */
	cld

	/* The stack of this depth; its offset plus the base, which is known from RIP. */
	lea	__base(%rip), %r11
	mov	%rsp, %r10
	mov	%gs:AREA_STACK(,%rax,8), %rsp
	add	%r11, %rsp
	push	%r10			/* the stack outside */
	push	%rbp
	push	%rcx			/* where to go back to */
	push	%rbx			/* 16-byte aligned now: the stacks' tops are */
	pushfq
	pop	%gs:(AREA_STATE + 8 * 18)
	rdfsbase %r10
	mov	%r10, %gs:(AREA_STATE + 8 * 16)
	rdgsbase %r10
	mov	%r10, %gs:(AREA_STATE + 8 * 17)

	mov	%rsp, %gs:AREA_SAVED(,%rax,8)
	lea	AREA_STATE(%r10), %rsi
	call	op_main
way_out:
	pop	%rdx
	pop	%rbx
	pop	%rbp
	pop	%rsp
	mov	$LEAF_EEXIT, %eax
	ENCLU
	ud2

	/* Where a frame of depth 0 is resumed that cannot go on where it was. */
	.globl	recover
recover:
	mov	%gs:AREA_SAVED, %rsp
	fninit				/* an exception may be pending, which the host would get */
	pushq	$0x1f80
	ldmxcsr	(%rsp)
	pop	%rdx
	pushfq
	andl	$~0x40000, (%rsp)	/* AC */
	popfq
	cld
	jmp	way_out

	/* unsigned long leaf(struct leaf *): RAX, RBX, RCX, RDX of the struct; RAX and RFLAGS back */
	.globl	leaf
leaf:
	push	%rbx
	mov	0(%rdi), %rax
	mov	8(%rdi), %rbx
	mov	16(%rdi), %rcx
	mov	24(%rdi), %rdx
	ENCLU
	mov	%rax, 0(%rdi)
	pushfq
	pop	32(%rdi)
	pop	%rbx
	ret

	/*
	 * void exit_to(unsigned long target): EEXIT to a place of the host's choice.
	 * Comes back only by an exception.
	 */
	.globl	exit_to
exit_to:
	mov	%rdi, %rbx
	mov	$LEAF_EEXIT, %eax
	ENCLU
	ud2

	.macro	load_xmm
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	16 * \n(%rsi), %xmm\n
	.endr
	.endm

	/*
	 * void regs(unsigned long addr, const u8 patterns[16][16], struct regs *dump)
	 * Patterns into everything, one read of addr (which may fault and be resumed),
	 * and then everything into the dump, which is enclave memory.
	 */
	.globl	regs
regs:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	stmxcsr	0(%rsp)
	fnstcw	4(%rsp)
	ldmxcsr	mxcsr_pattern(%rip)
	fldcw	x87_pattern(%rip)
	mov	%rsp, %gs:AREA_SCRATCH
	mov	%rdx, %gs:(AREA_SCRATCH + 8)
	load_xmm
	.irp	n, 0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15
	.if	\n == 0
	movabs	$(REG_PATTERN + 0), %rax
	.elseif	\n == 1
	movabs	$(REG_PATTERN + 1), %rcx
	.elseif	\n == 2
	movabs	$(REG_PATTERN + 2), %rdx
	.elseif	\n == 3
	movabs	$(REG_PATTERN + 3), %rbx
	.elseif	\n == 5
	movabs	$(REG_PATTERN + 5), %rbp
	.elseif	\n == 6
	movabs	$(REG_PATTERN + 6), %rsi
	.else
	movabs	$(REG_PATTERN + \n), %r\n
	.endif
	.endr
	/* RDI holds the address; a compare leaves every register as it is. */
	std
	stc
	testb	$0, (%rdi)
	mov	%rsp, %gs:(AREA_SCRATCH + 16)
	pushfq
	pop	%gs:(AREA_SCRATCH + 24)
	cld
	mov	%rax, %gs:(AREA_SCRATCH + 32)
	mov	%gs:(AREA_SCRATCH + 8), %rax
	mov	%rcx, 8 * 1(%rax)
	mov	%rdx, 8 * 2(%rax)
	mov	%rbx, 8 * 3(%rax)
	mov	%rbp, 8 * 5(%rax)
	mov	%rsi, 8 * 6(%rax)
	mov	%rdi, 8 * 7(%rax)
	mov	%r8, 8 * 8(%rax)
	mov	%r9, 8 * 9(%rax)
	mov	%r10, 8 * 10(%rax)
	mov	%r11, 8 * 11(%rax)
	mov	%r12, 8 * 12(%rax)
	mov	%r13, 8 * 13(%rax)
	mov	%r14, 8 * 14(%rax)
	mov	%r15, 8 * 15(%rax)
	mov	%gs:(AREA_SCRATCH + 32), %rcx
	mov	%rcx, 0(%rax)
	mov	%gs:(AREA_SCRATCH + 16), %rcx
	sub	%gs:AREA_SCRATCH, %rcx		/* RSP moved by: 0 */
	mov	%rcx, 8 * 4(%rax)
	mov	%gs:(AREA_SCRATCH + 24), %rcx
	mov	%rcx, 128(%rax)			/* RFLAGS */
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	%xmm\n, 136 + 16 * \n(%rax)
	.endr
	stmxcsr	392(%rax)
	fnstcw	396(%rax)
	mov	%gs:AREA_SCRATCH, %rsp
	ldmxcsr	0(%rsp)
	fldcw	4(%rsp)
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	/*
	 * void vectors(const u8 patterns[16][32], u8 dump[16][32]): all YMM, kept
	 * for a while in which the thread can be interrupted.
	 */
	.globl	vectors
vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovdqu	32 * \n(%rdi), %ymm\n
	.endr
	mov	$3000, %ecx
1:	dec	%ecx
	jnz	1b
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vmovdqu	%ymm\n, 32 * \n(%rsi)
	.endr
	vzeroall
	ret

	.section .rodata
	.balign	4
mxcsr_pattern:
	.long	MXCSR_PATTERN
x87_pattern:
	.short	X87_PATTERN

	.section .note.GNU-stack, "", @progbits
