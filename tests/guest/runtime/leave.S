/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside: registers full of patterns, also those that C code keeps. */
#include "calls.h"

	.text
	/* void leave_fill(void) */
	.globl	leave_fill
	.hidden	leave_fill
leave_fill:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pcmpeqd	%xmm\n, %xmm\n
	.endr
	ldmxcsr	mxcsr(%rip)
	fldcw	x87(%rip)
	fld1
	fldpi
	.irp	n, 8, 9, 10, 11
	movabs	$(LEAVE_GPR + \n), %r\n
	.endr
	movabs	$(LEAVE_GPR + 2), %rdx
	movabs	$(LEAVE_GPR + 6), %rsi
	movabs	$(LEAVE_GPR + 7), %rdi
	movabs	$(LEAVE_GPR + 1), %rcx
	pushfq
	orl	$0x40400, (%rsp)	/* AC, DF */
	popfq
	ret

	.section .rodata
	.balign	4
mxcsr:
	.long	LEAVE_MXCSR
x87:
	.short	LEAVE_X87

	.section .note.GNU-stack, "", @progbits
