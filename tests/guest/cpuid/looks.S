/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CPUID, and what only looks like it. Linked into a test program and, alone, into a
 * library that it loads later.
 */
	.text

	.macro function name
	.globl \name
	.type \name, @function
\name:
	.endm

/* void looks_cpuid(u32 leaf, u32 subleaf, u32 registers[4]); the instruction is at looks_site */
	.macro cpuid_function name, site
	function \name
	pushq	%rbx
	movq	%rdx, %r8
	movl	%edi, %eax
	movl	%esi, %ecx
\site:	cpuid
	movl	%eax, (%r8)
	movl	%ebx, 4(%r8)
	movl	%ecx, 8(%r8)
	movl	%edx, 12(%r8)
	popq	%rbx
	ret
	.endm

	.globl looks_site, looks_bare_site, looks_table
	.cfi_startproc
	cpuid_function looks_cpuid, looks_site
	.cfi_endproc

/* The same without unwind information. */
	cpuid_function looks_bare_cpuid, looks_bare_site

/* Returns 0xa20f, with the instruction's bytes as an immediate. */
	function looks_immediate
	.cfi_startproc
	movl	$0xa20f, %eax
	ret
	.cfi_endproc

/* Returns its argument + 0xa20f. */
	function looks_displacement
	.cfi_startproc
	leaq	0xa20f(%rdi), %rax
	ret
	.cfi_endproc

/* Returns 0xa20fa20f, out of data that it jumps over. */
	function looks_data
	.cfi_startproc
	jmp	2f
1:	.byte	0x0f, 0xa2, 0x0f, 0xa2
2:	movl	1b(%rip), %eax
	ret
	.cfi_endproc

/* Data among functions. */
looks_table:
	.byte	0x0f, 0xa2, 0x0f, 0xa2, 0x0f, 0xa2, 0x0f, 0xa2

/* UD2 that is meant. */
	function looks_ud2
	.cfi_startproc
	ud2
	ret
	.cfi_endproc

	.section .note.GNU-stack, "", @progbits
