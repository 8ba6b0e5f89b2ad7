/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * int avow_call_handler(long rdi, long rsi, long rdx, long ursp, long r8, long r9,
 *			 struct sgx_enclave_run *run)
 *
 * The vDSO calls it at each exit, on the stack below its own frame, and enters again with the registers that
 * it leaves. They are kept in the struct avow_call in which run is: an enclave that was entered in one
 * frame of the vDSO's must leave in the same one.
 */
#include "call_offsets.h"

	.text
	.globl	avow_call_handler
	.hidden	avow_call_handler
	.type	avow_call_handler, @function
avow_call_handler:
	.cfi_startproc
	push	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	mov	16(%rsp), %rbx
	sub	$CALL_RUN, %rbx
	mov	%rdi, CALL_RDI(%rbx)
	mov	%rsi, CALL_RSI(%rbx)
	mov	%rdx, CALL_RDX(%rbx)
	mov	%r8, CALL_R8(%rbx)
	mov	%r9, CALL_R9(%rbx)
	cld
	mov	%rbx, %rdi
	call	avow_call_step
	mov	CALL_RDI(%rbx), %rdi
	mov	CALL_RSI(%rbx), %rsi
	mov	CALL_RDX(%rbx), %rdx
	mov	CALL_R8(%rbx), %r8
	mov	CALL_R9(%rbx), %r9
	pop	%rbx
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size	avow_call_handler, . - avow_call_handler

	.section .note.GNU-stack, "", @progbits
