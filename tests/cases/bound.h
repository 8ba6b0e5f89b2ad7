/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R8 to R12, R17: core/bound.c */
#ifndef AVOW_CASES_BOUND_H
#define AVOW_CASES_BOUND_H

#include "case.h"

/* ---- avow_bound_map ---- */

struct bound_map_case {
	CASE_HEAD;
	avow_slot slot;
	u32 prot;
	bool strict;
	u32 op;
};

#define MMAP		.op = AVOW_OP_MMAP
#define MPROTECT	.op = AVOW_OP_MPROTECT

CASE_TABLE struct bound_map_case bound_map_cases[] = {
	{ .name = "mmap equal to the intent", .rule = AVOW_RULE(8, 1), MMAP,
	  .slot = CASE_REG(RX_, R_), .prot = RX_ },
	{ .name = "mmap within the intent", .rule = AVOW_RULE(8, 1), MMAP, .strict = true,
	  .slot = CASE_REG(RWX_, 0), .prot = RW_ },
	{ .name = "mmap beyond the EPCM is not its business", .rule = AVOW_RULE(8, 1), MMAP,
	  .slot = CASE_REG(RW_, R_), .prot = RW_ },
	{ .name = "mmap RW of a TCS", .rule = AVOW_RULE(8, 1), MMAP,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .prot = RW_ },
	{ .name = "mmap X beyond R", .rule = AVOW_RULE(8, 1), .err = EACCES, MMAP,
	  .slot = CASE_REG(R_, RWX_), .prot = RX_ },
	{ .name = "mmap W beyond RX, strict", .rule = AVOW_RULE(8, 1), .err = EACCES, MMAP,
	  .strict = true, .slot = CASE_REG(RX_, RWX_), .prot = RW_ },
	{ .name = "mmap X of a TCS", .rule = AVOW_RULE(8, 1), .err = EACCES, MMAP,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .prot = RX_ },
	{ .name = "mmap R beyond nothing", .rule = AVOW_RULE(8, 1), .err = EACCES, MMAP,
	  .slot = CASE_INTENT(0, SLOT_DYNAMIC), .prot = R_ },

	{ .name = "mprotect within the intent", .rule = AVOW_RULE(8, 2), MPROTECT,
	  .slot = CASE_REG(RX_, R_), .prot = R_ },
	{ .name = "mprotect within a declared intent", .rule = AVOW_RULE(8, 2), MPROTECT,
	  .slot = CASE_INTENT(RW_, SLOT_DYNAMIC), .prot = RW_ },
	{ .name = "mprotect beyond R", .rule = AVOW_RULE(8, 2), .err = EACCES, MPROTECT,
	  .slot = CASE_REG(R_, R_), .prot = RX_ },
	{ .name = "mprotect beyond a declared intent", .rule = AVOW_RULE(8, 2), .err = EACCES,
	  MPROTECT, .slot = CASE_INTENT(RW_, SLOT_DYNAMIC), .prot = RWX_ },
	{ .name = "mprotect beyond a kept intent", .rule = AVOW_RULE(8, 2), .err = EACCES,
	  MPROTECT, .strict = true, .slot = CASE_INTENT(R_, SLOT_KEPT), .prot = RW_ },
	{ .name = "mprotect W alone beyond X", .rule = AVOW_RULE(8, 2), .err = EACCES, MPROTECT,
	  .slot = CASE_REG(X_, R_), .prot = W_ },

	{ .name = "PROT_NONE of an intent of nothing", .rule = AVOW_RULE(8, 3), MPROTECT,
	  .slot = CASE_INTENT(0, SLOT_KEPT), .prot = 0, .strict = true },
	{ .name = "PROT_NONE of a hole, strict", .rule = AVOW_RULE(8, 3), MMAP,
	  .slot = SLOT_HOLE, .prot = 0, .strict = true },

	{ .name = "compat: RWX of a hole", .rule = AVOW_RULE(9, 1), MMAP,
	  .slot = SLOT_HOLE, .prot = RWX_ },
	{ .name = "compat: mprotect X of a hole", .rule = AVOW_RULE(9, 1), MPROTECT,
	  .slot = SLOT_HOLE, .prot = X_ },
	{ .name = "strict: a slot with an intent is no hole", .rule = AVOW_RULE(9, 2), MMAP,
	  .strict = true, .slot = CASE_INTENT(R_, SLOT_DYNAMIC), .prot = R_ },
	{ .name = "strict: R of a hole", .rule = AVOW_RULE(9, 2), .err = EACCES, MMAP,
	  .strict = true, .slot = SLOT_HOLE, .prot = R_ },
	{ .name = "strict: mprotect RWX of a hole", .rule = AVOW_RULE(9, 2), .err = EACCES,
	  MPROTECT, .strict = true, .slot = SLOT_HOLE, .prot = RWX_ },
};

CASE_FUNCTION void case_bound_map(const struct bound_map_case *c,
				  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_bound_map(c->slot, c->prot, c->strict, c->op));
}

#undef MMAP
#undef MPROTECT

/* ---- avow_bound_range ---- */

struct bound_range_case {
	CASE_HEAD;
	struct avow_bound_range r;
};

#define ENCLAVE		.base = 0x100000, .size = 0x10000, .initialized = true
#define BEFORE_INIT	.base = 0x100000, .size = 0x10000

CASE_TABLE struct bound_range_case bound_range_cases[] = {
	{ .name = "the whole range", .rule = AVOW_RULE(11, 2),
	  .r = { ENCLAVE, .start = 0x100000, .end = 0x110000 } },
	{ .name = "a page of it", .rule = AVOW_RULE(11, 2),
	  .r = { ENCLAVE, .start = 0x10f000, .end = 0x110000 } },
	{ .name = "before INIT, outside", .rule = AVOW_RULE(11, 2),
	  .r = { BEFORE_INIT, .start = 0x0ff000, .end = 0x111000 } },
	{ .name = "before CREATE", .rule = AVOW_RULE(11, 2),
	  .r = { .start = 0x1000, .end = 0x2000 } },
	{ .name = "an enclave at address 0", .rule = AVOW_RULE(11, 2),
	  .r = { .base = 0, .size = 0x10000, .initialized = true, .start = 0x1000,
		 .end = 0x10000 } },
	{ .name = "a page before", .rule = AVOW_RULE(11, 2), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x0ff000, .end = 0x101000 } },
	{ .name = "a page behind", .rule = AVOW_RULE(11, 2), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x10f000, .end = 0x111000 } },
	{ .name = "all of it behind", .rule = AVOW_RULE(11, 2), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x110000, .end = 0x111000 } },
	{ .name = "all of it before", .rule = AVOW_RULE(11, 2), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x0ff000, .end = 0x100000 } },
	{ .name = "upside down", .rule = AVOW_RULE(11, 2), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x102000, .end = 0x101000 } },
	{ .name = "to the end of the address space", .rule = AVOW_RULE(11, 2), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x100000, .end = ~0ULL } },

	{ .name = "READ_IMPLIES_EXEC", .rule = AVOW_RULE(12, 0), .err = EACCES,
	  .r = { ENCLAVE, .start = 0x100000, .end = 0x101000, .read_implies_exec = true } },
	{ .name = "no READ_IMPLIES_EXEC", .rule = AVOW_RULE(12, 0),
	  .r = { ENCLAVE, .start = 0x100000, .end = 0x101000 } },
	{ .name = "READ_IMPLIES_EXEC before INIT", .rule = AVOW_RULE(12, 0), .err = EACCES,
	  .r = { BEFORE_INIT, .start = 0x100000, .end = 0x101000, .read_implies_exec = true } },
	{ .name = "READ_IMPLIES_EXEC comes before the range", .rule = AVOW_RULE(12, 0),
	  .err = EACCES,
	  .r = { ENCLAVE, .start = 0x110000, .end = 0x111000, .read_implies_exec = true } },
};

CASE_FUNCTION void case_bound_range(const struct bound_range_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_bound_range(&c->r));
}

#undef ENCLAVE
#undef BEFORE_INIT

/* ---- avow_bound_access ---- */

struct bound_access_case {
	CASE_HEAD;
	struct avow_access_ask ask;
	enum avow_access answer;
};

#define RUNS	.initialized = true

CASE_TABLE struct bound_access_case bound_access_cases[] = {
	{ .name = "read, all three allow", .rule = AVOW_RULE(10, 1), .answer = AVOW_ACCESS_MAP,
	  .ask = { RUNS, .slot = CASE_REG(R_, R_), .mapping = R_, .access = R_ } },
	{ .name = "before INIT, a page that is there", .rule = AVOW_RULE(10, 1),
	  .answer = AVOW_ACCESS_MAP,
	  .ask = { .slot = CASE_REG(RX_, RX_), .mapping = RX_, .access = X_ } },
	{ .name = "mapping wider than the lowered intent", .rule = AVOW_RULE(10, 1), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { RUNS, .slot = CASE_PAGE(R_, RW_, PT_REG, SLOT_LOWERED), .mapping = RW_,
		   .access = R_ } },
	{ .name = "the intent comes before the EPCM", .rule = AVOW_RULE(10, 1), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { RUNS, .slot = CASE_REG(R_, R_), .mapping = RX_, .access = X_ } },
	{ .name = "mapping wider than a declared intent", .rule = AVOW_RULE(10, 1), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { RUNS, .slot = CASE_INTENT(R_, SLOT_DYNAMIC), .mapping = RW_, .access = R_ } },
	{ .name = "hole before INIT, compat", .rule = AVOW_RULE(10, 1), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { .slot = SLOT_HOLE, .mapping = RWX_, .access = R_ } },
	{ .name = "hole before INIT, strict", .rule = AVOW_RULE(10, 1), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { .slot = SLOT_HOLE, .mapping = R_, .access = R_, .strict = true } },
	{ .name = "declared slot before INIT", .rule = AVOW_RULE(10, 1), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { .slot = CASE_INTENT(RW_, SLOT_DYNAMIC), .mapping = RW_, .access = W_ } },

	{ .name = "compat: a hole is augmented", .rule = AVOW_RULE(3, 1),
	  .answer = AVOW_ACCESS_EAUG,
	  .ask = { RUNS, .slot = SLOT_HOLE, .mapping = RWX_, .access = W_ } },
	{ .name = "strict: a declared slot is augmented", .rule = AVOW_RULE(3, 2),
	  .answer = AVOW_ACCESS_EAUG,
	  .ask = { RUNS, .slot = CASE_INTENT(RW_, SLOT_DYNAMIC), .mapping = RW_, .access = R_,
		   .strict = true } },
	{ .name = "strict: a hole is not augmented", .rule = AVOW_RULE(3, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_SIGBUS,
	  .ask = { RUNS, .slot = SLOT_HOLE, .mapping = R_, .access = R_, .strict = true } },
	{ .name = "compat: a declared slot is augmented", .rule = AVOW_RULE(3, 4),
	  .answer = AVOW_ACCESS_EAUG,
	  .ask = { RUNS, .slot = CASE_INTENT(RW_, SLOT_DYNAMIC), .mapping = RW_, .access = R_ } },
	{ .name = "strict: a kept slot is augmented", .rule = AVOW_RULE(2, 3),
	  .answer = AVOW_ACCESS_EAUG,
	  .ask = { RUNS, .slot = CASE_INTENT(R_, SLOT_KEPT), .mapping = R_, .access = R_,
		   .strict = true } },

	{ .name = "write, all three allow", .rule = AVOW_RULE(10, 2), .answer = AVOW_ACCESS_MAP,
	  .ask = { RUNS, .slot = CASE_REG(RW_, RW_), .mapping = RW_, .access = W_ } },
	{ .name = "PR does not matter", .rule = AVOW_RULE(10, 2), .answer = AVOW_ACCESS_MAP,
	  .ask = { RUNS, .slot = CASE_PAGE(RW_, R_, PT_REG, SLOT_PR), .mapping = RW_,
		   .access = R_ } },
	{ .name = "write that the EPCM lacks", .rule = AVOW_RULE(10, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_REG(RW_, R_), .mapping = RW_, .access = W_ } },
	{ .name = "fetch that the EPCM lacks", .rule = AVOW_RULE(10, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_REG(RWX_, RW_), .mapping = RX_, .access = X_ } },
	{ .name = "read of an execute-only page", .rule = AVOW_RULE(10, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_REG(RX_, X_), .mapping = RX_, .access = R_ } },
	{ .name = "page that is PENDING", .rule = AVOW_RULE(10, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_AUGMENTED(RWX_), .mapping = RW_, .access = R_ } },
	{ .name = "page that is MODIFIED", .rule = AVOW_RULE(10, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_PAGE(RW_, RW_, PT_REG, SLOT_MODIFIED), .mapping = RW_,
		   .access = R_ } },
	{ .name = "TCS", .rule = AVOW_RULE(10, 2), .err = EFAULT, .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .mapping = RW_, .access = R_ } },
	{ .name = "TCS whatever its R/W/X", .rule = AVOW_RULE(10, 2), .err = EFAULT,
	  .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_PAGE(RW_, RW_, PT_TCS, 0), .mapping = RW_, .access = R_ } },
	{ .name = "TRIM", .rule = AVOW_RULE(10, 2), .err = EFAULT, .answer = AVOW_ACCESS_EPCM,
	  .ask = { RUNS, .slot = CASE_PAGE(RW_, 0, PT_TRIM, 0), .mapping = R_, .access = R_ } },
};

CASE_FUNCTION void case_bound_access(const struct bound_access_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	avow_verdict verdict = ~0U;
	enum avow_access answer = avow_bound_access(&c->ask, &verdict);

	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, verdict);
	case_note(seen, "answer", c->answer, answer);
}

#undef RUNS

/* ---- avow_bound_pte ---- */

struct bound_pte_case {
	CASE_HEAD;
	avow_slot slot;
	u32 mapping, rights;
};

CASE_TABLE struct bound_pte_case bound_pte_cases[] = {
	{ .name = "V is the narrowest", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_REG(RWX_, RWX_), .mapping = R_, .rights = R_ },
	{ .name = "E is the narrowest", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_REG(RWX_, RX_), .mapping = RWX_, .rights = RX_ },
	{ .name = "I is the narrowest", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_REG(RW_, RWX_), .mapping = RWX_, .rights = RW_ },
	{ .name = "each lacks another", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_REG(RX_, WX_), .mapping = RW_, .rights = 0 },
	{ .name = "all of it", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_REG(RWX_, RWX_), .mapping = RWX_, .rights = RWX_ },
	{ .name = "PENDING", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_AUGMENTED(RWX_), .mapping = RWX_, .rights = 0 },
	{ .name = "MODIFIED", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_PAGE(RWX_, RWX_, PT_REG, SLOT_MODIFIED), .mapping = RWX_, .rights = 0 },
	{ .name = "TCS", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_PAGE(RW_, RW_, PT_TCS, 0), .mapping = RW_, .rights = 0 },
	{ .name = "hole", .rule = AVOW_RULE(10, 3),
	  .slot = SLOT_HOLE, .mapping = RWX_, .rights = 0 },
	{ .name = "declared slot", .rule = AVOW_RULE(10, 3),
	  .slot = CASE_INTENT(RWX_, SLOT_DYNAMIC), .mapping = RWX_, .rights = 0 },
};

CASE_FUNCTION void case_bound_pte(const struct bound_pte_case *c,
				  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "rights", c->rights, avow_bound_pte(c->slot, c->mapping));
}

/* ---- avow_bound_debug ---- */

struct bound_debug_case {
	CASE_HEAD;
	avow_slot slot;
	bool debug, write, strict;
};

CASE_TABLE struct bound_debug_case bound_debug_cases[] = {
	{ .name = "read of a DEBUG enclave", .rule = AVOW_RULE(17, 1), .debug = true,
	  .slot = CASE_REG(0, 0) },
	{ .name = "compat: write of a DEBUG enclave", .rule = AVOW_RULE(17, 1), .debug = true,
	  .write = true, .slot = CASE_REG(RX_, RX_) },
	{ .name = "read of another enclave", .rule = AVOW_RULE(17, 1), .err = EFAULT,
	  .slot = CASE_REG(RWX_, RWX_) },
	{ .name = "write of another enclave, strict", .rule = AVOW_RULE(17, 1), .err = EFAULT,
	  .write = true, .strict = true, .slot = CASE_REG(R_, R_) },
	{ .name = "hole", .rule = AVOW_RULE(17, 1), .err = EFAULT, .debug = true,
	  .slot = SLOT_HOLE },
	{ .name = "declared slot without a page", .rule = AVOW_RULE(17, 1), .err = EFAULT,
	  .debug = true, .slot = CASE_INTENT(RWX_, SLOT_DYNAMIC) },
	{ .name = "PENDING page", .rule = AVOW_RULE(17, 1), .err = EIO, .debug = true,
	  .slot = CASE_AUGMENTED(RWX_) },
	{ .name = "MODIFIED page, strict", .rule = AVOW_RULE(17, 1), .err = EIO, .debug = true,
	  .write = true, .strict = true, .slot = CASE_PAGE(R_, 0, PT_TRIM, SLOT_MODIFIED) },
	{ .name = "strict: write within the intent", .rule = AVOW_RULE(17, 2), .debug = true,
	  .write = true, .strict = true, .slot = CASE_REG(RW_, R_) },
	{ .name = "strict: write of a TCS", .rule = AVOW_RULE(17, 2), .debug = true,
	  .write = true, .strict = true, .slot = CASE_PAGE(RW_, 0, PT_TCS, 0) },
	{ .name = "strict: read beyond the intent", .rule = AVOW_RULE(17, 2), .debug = true,
	  .strict = true, .slot = CASE_REG(X_, X_) },
	{ .name = "strict: write beyond the intent", .rule = AVOW_RULE(17, 2), .err = EFAULT,
	  .debug = true, .write = true, .strict = true, .slot = CASE_REG(RX_, RWX_) },
};

CASE_FUNCTION void case_bound_debug(const struct bound_debug_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_bound_debug(c->slot, c->debug, c->write, c->strict));
}

#endif
