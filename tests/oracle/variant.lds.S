/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linked at 0, each segment of whole pages, but for the last one: the selftests' loader finds pages by their offsets in the file. */
OUTPUT_FORMAT("elf64-x86-64")
ENTRY(entry)

PHDRS
{
	tcs PT_LOAD FLAGS(6);
	data PT_LOAD FLAGS(6);
#if RODATA
	rodata PT_LOAD FLAGS(4);
#endif
	text PT_LOAD FLAGS(CODE_FLAGS);
}

SECTIONS
{
	. = 0;
	.tcs : { *(.tcs) } :tcs
	. = ALIGN(4096);
	.data : { *(.data) } :data
#if RODATA
	. = ALIGN(4096);
	.rodata : { *(.rodata) } :rodata
#endif
	. = ALIGN(4096);
	.text : { *(.text) } :text

	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.bss) *(.rodata) }
}
