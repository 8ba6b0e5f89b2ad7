/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The least enclave: its first segment is the TCS, the second the code, which leaves; the third one
 * frame, in which an exception would be saved. With WX the code is writable, too.
 */
#define LEAF_EEXIT	4
#define ENCLU		.byte 0x0f, 0x01, 0xd7

#ifdef WX
#define CODE_FLAGS	"awx"
#else
#define CODE_FLAGS	"ax"
#endif

	.section .tcs, "aw", @progbits
	.quad	0, 0			/* STATE, FLAGS */
	.quad	frame			/* OSSA */
	.long	0, 1			/* CSSA, NSSA */
	.quad	entry			/* OENTRY */
	.quad	0			/* AEP */
	.quad	0, 0			/* OFSBASE, OGSBASE */
	.long	0xffffffff, 0xffffffff	/* FSLIMIT, GSLIMIT */
	.zero	4024

	.section .code, CODE_FLAGS, @progbits
	.globl	entry
entry:
	mov	%rcx, %rbx
	mov	$LEAF_EEXIT, %eax
	ENCLU
	.balign	4096

	.section .frame, "aw", @progbits
frame:
	.zero	4096

	.section .note.GNU-stack, "", @progbits
