/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * avow_probe(leaf, subleaf, result), in a page of its own: that page cannot be executed
 * while its CPUID is replaced.
 */
	.section .text.avow_probe, "ax", @progbits
	.p2align 12
	.globl avow_probe, avow_probe_cpuid
	.hidden avow_probe, avow_probe_cpuid
	.type avow_probe, @function
avow_probe:
	.cfi_startproc
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	movq	%rdx, %r8
	movl	%edi, %eax
	movl	%esi, %ecx
avow_probe_cpuid:
	cpuid
	movl	%eax, (%r8)
	movl	%ebx, 4(%r8)
	movl	%ecx, 8(%r8)
	movl	%edx, 12(%r8)
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	ret
	.cfi_endproc
	.size avow_probe, . - avow_probe
	.p2align 12

	.section .note.GNU-stack, "", @progbits
