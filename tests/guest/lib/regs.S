/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See regs.h. Offsets of struct regs: */
#define GPR(n)		(8 * (n))
#define RFLAGS		128
#define XMM		144
#define MXCSR		400
#define X87_CONTROL	404
#define FSBASE		408
#define GSBASE		416

	/* All callee-saved registers, MXCSR and the x87 control word, below RBP. */
	.macro	save
	push	%rbp
	mov	%rsp, %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$40, %rsp		/* 16-byte aligned: 48 to 8 bytes below */
	stmxcsr	-48(%rbp)
	fnstcw	-52(%rbp)
	.endm

	.macro	restore
	cld
	ldmxcsr	-48(%rbp)
	fldcw	-52(%rbp)
	lea	-40(%rbp), %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	.endm

	.macro	load_vector base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	XMM + 16 * \n(\base), %xmm\n
	.endr
	ldmxcsr	MXCSR(\base)
	fldcw	X87_CONTROL(\base)
	.endm

	.macro	store_vector base
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	%xmm\n, XMM + 16 * \n(\base)
	.endr
	stmxcsr	MXCSR(\base)
	fnstcw	X87_CONTROL(\base)
	.endm

	/* RAX holds the struct; it and what the caller names are left out. */
	.macro	store_most
	mov	%rdx, GPR(2)(%rax)
	mov	%rbx, GPR(3)(%rax)
	mov	%rbp, GPR(5)(%rax)
	mov	%rsi, GPR(6)(%rax)
	mov	%rdi, GPR(7)(%rax)
	mov	%r8, GPR(8)(%rax)
	mov	%r9, GPR(9)(%rax)
	mov	%r10, GPR(10)(%rax)
	mov	%r11, GPR(11)(%rax)
	mov	%r12, GPR(12)(%rax)
	mov	%r13, GPR(13)(%rax)
	mov	%r14, GPR(14)(%rax)
	mov	%r15, GPR(15)(%rax)
	.endm

	.text
	.globl	regs_vdso
	.type	regs_vdso, @function
regs_vdso:
	save
	mov	%rdx, -64(%rbp)			/* out */
	mov	%rcx, (%rsp)			/* run: the stack argument */
	mov	%rdi, %r11
	mov	%rsi, %rax
	load_vector %rax
	mov	GPR(1)(%rax), %rcx
	mov	GPR(2)(%rax), %rdx
	mov	GPR(6)(%rax), %rsi
	mov	GPR(7)(%rax), %rdi
	mov	GPR(8)(%rax), %r8
	mov	GPR(9)(%rax), %r9
	mov	GPR(10)(%rax), %r10
	mov	GPR(12)(%rax), %r12
	mov	GPR(13)(%rax), %r13
	mov	GPR(14)(%rax), %r14
	mov	GPR(15)(%rax), %r15
	call	*%r11
	push	%rax
	push	%rcx
	pushfq
	mov	-64(%rbp), %rax
	pop	RFLAGS(%rax)
	pop	GPR(1)(%rax)
	store_most
	pop	%rcx
	mov	%rcx, GPR(0)(%rax)
	lea	(%rsp), %rdx
	mov	%rdx, GPR(4)(%rax)
	store_vector %rax
	rdfsbase %rdx
	mov	%rdx, FSBASE(%rax)
	rdgsbase %rdx
	mov	%rdx, GSBASE(%rax)
	mov	%ecx, %eax
	restore
	ret
	.size	regs_vdso, . - regs_vdso

	.globl	regs_enclu
	.globl	regs_enclu_at
	.globl	regs_enclu_next
	.globl	regs_enclu_aep
	.type	regs_enclu, @function
regs_enclu:
	save
	mov	%rsi, -64(%rbp)			/* out */
	movl	$0, -56(%rbp)
	mov	%rdi, %rax
	load_vector %rax
	mov	GPR(1)(%rax), %rcx
	test	%rcx, %rcx
	jne	1f
	lea	regs_enclu_aep(%rip), %rcx
1:	mov	GPR(2)(%rax), %rdx
	mov	GPR(3)(%rax), %rbx
	mov	GPR(6)(%rax), %rsi
	mov	GPR(7)(%rax), %rdi
	mov	GPR(8)(%rax), %r8
	mov	GPR(9)(%rax), %r9
	mov	GPR(10)(%rax), %r10
	mov	GPR(11)(%rax), %r11
	mov	GPR(12)(%rax), %r12
	mov	GPR(13)(%rax), %r13
	mov	GPR(14)(%rax), %r14
	mov	GPR(15)(%rax), %r15
	mov	GPR(0)(%rax), %rax
regs_enclu_at:
	.byte	0x0f, 0x01, 0xd7
regs_enclu_next:
	jmp	2f
regs_enclu_aep:
	movl	$1, -56(%rbp)
2:	push	%rax
	push	%rcx
	pushfq
	mov	-64(%rbp), %rax
	pop	RFLAGS(%rax)
	pop	GPR(1)(%rax)
	pop	GPR(0)(%rax)
	store_most
	mov	%rsp, GPR(4)(%rax)
	store_vector %rax
	rdfsbase %rdx
	mov	%rdx, FSBASE(%rax)
	rdgsbase %rdx
	mov	%rdx, GSBASE(%rax)
	mov	-56(%rbp), %eax
	restore
	ret
	.size	regs_enclu, . - regs_enclu

	.section .note.GNU-stack, "", @progbits
