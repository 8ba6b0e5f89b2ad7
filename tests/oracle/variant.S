/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An enclave of TCSS, DATA, RODATA and CODE pages, TAIL bytes behind its code; nobody runs it. */

	/* Bytes that are nowhere the same, so that each page's place counts. */
	.macro	fill pages
	.set	n, 0
	.rept	\pages * 4096 / 8
	.quad	n * 0x1000193 + 0x811c9dc5
	.set	n, n + 1
	.endr
	.endm

	.section .tcs, "aw", @progbits
	.rept	TCSS
	.quad	0, 0, TCSS * 4096	/* OSSA: the first page of the data */
	.long	0, 1
	.quad	entry, 0, 0, 0
	.long	0xffffffff, 0xffffffff
	.zero	4024
	.endr

	.data
	fill	DATA

	.section .rodata, "a", @progbits
	fill	RODATA

	.text
	.globl	entry
entry:
	fill	CODE
	.zero	TAIL, 0x5a

	.section .note.GNU-stack, "", @progbits
