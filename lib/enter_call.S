/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * int avow_enter_call(vdso_sgx_enter_enclave_t enter, struct avow_call *call)
 *
 * The vDSO's function keeps RBX, RBP and RSP only: what else the ABI calls
 * callee-saved (R12 to R15, MXCSR, the x87 control word, DF) the enclave may
 * have changed, so it is kept here.
 */
#include "call_offsets.h"

	.text
	.globl	avow_enter_call
	.hidden	avow_enter_call
	.type	avow_enter_call, @function
avow_enter_call:
	.cfi_startproc
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	.cfi_offset %rbx, -24
	.cfi_offset %r12, -32
	.cfi_offset %r13, -40
	.cfi_offset %r14, -48
	.cfi_offset %r15, -56
	sub	$24, %rsp
	stmxcsr	8(%rsp)
	fnstcw	12(%rsp)
	mov	%rsi, 16(%rsp)

	/* The vDSO takes the run as its seventh argument, 16-byte aligned at the call. */
	mov	%rdi, %rax
	mov	%rsi, %rbx
	lea	CALL_RUN(%rbx), %r10
	mov	%r10, (%rsp)
	mov	CALL_RDI(%rbx), %rdi
	mov	CALL_RSI(%rbx), %rsi
	mov	CALL_RDX(%rbx), %rdx
	mov	CALL_FUNCTION(%rbx), %ecx
	mov	CALL_R8(%rbx), %r8
	mov	CALL_R9(%rbx), %r9
	call	*%rax

	mov	16(%rsp), %rbx
	mov	%rdi, CALL_RDI(%rbx)
	mov	%rsi, CALL_RSI(%rbx)
	mov	%rdx, CALL_RDX(%rbx)
	mov	%r8, CALL_R8(%rbx)
	mov	%r9, CALL_R9(%rbx)
	cld
	ldmxcsr	8(%rsp)
	fldcw	12(%rsp)
	add	$24, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	avow_enter_call, . - avow_enter_call

	.section .note.GNU-stack, "", @progbits
