/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The code of avow bench's enclave, as pages of this program that are mapped executable: it leaves at once. */
	.section .text.bench_enclave, "ax", @progbits
	.balign	4096
	.globl	bench_code
bench_code:
	mov	%rcx, %rbx	/* where EENTER came from */
	mov	$4, %eax	/* EEXIT */
	.byte	0x0f, 0x01, 0xd7
	.balign	4096

	.section .note.GNU-stack, "", @progbits
