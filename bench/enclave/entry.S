/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The enclave of the benchmarks: as few instructions of its own as can be. No stack, no
 * libc; one TCS with two SSA frames. Linked by tests/guest/enclave/enclave.lds.
 */
#include "op.h"

#define ENCLU		.byte 0x0f, 0x01, 0xd7
#define LEAF_EEXIT	4
#define NSSA		2

	/* The assembler's values are offsets: the image is linked at 0. */
	.section .tcs, "aw", @progbits
	.quad	0, 0				/* STATE, FLAGS */
	.quad	ssa				/* OSSA */
	.long	0, NSSA				/* CSSA, NSSA */
	.quad	entry				/* OENTRY */
	.quad	0				/* AEP */
	.quad	ssa				/* OFSBASE */
	.quad	ssa				/* OGSBASE */
	.long	0xffffffff, 0xffffffff
	.zero	4024

	.section .areas, "aw", @progbits
	.balign	4096
ssa:
	.zero	NSSA * 4096

	.text
	.globl	entry
entry:
	test	%edi, %edi
	jnz	1f
	/* EENTER left in RCX where to go on outside. */
way_out:
	mov	%rcx, %rbx
	mov	$LEAF_EEXIT, %eax
	ENCLU
	ud2
1:	cmp	$OP_READ, %edi
	je	read

	/*
	 * The first division of each turn faults. The host writes another divisor and
	 * resumes; the division is done, and the next turn faults again.
	 */
divide:
	movl	$0, (%rsi)
	mov	dividend(%rip), %eax
	xor	%edx, %edx
	divl	(%rsi)
	jmp	divide

read:
	mov	(%rsi), %edx
	jmp	way_out

	/* The linker script wants something in each segment. */
	.section .rodata
dividend:
	.long	1

	.section .note.GNU-stack, "", @progbits
