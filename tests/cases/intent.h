/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R1, R2, R3, R28: core/intent.c */
#ifndef AVOW_CASES_INTENT_H
#define AVOW_CASES_INTENT_H

#include "case.h"

#define EXPLICIT(rwx)	(AVOW_PAGE_INTENT | (u64)(rwx) << AVOW_PAGE_INTENT_SHIFT)

/* ---- avow_intent_declared ---- */

struct intent_declared_case {
	CASE_HEAD;
	u64 add_flags, secinfo;
	u32 intent;
	bool is_explicit;
};

CASE_TABLE struct intent_declared_case intent_declared_cases[] = {
	{ .name = "derived: R", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, R_), .intent = R_ },
	{ .name = "derived: RW", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, RW_), .intent = RW_ },
	{ .name = "derived: RWX, measured", .rule = AVOW_RULE(1, 1),
	  .add_flags = SGX_PAGE_MEASURE, .secinfo = CASE_SECINFO(PT_REG, RWX_), .intent = RWX_ },
	{ .name = "derived: nothing", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, 0), .intent = 0 },
	{ .name = "explicit intent beyond SECINFO", .rule = AVOW_RULE(1, 1),
	  .add_flags = EXPLICIT(RWX_), .secinfo = CASE_SECINFO(PT_REG, RW_),
	  .intent = RWX_, .is_explicit = true },
	{ .name = "SECINFO beyond explicit intent", .rule = AVOW_RULE(1, 1),
	  .add_flags = EXPLICIT(R_) | SGX_PAGE_MEASURE, .secinfo = CASE_SECINFO(PT_REG, RWX_),
	  .intent = R_, .is_explicit = true },
	{ .name = "explicit nothing", .rule = AVOW_RULE(1, 1),
	  .add_flags = EXPLICIT(0), .secinfo = CASE_SECINFO(PT_REG, RWX_),
	  .intent = 0, .is_explicit = true },

	{ .name = "TCS without intent is RW", .rule = AVOW_RULE(1, 2),
	  .secinfo = CASE_SECINFO(PT_TCS, 0), .intent = RW_ },
	{ .name = "TCS with explicit RW", .rule = AVOW_RULE(1, 2),
	  .add_flags = EXPLICIT(RW_), .secinfo = CASE_SECINFO(PT_TCS, 0),
	  .intent = RW_, .is_explicit = true },
	{ .name = "TCS with explicit R", .rule = AVOW_RULE(1, 2), .err = EINVAL,
	  .add_flags = EXPLICIT(R_), .secinfo = CASE_SECINFO(PT_TCS, 0) },
	{ .name = "TCS with explicit RWX", .rule = AVOW_RULE(1, 2), .err = EINVAL,
	  .add_flags = EXPLICIT(RWX_), .secinfo = CASE_SECINFO(PT_TCS, 0) },
	{ .name = "TCS with explicit nothing", .rule = AVOW_RULE(1, 2), .err = EINVAL,
	  .add_flags = EXPLICIT(0), .secinfo = CASE_SECINFO(PT_TCS, 0) },

	{ .name = "explicit X alone", .rule = AVOW_RULE(1, 3),
	  .add_flags = EXPLICIT(X_), .secinfo = CASE_SECINFO(PT_REG, R_),
	  .intent = X_, .is_explicit = true },
	{ .name = "explicit RW", .rule = AVOW_RULE(1, 3),
	  .add_flags = EXPLICIT(RW_), .secinfo = CASE_SECINFO(PT_REG, R_),
	  .intent = RW_, .is_explicit = true },
	{ .name = "explicit W", .rule = AVOW_RULE(1, 3), .err = EINVAL,
	  .add_flags = EXPLICIT(W_), .secinfo = CASE_SECINFO(PT_REG, RW_) },
	{ .name = "explicit WX", .rule = AVOW_RULE(1, 3), .err = EINVAL,
	  .add_flags = EXPLICIT(WX_), .secinfo = CASE_SECINFO(PT_REG, RWX_) },
	{ .name = "W without R comes before the TCS", .rule = AVOW_RULE(1, 3), .err = EINVAL,
	  .add_flags = EXPLICIT(W_), .secinfo = CASE_SECINFO(PT_TCS, 0) },

	{ .name = "every known bit", .rule = AVOW_RULE(1, 4),
	  .add_flags = SGX_PAGE_MEASURE | EXPLICIT(RWX_), .secinfo = CASE_SECINFO(PT_REG, R_),
	  .intent = RWX_, .is_explicit = true },
	{ .name = "bit 1", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .add_flags = 2, .secinfo = CASE_SECINFO(PT_REG, R_) },
	{ .name = "bit 31", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .add_flags = 1ULL << 31, .secinfo = CASE_SECINFO(PT_REG, R_) },
	{ .name = "bit 36", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .add_flags = EXPLICIT(RWX_) | 1ULL << 36, .secinfo = CASE_SECINFO(PT_REG, R_) },
	{ .name = "bit 63", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .add_flags = 1ULL << 63, .secinfo = CASE_SECINFO(PT_REG, R_) },
	{ .name = "R without INTENT", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .add_flags = AVOW_PAGE_INTENT_R, .secinfo = CASE_SECINFO(PT_REG, R_) },
	{ .name = "X without INTENT", .rule = AVOW_RULE(1, 4), .err = EINVAL,
	  .add_flags = AVOW_PAGE_INTENT_X, .secinfo = CASE_SECINFO(PT_REG, R_) },
	{ .name = "W without INTENT comes before W without R", .rule = AVOW_RULE(1, 4),
	  .err = EINVAL, .add_flags = AVOW_PAGE_INTENT_W, .secinfo = CASE_SECINFO(PT_REG, R_) },
};

CASE_FUNCTION void case_intent_declared(const struct intent_declared_case *c,
					struct case_seen *seen, struct case_scratch *scratch)
{
	const u32 untouched = 0x5a;
	u32 intent = untouched;
	bool is_explicit = false;

	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_intent_declared(c->add_flags, c->secinfo, &intent, &is_explicit));
	case_note(seen, "intent", c->err ? untouched : c->intent, intent);
	case_note(seen, "explicit", c->is_explicit, is_explicit);
}

/* ---- avow_rights_wellformed ---- */

struct intent_wellformed_case {
	CASE_HEAD;
	u64 intent;
};

CASE_TABLE struct intent_wellformed_case intent_wellformed_cases[] = {
	{ .name = "nothing", .rule = AVOW_RULE(2, 5), .intent = 0 },
	{ .name = "R", .rule = AVOW_RULE(2, 5), .intent = R_ },
	{ .name = "RW", .rule = AVOW_RULE(2, 5), .intent = RW_ },
	{ .name = "X", .rule = AVOW_RULE(2, 5), .intent = X_ },
	{ .name = "RX", .rule = AVOW_RULE(2, 5), .intent = RX_ },
	{ .name = "RWX", .rule = AVOW_RULE(2, 5), .intent = RWX_ },
	{ .name = "W", .rule = AVOW_RULE(2, 5), .err = EINVAL, .intent = W_ },
	{ .name = "WX", .rule = AVOW_RULE(2, 5), .err = EINVAL, .intent = WX_ },
	{ .name = "bit 3", .rule = AVOW_RULE(2, 5), .err = EINVAL, .intent = R_ | 8 },
	{ .name = "bit 32", .rule = AVOW_RULE(2, 5), .err = EINVAL, .intent = R_ | 1ULL << 32 },
};

CASE_FUNCTION void case_intent_wellformed(const struct intent_wellformed_case *c,
					  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "wellformed", !c->err, avow_rights_wellformed(c->intent));
}

/* ---- avow_intent_may_lower, avow_intent_lower ---- */

struct intent_lower_case {
	CASE_HEAD;
	avow_slot slot;
	u32 intent;
	avow_slot lowered;	/* of an accepted row */
};

CASE_TABLE struct intent_lower_case intent_lower_cases[] = {
	{ .name = "RWX to RX", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_REG(RWX_, RW_), .intent = RX_,
	  .lowered = CASE_PAGE(RX_, RW_, PT_REG, SLOT_LOWERED | SLOT_EXPLICIT) },
	{ .name = "RW to nothing", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_REG(RW_, RW_), .intent = 0,
	  .lowered = CASE_PAGE(0, RW_, PT_REG, SLOT_LOWERED | SLOT_EXPLICIT) },
	{ .name = "RX to RX: not lowered, but said", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_REG(RX_, R_), .intent = RX_, .lowered = CASE_PAGE(RX_, R_, PT_REG, SLOT_EXPLICIT) },
	{ .name = "nothing to nothing", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_REG(0, R_), .intent = 0, .lowered = CASE_PAGE(0, R_, PT_REG, SLOT_EXPLICIT) },
	{ .name = "the rest of the slot stays", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_PAGE(RWX_, RX_, PT_REG, SLOT_PR | SLOT_EVER_W | SLOT_MEASURED |
			    SLOT_EXPLICIT | CASE_SOURCE(AVOW_SRC_ANON, 0xffffffff)),
	  .intent = R_,
	  .lowered = CASE_PAGE(R_, RX_, PT_REG, SLOT_PR | SLOT_EVER_W | SLOT_MEASURED |
			       SLOT_EXPLICIT | SLOT_LOWERED |
			       CASE_SOURCE(AVOW_SRC_ANON, 0xffffffff)) },
	{ .name = "a declared slot", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_INTENT(RWX_, SLOT_DYNAMIC | SLOT_EXPLICIT), .intent = RW_,
	  .lowered = CASE_INTENT(RW_, SLOT_DYNAMIC | SLOT_EXPLICIT | SLOT_LOWERED) },
	{ .name = "a kept slot", .rule = AVOW_RULE(2, 1),
	  .slot = CASE_INTENT(RW_, SLOT_KEPT | SLOT_LOWERED), .intent = R_,
	  .lowered = CASE_INTENT(R_, SLOT_KEPT | SLOT_LOWERED | SLOT_EXPLICIT) },
	{ .name = "R to RW", .rule = AVOW_RULE(2, 1), .err = EACCES,
	  .slot = CASE_REG(R_, RW_), .intent = RW_ },
	{ .name = "RW to RX: one goes, one comes", .rule = AVOW_RULE(2, 1), .err = EACCES,
	  .slot = CASE_REG(RW_, RW_), .intent = RX_ },
	{ .name = "nothing to R", .rule = AVOW_RULE(2, 1), .err = EACCES,
	  .slot = CASE_INTENT(0, SLOT_DYNAMIC), .intent = R_ },
	{ .name = "any slot with an intent", .rule = AVOW_RULE(2, 5),
	  .slot = CASE_INTENT(0, SLOT_KEPT), .intent = 0,
	  .lowered = CASE_INTENT(0, SLOT_KEPT | SLOT_EXPLICIT) },
	{ .name = "a hole", .rule = AVOW_RULE(2, 5), .err = EFAULT,
	  .slot = SLOT_HOLE, .intent = R_ },
	{ .name = "a hole to nothing", .rule = AVOW_RULE(2, 5), .err = EFAULT,
	  .slot = SLOT_HOLE, .intent = 0 },
};

CASE_FUNCTION void case_intent_lower(const struct intent_lower_case *c,
				     struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_intent_may_lower(c->slot, c->intent));
	if (!c->err)
		case_note(seen, "slot", c->lowered, avow_intent_lower(c->slot, c->intent));
}

/* ---- avow_intent_may_declare, avow_intent_declare ---- */

struct intent_declare_case {
	CASE_HEAD;
	avow_slot slot;
	u32 intent;
};

CASE_TABLE struct intent_declare_case intent_declare_cases[] = {
	{ .name = "a hole as RWX", .rule = AVOW_RULE(3, 3), .slot = SLOT_HOLE, .intent = RWX_ },
	{ .name = "a hole as RW", .rule = AVOW_RULE(3, 3), .slot = SLOT_HOLE, .intent = RW_ },
	{ .name = "a hole as nothing", .rule = AVOW_RULE(3, 3), .slot = SLOT_HOLE, .intent = 0 },
	{ .name = "a page", .rule = AVOW_RULE(3, 3), .err = EBUSY,
	  .slot = CASE_REG(RW_, RW_), .intent = RW_ },
	{ .name = "a declared slot", .rule = AVOW_RULE(3, 3), .err = EBUSY,
	  .slot = CASE_INTENT(RW_, SLOT_DYNAMIC | SLOT_EXPLICIT), .intent = R_ },
	{ .name = "a slot declared as nothing", .rule = AVOW_RULE(3, 3), .err = EBUSY,
	  .slot = CASE_INTENT(0, SLOT_DYNAMIC | SLOT_EXPLICIT), .intent = RWX_ },
};

CASE_FUNCTION void case_intent_declare(const struct intent_declare_case *c,
				       struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_intent_may_declare(c->slot));
	if (!c->err)
		case_note(seen, "slot", CASE_INTENT(c->intent, SLOT_DYNAMIC | SLOT_EXPLICIT),
			  avow_intent_declare(c->intent));
}

/* ---- avow_intent_may_add ---- */

struct intent_may_add_case {
	CASE_HEAD;
	avow_slot slot;
};

CASE_TABLE struct intent_may_add_case intent_may_add_cases[] = {
	{ .name = "to a hole", .rule = AVOW_RULE(22, 6), .slot = SLOT_HOLE },
	{ .name = "over a page", .rule = AVOW_RULE(22, 6), .err = EBUSY,
	  .slot = CASE_REG(RW_, RW_) },
	{ .name = "over a page of no rights", .rule = AVOW_RULE(22, 6), .err = EBUSY,
	  .slot = CASE_REG(0, 0) },
	{ .name = "to no declared slot", .rule = AVOW_RULE(3, 4), .slot = SLOT_HOLE },
	{ .name = "to a declared slot", .rule = AVOW_RULE(3, 4), .err = EBUSY,
	  .slot = CASE_INTENT(RWX_, SLOT_DYNAMIC | SLOT_EXPLICIT) },
	{ .name = "to a slot declared as nothing", .rule = AVOW_RULE(3, 4), .err = EBUSY,
	  .slot = CASE_INTENT(0, SLOT_DYNAMIC | SLOT_EXPLICIT) },
};

CASE_FUNCTION void case_intent_may_add(const struct intent_may_add_case *c,
				       struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_intent_may_add(c->slot));
}

/* ---- avow_intent_after_removal ---- */

struct intent_after_removal_case {
	CASE_HEAD;
	avow_slot slot;
	bool strict;
	avow_slot left;
};

CASE_TABLE struct intent_after_removal_case intent_after_removal_cases[] = {
	{ .name = "strict keeps the intent", .rule = AVOW_RULE(2, 3), .strict = true,
	  .slot = CASE_PAGE(R_, 0, PT_TRIM, 0), .left = CASE_INTENT(R_, SLOT_KEPT) },
	{ .name = "strict keeps an intent of nothing", .rule = AVOW_RULE(2, 3), .strict = true,
	  .slot = CASE_PAGE(0, 0, PT_TRIM, 0), .left = CASE_INTENT(0, SLOT_KEPT) },
	{ .name = "strict forgets what was the page's", .rule = AVOW_RULE(2, 3), .strict = true,
	  .slot = CASE_PAGE(RX_, 0, PT_TRIM, SLOT_PR | SLOT_EVER_W | SLOT_EVER_X | SLOT_MEASURED |
			    SLOT_EXPLICIT | SLOT_LOWERED | CASE_SOURCE(AVOW_SRC_SHMEM, 7)),
	  .left = CASE_INTENT(RX_, SLOT_KEPT | SLOT_EXPLICIT | SLOT_LOWERED) },
	{ .name = "strict: declared dynamic it stays", .rule = AVOW_RULE(2, 3), .strict = true,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_DYNAMIC | SLOT_EXPLICIT),
	  .left = CASE_INTENT(RW_, SLOT_KEPT | SLOT_DYNAMIC | SLOT_EXPLICIT) },
	{ .name = "compat makes a hole", .rule = AVOW_RULE(2, 4),
	  .slot = CASE_PAGE(R_, 0, PT_TRIM, SLOT_MEASURED | SLOT_EVER_X), .left = SLOT_HOLE },
	{ .name = "compat makes a hole of what was a TCS, which loses X without being asked", .rule = AVOW_RULE(2, 4),
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_LOWERED), .left = SLOT_HOLE },
	{ .name = "compat makes a hole of a slot that was augmented undeclared", .rule = AVOW_RULE(2, 4),
	  .slot = CASE_PAGE(RWX_, 0, PT_TRIM, SLOT_DYNAMIC), .left = SLOT_HOLE },
	{ .name = "compat keeps what was declared dynamic", .rule = AVOW_RULE(2, 6),
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_DYNAMIC | SLOT_EXPLICIT | SLOT_EVER_W),
	  .left = CASE_INTENT(RW_, SLOT_KEPT | SLOT_DYNAMIC | SLOT_EXPLICIT) },
	{ .name = "compat keeps what was explicit in ADD_PAGES", .rule = AVOW_RULE(2, 6),
	  .slot = CASE_PAGE(R_, 0, PT_TRIM, SLOT_EXPLICIT | SLOT_MEASURED | CASE_SOURCE(AVOW_SRC_ANON, 3)),
	  .left = CASE_INTENT(R_, SLOT_KEPT | SLOT_EXPLICIT) },
	{ .name = "compat keeps an explicit intent of nothing", .rule = AVOW_RULE(2, 6),
	  .slot = CASE_PAGE(0, 0, PT_TRIM, SLOT_EXPLICIT), .left = CASE_INTENT(0, SLOT_KEPT | SLOT_EXPLICIT) },
	{ .name = "compat keeps what was lowered", .rule = AVOW_RULE(2, 6),
	  .slot = CASE_PAGE(RX_, 0, PT_TRIM, SLOT_EXPLICIT | SLOT_LOWERED),
	  .left = CASE_INTENT(RX_, SLOT_KEPT | SLOT_EXPLICIT | SLOT_LOWERED) },
	{ .name = "compat keeps it lowered", .rule = AVOW_RULE(2, 6),
	  .slot = CASE_PAGE(R_, 0, PT_TRIM, SLOT_DYNAMIC | SLOT_EXPLICIT | SLOT_LOWERED),
	  .left = CASE_INTENT(R_, SLOT_KEPT | SLOT_DYNAMIC | SLOT_EXPLICIT | SLOT_LOWERED) },
};

CASE_FUNCTION void case_intent_after_removal(const struct intent_after_removal_case *c,
					     struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "slot", c->left, avow_intent_after_removal(c->slot, c->strict));
}

/* ---- avow_contract_may_set ---- */

struct contract_may_set_case {
	CASE_HEAD;
	u32 wanted, reserved;
	bool strict_now, has_slots;
};

CASE_TABLE struct contract_may_set_case contract_may_set_cases[] = {
	{ .name = "compat to strict", .rule = AVOW_RULE(28, 1), .wanted = AVOW_STRICT },
	{ .name = "compat to compat", .rule = AVOW_RULE(28, 1), .wanted = AVOW_COMPAT },
	{ .name = "strict to strict", .rule = AVOW_RULE(28, 3),
	  .wanted = AVOW_STRICT, .strict_now = true },
	{ .name = "strict to compat", .rule = AVOW_RULE(28, 3), .err = EPERM,
	  .wanted = AVOW_COMPAT, .strict_now = true },
	{ .name = "unknown contract", .rule = AVOW_RULE(28, 1), .err = EINVAL, .wanted = 2 },
	{ .name = "unknown contract under strict", .rule = AVOW_RULE(28, 1), .err = EINVAL,
	  .wanted = 0xffffffff, .strict_now = true },
	{ .name = "too late for strict", .rule = AVOW_RULE(28, 1), .err = EINVAL,
	  .wanted = AVOW_STRICT, .has_slots = true },
	{ .name = "too late for the same", .rule = AVOW_RULE(28, 1), .err = EINVAL,
	  .wanted = AVOW_COMPAT, .has_slots = true },
	{ .name = "too late comes before never", .rule = AVOW_RULE(28, 1), .err = EINVAL,
	  .wanted = AVOW_COMPAT, .strict_now = true, .has_slots = true },
	{ .name = "reserved comes first", .rule = AVOW_RULE(29, 1), .err = EINVAL,
	  .wanted = 2, .reserved = 1, .strict_now = true, .has_slots = true },
};

CASE_FUNCTION void case_contract_may_set(const struct contract_may_set_case *c,
					 struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_contract_may_set(c->wanted, c->reserved, c->strict_now, c->has_slots));
}

#undef EXPLICIT

#endif
