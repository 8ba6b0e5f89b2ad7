/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The demo's enclave: one TCS with two SSA frames, and its entry.
 *
 * With CSSA 0 (RAX) the entry calls answer(RDI). With CSSA 1 the call before has met
 * an exception: the frame it left is made to go on at give_up, which leaves as if the
 * call had returned; the host resumes it.
 */
#define LEAF_EEXIT	4
#define PAGE		4096
#define STACK		8192
#define GPRS		184	/* at the end of an SSA frame */
#define GPRS_RIP	136
#define GPRS_URSP	144
#define GPRS_URBP	152
#define ENCLU		.byte 0x0f, 0x01, 0xd7

	.section .tcs, "aw", @progbits
	.quad	0, 0			/* STATE, FLAGS */
	.quad	ssa			/* OSSA */
	.long	0, 2			/* CSSA, NSSA */
	.quad	entry			/* OENTRY */
	.quad	0			/* AEP */
	.quad	0, 0			/* OFSBASE, OGSBASE */
	.long	0xffffffff, 0xffffffff	/* FSLIMIT, GSLIMIT */
	.zero	4024

	.section .frames, "aw", @progbits
ssa:
	.zero	2 * PAGE
	.zero	STACK
stack:

	.bss
	.balign	8
saved_rsp:
	.quad	0

	.text
	.globl	entry
entry:
	cld
	test	%rax, %rax
	jnz	exception

	lea	stack(%rip), %rsp
	push	%rcx			/* where to go back to */
	push	%rcx			/* twice, for 16-byte alignment */
	mov	%rsp, saved_rsp(%rip)
	call	answer
	jmp	leave

give_up:
	cld
	mov	saved_rsp(%rip), %rsp
leave:
	pop	%rbx
	/* The stack outside may be another one than at the entry, if this was resumed. */
	mov	ssa + PAGE - GPRS + GPRS_URSP(%rip), %rsp
	mov	ssa + PAGE - GPRS + GPRS_URBP(%rip), %rbp
	mov	$LEAF_EEXIT, %eax
	ENCLU
	ud2

exception:
	lea	give_up(%rip), %rdx
	mov	%rdx, ssa + PAGE - GPRS + GPRS_RIP(%rip)
	mov	%rcx, %rbx
	mov	$LEAF_EEXIT, %eax
	ENCLU
	ud2

	.section .note.GNU-stack, "", @progbits
