/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R34, R13.1: EACCEPT, EMODPE, EACCEPTCOPY of core/epcm.c */
#ifndef AVOW_CASES_ENCLU_H
#define AVOW_CASES_ENCLU_H

#include "case.h"

struct enclu_case {
	CASE_HEAD;
	avow_slot slot, src;
	u64 secinfo;
	avow_slot after;		/* of an accepted row */
	enum avow_epcm_result result;	/* OK: accepted */
};

#define epcm_eaccept_case	enclu_case
#define epcm_emodpe_case	enclu_case
#define epcm_eacceptcopy_case	enclu_case

#define GP		.result = AVOW_EPCM_GP
#define PF		.result = AVOW_EPCM_PF
#define PF_SOURCE	.result = AVOW_EPCM_PF_SOURCE
#define MISMATCH	.result = AVOW_EPCM_CODE
#define ACCEPTABLE	(SLOT_EVER_W | SLOT_DYNAMIC | SLOT_LOWERED)

CASE_FUNCTION void case_enclu(const struct enclu_case *c, struct case_seen *seen,
			      enum avow_epcm_result result, avow_slot slot, u64 code)
{
	case_begin(seen, c->name, c->rule, c->result != AVOW_EPCM_OK);
	case_note(seen, "result", c->result, result);
	case_note(seen, "slot", c->result == AVOW_EPCM_OK ? c->after : c->slot, slot);
	case_note(seen, "code", c->result == AVOW_EPCM_CODE ? 19 : 0, code);
}

/* ---- avow_epcm_eaccept ---- */

CASE_TABLE struct enclu_case epcm_eaccept_cases[] = {
	{ .name = "augmented page", .rule = AVOW_RULE(34, 1),
	  .slot = CASE_AUGMENTED(RX_) | ACCEPTABLE,
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING),
	  .after = CASE_PAGE(RX_, RW_, PT_REG, ACCEPTABLE) },
	{ .name = "restricted page", .rule = AVOW_RULE(34, 1),
	  .slot = CASE_PAGE(RWX_, R_, PT_REG, SLOT_PR),
	  .secinfo = CASE_SECINFO(PT_REG, R_ | SECINFO_PR), .after = CASE_REG(RWX_, R_) },
	{ .name = "PR is not compared", .rule = AVOW_RULE(34, 1),
	  .slot = CASE_PAGE(RWX_, RX_, PT_REG, SLOT_PR),
	  .secinfo = CASE_SECINFO(PT_REG, RX_), .after = CASE_REG(RWX_, RX_) },
	{ .name = "PR is not compared, the other way", .rule = AVOW_RULE(34, 1),
	  .slot = CASE_REG(RWX_, R_),
	  .secinfo = CASE_SECINFO(PT_REG, R_ | SECINFO_PR), .after = CASE_REG(RWX_, R_) },
	{ .name = "page made TCS", .rule = AVOW_RULE(34, 1),
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, SLOT_MODIFIED),
	  .secinfo = CASE_SECINFO(PT_TCS, SECINFO_MODIFIED),
	  .after = CASE_PAGE(RW_, 0, PT_TCS, 0) },
	{ .name = "page to be removed", .rule = AVOW_RULE(34, 1),
	  .slot = CASE_PAGE(R_, 0, PT_TRIM, SLOT_MODIFIED),
	  .secinfo = CASE_SECINFO(PT_TRIM, SECINFO_MODIFIED),
	  .after = CASE_PAGE(R_, 0, PT_TRIM, 0) },

	{ .name = "bit 6", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING | 1 << 6) },
	{ .name = "bit 7", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING | 1 << 7) },
	{ .name = "bit 16", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING | 1 << 16) },
	{ .name = "bit 63", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING | 1ULL << 63) },
	{ .name = "W without R", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_REG, W_ | SECINFO_PENDING) },
	{ .name = "REG with MODIFIED", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_PAGE(RW_, RW_, PT_REG, SLOT_MODIFIED),
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_MODIFIED) },
	{ .name = "TCS without MODIFIED", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .secinfo = CASE_SECINFO(PT_TCS, 0) },
	{ .name = "TRIM without MODIFIED", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, 0), .secinfo = CASE_SECINFO(PT_TRIM, 0) },
	{ .name = "TRIM with PENDING", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_MODIFIED),
	  .secinfo = CASE_SECINFO(PT_TRIM, SECINFO_MODIFIED | SECINFO_PENDING) },
	{ .name = "SECS", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_SECS, SECINFO_MODIFIED) },
	{ .name = "VA", .rule = AVOW_RULE(34, 0), GP, .slot = CASE_AUGMENTED(RWX_),
	  .secinfo = CASE_SECINFO(PT_VA, SECINFO_MODIFIED) },
	{ .name = "type 0x82 is not REG", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(0x82, RW_ | SECINFO_PENDING) },
	{ .name = "the operand comes before the page", .rule = AVOW_RULE(34, 0), GP,
	  .slot = SLOT_HOLE, .secinfo = CASE_SECINFO(PT_TRIM, 0) },

	{ .name = "hole", .rule = AVOW_RULE(34, 0), PF, .slot = SLOT_HOLE,
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING) },
	{ .name = "declared slot", .rule = AVOW_RULE(34, 0), PF,
	  .slot = CASE_INTENT(RW_, SLOT_DYNAMIC),
	  .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING) },
	{ .name = "page of a strange type", .rule = AVOW_RULE(34, 0), PF,
	  .slot = CASE_PAGE(RW_, 0, PT_VA, SLOT_MODIFIED),
	  .secinfo = CASE_SECINFO(PT_TRIM, SECINFO_MODIFIED) },

	{ .name = "accepted already", .rule = AVOW_RULE(34, 1), MISMATCH,
	  .slot = CASE_REG(RW_, RW_), .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING) },
	{ .name = "PENDING not expected", .rule = AVOW_RULE(34, 1), MISMATCH,
	  .slot = CASE_AUGMENTED(RW_), .secinfo = CASE_SECINFO(PT_REG, RW_) },
	{ .name = "fewer rights expected", .rule = AVOW_RULE(34, 1), MISMATCH,
	  .slot = CASE_AUGMENTED(RW_), .secinfo = CASE_SECINFO(PT_REG, R_ | SECINFO_PENDING) },
	{ .name = "more rights expected", .rule = AVOW_RULE(34, 1), MISMATCH,
	  .slot = CASE_PAGE(RWX_, R_, PT_REG, SLOT_PR), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "TRIM expected, TCS there", .rule = AVOW_RULE(34, 1), MISMATCH,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, SLOT_MODIFIED),
	  .secinfo = CASE_SECINFO(PT_TRIM, SECINFO_MODIFIED) },
	{ .name = "TRIM accepted twice", .rule = AVOW_RULE(34, 1), MISMATCH,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, 0),
	  .secinfo = CASE_SECINFO(PT_TRIM, SECINFO_MODIFIED) },
};

CASE_FUNCTION void case_epcm_eaccept(const struct enclu_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	avow_slot slot = c->slot;
	u64 code = ~0ULL;
	enum avow_epcm_result result = avow_epcm_eaccept(&slot, c->secinfo, &code);

	(void)scratch;
	case_enclu(c, seen, result, slot, code);
}

/* ---- avow_epcm_emodpe ---- */

CASE_TABLE struct enclu_case epcm_emodpe_cases[] = {
	{ .name = "R to RW", .rule = AVOW_RULE(13, 1),
	  .slot = CASE_REG(R_, R_), .secinfo = CASE_SECINFO(PT_REG, RW_),
	  .after = CASE_REG(R_, RW_) },
	{ .name = "X comes, W stays", .rule = AVOW_RULE(13, 1),
	  .slot = CASE_PAGE(RW_, RW_, PT_REG, SLOT_PR | SLOT_EVER_W),
	  .secinfo = CASE_SECINFO(PT_REG, X_),
	  .after = CASE_PAGE(RW_, RWX_, PT_REG, SLOT_PR | SLOT_EVER_W) },
	{ .name = "W on top of the EPCM's R", .rule = AVOW_RULE(34, 2),
	  .slot = CASE_REG(RW_, R_), .secinfo = CASE_SECINFO(PT_REG, W_),
	  .after = CASE_REG(RW_, RW_) },
	{ .name = "RW on top of nothing", .rule = AVOW_RULE(34, 2),
	  .slot = CASE_REG(RW_, 0), .secinfo = CASE_SECINFO(PT_REG, RW_),
	  .after = CASE_REG(RW_, RW_) },
	{ .name = "nothing asked", .rule = AVOW_RULE(34, 2),
	  .slot = CASE_REG(RW_, X_), .secinfo = CASE_SECINFO(PT_REG, 0),
	  .after = CASE_REG(RW_, X_) },
	{ .name = "bit 6", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_REG(RW_, R_), .secinfo = CASE_SECINFO(PT_REG, RW_ | 1 << 6) },
	{ .name = "bit 63", .rule = AVOW_RULE(34, 0), GP,
	  .slot = CASE_REG(RW_, R_), .secinfo = CASE_SECINFO(PT_REG, RW_ | 1ULL << 63) },
	{ .name = "reserved bits come before the page", .rule = AVOW_RULE(34, 0), GP,
	  .slot = SLOT_HOLE, .secinfo = CASE_SECINFO(PT_REG, RW_ | 1 << 16) },
	{ .name = "W without any R", .rule = AVOW_RULE(34, 2), GP,
	  .slot = CASE_REG(RW_, 0), .secinfo = CASE_SECINFO(PT_REG, W_) },
	{ .name = "WX on top of X", .rule = AVOW_RULE(34, 2), GP,
	  .slot = CASE_REG(RWX_, X_), .secinfo = CASE_SECINFO(PT_REG, WX_) },
	{ .name = "hole", .rule = AVOW_RULE(34, 2), PF,
	  .slot = SLOT_HOLE, .secinfo = CASE_SECINFO(PT_REG, RW_) },
	{ .name = "the page comes before W without R", .rule = AVOW_RULE(34, 2), PF,
	  .slot = SLOT_HOLE, .secinfo = CASE_SECINFO(PT_REG, W_) },
	{ .name = "TCS", .rule = AVOW_RULE(34, 2), PF,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .secinfo = CASE_SECINFO(PT_REG, RW_) },
	{ .name = "TRIM", .rule = AVOW_RULE(34, 2), PF,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, 0), .secinfo = CASE_SECINFO(PT_REG, RW_) },
	{ .name = "PENDING", .rule = AVOW_RULE(34, 2), PF,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, X_) },
	{ .name = "MODIFIED", .rule = AVOW_RULE(34, 2), PF,
	  .slot = CASE_PAGE(RW_, R_, PT_REG, SLOT_MODIFIED), .secinfo = CASE_SECINFO(PT_REG, RW_) },
};

CASE_FUNCTION void case_epcm_emodpe(const struct enclu_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	avow_slot slot = c->slot;
	enum avow_epcm_result result = avow_epcm_emodpe(&slot, c->secinfo);

	(void)scratch;
	case_enclu(c, seen, result, slot, 0);
}

/* ---- avow_epcm_eacceptcopy ---- */

#define FROM	.src = CASE_REG(R_, R_)

CASE_TABLE struct enclu_case epcm_eacceptcopy_cases[] = {
	{ .name = "as RX", .rule = AVOW_RULE(13, 1), FROM,
	  .slot = CASE_AUGMENTED(R_) | ACCEPTABLE, .secinfo = CASE_SECINFO(PT_REG, RX_),
	  .after = CASE_PAGE(R_, RX_, PT_REG, ACCEPTABLE) },
	{ .name = "as RW", .rule = AVOW_RULE(34, 3), FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RW_),
	  .after = CASE_PAGE(RWX_, RW_, PT_REG, SLOT_DYNAMIC) },
	{ .name = "as nothing, from a page that was restricted", .rule = AVOW_RULE(34, 3),
	  .src = CASE_PAGE(RWX_, RWX_, PT_REG, SLOT_PR),
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, 0),
	  .after = CASE_PAGE(RWX_, 0, PT_REG, SLOT_DYNAMIC) },

	{ .name = "bit 7", .rule = AVOW_RULE(34, 0), GP, FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, R_ | 1 << 7) },
	{ .name = "bit 16", .rule = AVOW_RULE(34, 0), GP, FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, R_ | 1 << 16) },
	{ .name = "W without R", .rule = AVOW_RULE(34, 0), GP, FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, WX_) },
	{ .name = "operand TCS", .rule = AVOW_RULE(34, 0), GP, FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_TCS, 0) },
	{ .name = "operand PENDING", .rule = AVOW_RULE(34, 0), GP, FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_PENDING) },
	{ .name = "operand MODIFIED", .rule = AVOW_RULE(34, 0), GP, FROM,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RW_ | SECINFO_MODIFIED) },

	{ .name = "into a hole", .rule = AVOW_RULE(34, 3), PF, FROM,
	  .slot = SLOT_HOLE, .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "into a TCS", .rule = AVOW_RULE(34, 3), PF, FROM,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "into a page that is not PENDING", .rule = AVOW_RULE(34, 3), MISMATCH, FROM,
	  .slot = CASE_REG(RWX_, RW_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "into a page that is MODIFIED", .rule = AVOW_RULE(34, 3), MISMATCH, FROM,
	  .slot = CASE_AUGMENTED(RWX_) | SLOT_MODIFIED, .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "into a page with other rights", .rule = AVOW_RULE(34, 3), MISMATCH, FROM,
	  .slot = CASE_PAGE(RWX_, R_, PT_REG, SLOT_PENDING), .secinfo = CASE_SECINFO(PT_REG, RX_) },

	{ .name = "from a hole", .rule = AVOW_RULE(34, 3), PF_SOURCE, .src = SLOT_HOLE,
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "from a TCS", .rule = AVOW_RULE(34, 3), PF_SOURCE,
	  .src = CASE_PAGE(RW_, RW_, PT_TCS, 0),
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "from a PENDING page", .rule = AVOW_RULE(34, 3), PF_SOURCE,
	  .src = CASE_AUGMENTED(RWX_),
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "from a MODIFIED page", .rule = AVOW_RULE(34, 3), PF_SOURCE,
	  .src = CASE_PAGE(RW_, RW_, PT_REG, SLOT_MODIFIED),
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "from a page without R", .rule = AVOW_RULE(34, 3), PF_SOURCE,
	  .src = CASE_REG(RWX_, X_),
	  .slot = CASE_AUGMENTED(RWX_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
	{ .name = "the target comes before the source", .rule = AVOW_RULE(34, 3), MISMATCH,
	  .src = SLOT_HOLE, .slot = CASE_REG(RWX_, RW_), .secinfo = CASE_SECINFO(PT_REG, RX_) },
};

CASE_FUNCTION void case_epcm_eacceptcopy(const struct enclu_case *c,
					 struct case_seen *seen, struct case_scratch *scratch)
{
	avow_slot slot = c->slot;
	u64 code = ~0ULL;
	enum avow_epcm_result result = avow_epcm_eacceptcopy(&slot, c->src, c->secinfo, &code);

	(void)scratch;
	case_enclu(c, seen, result, slot, code);
}

#undef FROM
#undef GP
#undef PF
#undef PF_SOURCE
#undef MISMATCH
#undef ACCEPTABLE

#endif
