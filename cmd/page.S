/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of page.c's page that are always the same; found by -I. */
	.section .rodata

	.macro part name, file
	.globl	\name, \name\()_size
\name:
	.incbin	"\file"
1:	.byte	0
	.balign	8
\name\()_size:
	.quad	1b - \name
	.endm

	part	page_css, "html/page.css"
	part	page_html, "html/page.html"
	part	page_js, "html/page.js"

	.section .note.GNU-stack, "", @progbits
