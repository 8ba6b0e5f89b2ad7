/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Into the enclave and out of it. At an entry nothing is trusted but RAX (CSSA), RCX (where EENTER came
 * from) and the bases of FS and GS, which are the TCS's; at an exit nothing is left in registers but what
 * the host is told.
 */
#include "thread.h"

#define ENCLU		.byte 0x0f, 0x01, 0xd7
#define LEAF_EEXIT	4
#define FLAG_AC		0x40000
#define STATES		0xe7		/* x87, SSE, AVX, AVX-512: not PKRU, which is the host's */
#define EIO		5
#define EINVAL		22
#define EBUSY		16
#define EFAULT		14

	/*
	 * DF and AC as the ABI has them, all extended state as after reset, but for MXCSR, which is the
	 * ABI's. Clobbers RAX and RDX.
	 */
	.macro	clean
	pushfq
	andl	$~FLAG_AC, (%rsp)
	popfq
	cld
	mov	$STATES, %eax
	xor	%edx, %edx
	xrstor64 initial(%rip)
	.endm

	/* EEXIT with RDI, RSI and RDX; where to is in three words of the thread. */
	.macro	go_out	rsp, rbp, rip
	mov	%rdx, %r8
	clean
	mov	%r8, %rdx
	mov	%gs:\rip, %rbx
	mov	%gs:\rbp, %rbp
	mov	%gs:\rsp, %rsp
	xor	%ecx, %ecx
	.irp	reg, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
	xor	%\reg, %\reg
	.endr
	mov	$LEAF_EEXIT, %eax
	ENCLU
	ud2
	.endm

	/* The first byte of the text: OENTRY of each TCS. */
	.section .avow.entry, "ax", @progbits
	.globl	avow_entry
	.type	avow_entry, @function
avow_entry:
	test	%eax, %eax
	jnz	at_1
	mov	%rsp, %gs:THREAD_HOST_RSP
	mov	%rbp, %gs:THREAD_HOST_RBP
	mov	%rcx, %gs:THREAD_HOST_RIP
	rdgsbase %rbx
	mov	%rdx, %r10
	/* Below what an ocall has left there, if one is on its way. */
	lea	THREAD_STACK_TOP(%rbx), %rsp
	cmpq	$STATE_OCALL, THREAD_STATE(%rbx)
	cmove	THREAD_OCALL_RSP(%rbx), %rsp
	clean
	cmpb	$0, avow_dead(%rip)
	jne	dead
	cmp	$AVOW_OP_ECALL, %rdi
	je	ecall
	mov	$-EINVAL, %rsi
	cmp	$AVOW_OP_RETURN, %rdi
	jne	refuse
	cmpq	$STATE_OCALL, THREAD_STATE(%rbx)
	jne	refuse

	/* Back into avow_exit_for_ocall(). */
	movq	$STATE_RUNNING, THREAD_STATE(%rbx)
	mov	%r10, %rax
	ldmxcsr	(%rsp)
	fldcw	4(%rsp)
	add	$8, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

ecall:
	mov	%rsi, %rdi
	mov	$-EBUSY, %rsi
	cmpq	$STATE_IDLE, THREAD_STATE(%rbx)
	jne	refuse
	movq	$STATE_RUNNING, THREAD_STATE(%rbx)
	mov	%rbx, THREAD_SELF(%rbx)
	/* Its first entry: a canary, without which nothing compiled may run. */
1:	cmpq	$0, THREAD_CANARY(%rbx)
	jne	2f
	rdrand	%rax
	jnc	1b
	mov	%rax, THREAD_CANARY(%rbx)
	jmp	1b
2:	mov	%r10, %rsi
	mov	%r8, %rdx
	mov	%r9, %rcx
	call	avow_run
	movq	$STATE_IDLE, THREAD_STATE(%rbx)
	mov	%eax, %edi
	mov	THREAD_RESULT(%rbx), %rsi
	jmp	way_out

dead:
	mov	$-EIO, %rsi
refuse:
	mov	$AVOW_EXIT_REFUSED, %edi
way_out:
	xor	%edx, %edx
out_at_0:
	go_out	THREAD_HOST_RSP, THREAD_HOST_RBP, THREAD_HOST_RIP

	/* CSSA 1, and no more: there are two SSA frames. */
at_1:
	mov	%rsp, %gs:THREAD_AT_1
	mov	%rbp, %gs:(THREAD_AT_1 + 8)
	mov	%rcx, %gs:(THREAD_AT_1 + 16)
	rdgsbase %rsp
	clean
	mov	$AVOW_EXIT_REFUSED, %eax
	mov	$-EIO, %rsi
	cmpb	$0, avow_dead(%rip)
	jne	1f
	mov	$-EINVAL, %rsi
	cmp	$AVOW_OP_EXCEPTION, %rdi
	jne	1f
	mov	%rsp, %rdi
	movq	$1, THREAD_HANDLING(%rsp)
	call	avow_exception
	movq	$0, THREAD_HANDLING(%rsp)
	mov	$-EINVAL, %rsi
1:	mov	%eax, %edi
out_at_1:
	xor	%edx, %edx
	go_out	THREAD_AT_1, (THREAD_AT_1 + 8), (THREAD_AT_1 + 16)
	.size	avow_entry, . - avow_entry

	.text
	.globl	avow_exit_for_ocall
	.type	avow_exit_for_ocall, @function
avow_exit_for_ocall:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	sub	$8, %rsp
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	mov	%rsp, %gs:THREAD_OCALL_RSP
	movq	$STATE_OCALL, %gs:THREAD_STATE
	mov	%rsi, %rdx
	mov	%rdi, %rsi
	mov	$AVOW_EXIT_OCALL, %edi
	jmp	out_at_0
	.size	avow_exit_for_ocall, . - avow_exit_for_ocall

	/* To where this thread was entered last: out of the handler, that is at CSSA 1. */
	.globl	avow_leave
	.type	avow_leave, @function
avow_leave:
	rdgsbase %rbx
	lea	THREAD_STACK_TOP(%rbx), %rsp
	cmpq	$0, THREAD_HANDLING(%rbx)
	jne	out_at_1
	jmp	way_out
	.size	avow_leave, . - avow_leave

	.globl	avow_leaf
	.type	avow_leaf, @function
avow_leaf:
	push	%rbx
	mov	%rdi, %rax
	mov	%rsi, %rbx
	xchg	%rcx, %rdx
	.globl	avow_leaf_enclu, avow_leaf_failed
avow_leaf_enclu:
	ENCLU
	pop	%rbx
	ret
avow_leaf_failed:
	mov	$-EFAULT, %rax
	pop	%rbx
	ret
	.size	avow_leaf, . - avow_leaf

	.section .rodata
	.balign	64
	/* For XRSTOR: XSTATE_BV is zero, and of what it does not name MXCSR alone is taken. */
initial:
	.zero	24
	.long	0x1f80
	.zero	484
	.zero	64

	.section .note.GNU-stack, "", @progbits
