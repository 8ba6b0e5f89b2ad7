/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bool avow_original_fixup(regs, trapnr, error_code, fault_addr): fixup_vdso_exception()
 * itself, from behind the place where ftrace comes in. It is entered by a return, not by
 * an indirect branch, which needs an ENDBR at its target.
 */
#include <linux/linkage.h>
#include <asm/unwind_hints.h>
#include <asm/nospec-branch.h>

	.text
SYM_CODE_START(avow_original_fixup)
	UNWIND_HINT_FUNC
	pushq	avow_original_fixup_behind(%rip)
	UNWIND_HINT_FUNC
	RET
SYM_CODE_END(avow_original_fixup)

	.section .note.GNU-stack, "", @progbits
