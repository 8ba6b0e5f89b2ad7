/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* void call_on_stack(void (*fn)(void *), void *arg, void *top): fn(arg) with RSP below top */
	.text
	.globl	call_on_stack
	.type	call_on_stack, @function
call_on_stack:
	.cfi_startproc
	push	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	mov	%rsp, %rbp
	.cfi_def_cfa_register %rbp
	mov	%rdx, %rsp
	mov	%rdi, %rax
	mov	%rsi, %rdi
	call	*%rax
	mov	%rbp, %rsp
	pop	%rbp
	.cfi_def_cfa %rsp, 8
	ret
	.cfi_endproc
	.size	call_on_stack, . - call_on_stack

	.section .note.GNU-stack, "", @progbits
