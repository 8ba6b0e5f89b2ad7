/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Outside: what is in the registers where an enclave leaves, and an entry with nonsense in them. */
	.text
	/*
	 * The vDSO's user_handler, at struct avow_call + 48 of which the seventh argument is: R8 to R15, RDX, RFLAGS, MXCSR,
	 * x87 control, XMM0 to XMM15 into dump. The vDSO itself has changed RAX, RBX and RCX. Returns 0.
	 */
	.globl	dump_handler
	.type	dump_handler, @function
dump_handler:
	pushfq
	pop	%rax
	cld
	lea	dump(%rip), %rcx
	.irp	n, 8, 9, 10, 11, 12, 13, 14, 15
	mov	%r\n, (\n - 8) * 8(%rcx)
	.endr
	mov	%rdx, 64(%rcx)
	mov	%rax, 72(%rcx)
	stmxcsr	80(%rcx)
	movl	$0, 84(%rcx)
	fnstcw	84(%rcx)
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	movdqu	%xmm\n, 96 + \n * 16(%rcx)
	.endr
	fnstenv	352(%rcx)
	mov	8(%rsp), %rax
	mov	%rdi, -48(%rax)
	mov	%rsi, -40(%rax)
	xor	%eax, %eax
	ret
	.size	dump_handler, . - dump_handler

	/* int dirty_enter(vdso_sgx_enter_enclave_t enter, struct avow_call *call): with DF, AC and a full x87 stack. */
	.globl	dirty_enter
	.type	dirty_enter, @function
dirty_enter:
	push	%rbx
	sub	$16, %rsp
	fnstcw	(%rsp)
	stmxcsr	4(%rsp)
	movl	$0x9f80, 8(%rsp)	/* flush to zero */
	ldmxcsr	8(%rsp)
	movw	$0xc7f, 12(%rsp)	/* round towards zero */
	fldcw	12(%rsp)
	.rept	8
	fld1
	.endr
	pushfq
	orl	$0x40400, (%rsp)
	popfq
	call	avow_enter_call
	pushfq
	andl	$~0x40400, (%rsp)
	popfq
	fninit
	fldcw	(%rsp)
	ldmxcsr	4(%rsp)
	add	$16, %rsp
	pop	%rbx
	ret
	.size	dirty_enter, . - dirty_enter

	.bss
	.balign	16
	.globl	dump
dump:
	.zero	384

	.section .note.GNU-stack, "", @progbits
