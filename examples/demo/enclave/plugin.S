/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The plug-in: one page of code that is loaded after the enclave. Twice its argument. */
	.section .text
	.globl	plugin
plugin:
	lea	(%rdi, %rdi), %rax
	ret
	.balign	4096, 0xcc

	.section .note.GNU-stack, "", @progbits
