/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R13, R24 to R26, and what EADD and EAUG make: core/epcm.c */
#ifndef AVOW_CASES_EPCM_H
#define AVOW_CASES_EPCM_H

#include "case.h"

/* What a leaf that changes a page's state must carry along. */
#define PASSENGERS	(SLOT_EVER_W | SLOT_EVER_X | SLOT_MEASURED | SLOT_EXPLICIT | \
			 SLOT_LOWERED | CASE_SOURCE(AVOW_SRC_OTHER, 0x80000001))

/* ---- avow_epcm_eadd ---- */

struct epcm_eadd_case {
	CASE_HEAD;
	u64 secinfo;
	u32 intent;
	bool is_explicit, measured;
	avow_slot slot;
};

CASE_TABLE struct epcm_eadd_case epcm_eadd_cases[] = {
	{ .name = "REG", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, RX_), .intent = RX_, .slot = CASE_REG(RX_, RX_) },
	{ .name = "REG, measured", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, RW_), .intent = RW_, .measured = true,
	  .slot = CASE_PAGE(RW_, RW_, PT_REG, SLOT_MEASURED) },
	{ .name = "REG, explicit beyond SECINFO", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, RW_), .intent = RWX_, .is_explicit = true,
	  .slot = CASE_PAGE(RWX_, RW_, PT_REG, SLOT_EXPLICIT) },
	{ .name = "REG, SECINFO beyond explicit", .rule = AVOW_RULE(1, 1),
	  .secinfo = CASE_SECINFO(PT_REG, RWX_), .intent = 0, .is_explicit = true,
	  .measured = true,
	  .slot = CASE_PAGE(0, RWX_, PT_REG, SLOT_EXPLICIT | SLOT_MEASURED) },
	{ .name = "TCS grants nothing", .rule = AVOW_RULE(1, 2),
	  .secinfo = CASE_SECINFO(PT_TCS, 0), .intent = RW_,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0) },
	{ .name = "TCS grants nothing, whatever SECINFO says", .rule = AVOW_RULE(1, 2),
	  .secinfo = CASE_SECINFO(PT_TCS, RWX_), .intent = RW_,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0) },
};

CASE_FUNCTION void case_epcm_eadd(const struct epcm_eadd_case *c,
				  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "slot", c->slot,
		  avow_epcm_eadd(c->secinfo, c->intent, c->is_explicit, c->measured));
}

/* ---- avow_epcm_eaug ---- */

struct epcm_eaug_case {
	CASE_HEAD;
	avow_slot slot, augmented;
};

CASE_TABLE struct epcm_eaug_case epcm_eaug_cases[] = {
	{ .name = "hole: RWX", .rule = AVOW_RULE(3, 1),
	  .slot = SLOT_HOLE, .augmented = CASE_AUGMENTED(RWX_) },
	{ .name = "declared R", .rule = AVOW_RULE(3, 4),
	  .slot = CASE_INTENT(R_, SLOT_DYNAMIC | SLOT_EXPLICIT),
	  .augmented = CASE_AUGMENTED(R_) | SLOT_EXPLICIT },
	{ .name = "declared nothing", .rule = AVOW_RULE(3, 4),
	  .slot = CASE_INTENT(0, SLOT_DYNAMIC | SLOT_EXPLICIT | SLOT_LOWERED),
	  .augmented = CASE_AUGMENTED(0) | SLOT_EXPLICIT | SLOT_LOWERED },
	{ .name = "kept RX", .rule = AVOW_RULE(2, 3),
	  .slot = CASE_INTENT(RX_, SLOT_KEPT), .augmented = CASE_AUGMENTED(RX_) },
	{ .name = "a new page has no history and no source", .rule = AVOW_RULE(2, 3),
	  .slot = CASE_INTENT(RW_, SLOT_KEPT | SLOT_HISTORY | SLOT_MEASURED | SLOT_PR |
			      CASE_SOURCE(AVOW_SRC_ANON, 3)),
	  .augmented = CASE_AUGMENTED(RW_) },
};

CASE_FUNCTION void case_epcm_eaug(const struct epcm_eaug_case *c,
				  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "slot", c->augmented, avow_epcm_eaug(c->slot));
}

/* ---- avow_epcm_emodpr ---- */

struct epcm_ioctl_case {
	CASE_HEAD;
	avow_slot slot;
	u32 arg;		/* R/W/X or type */
	avow_slot after;	/* of an accepted row */
	u64 result;
};

#define epcm_emodpr_case	epcm_ioctl_case
#define epcm_emodt_case		epcm_ioctl_case

CASE_TABLE struct epcm_ioctl_case epcm_emodpr_cases[] = {
	{ .name = "RWX to RX", .rule = AVOW_RULE(13, 2),
	  .slot = CASE_REG(RWX_, RWX_), .arg = RX_,
	  .after = CASE_PAGE(RWX_, RX_, PT_REG, SLOT_PR) },
	{ .name = "RW to RX leaves R", .rule = AVOW_RULE(13, 2),
	  .slot = CASE_REG(RW_, RW_), .arg = RX_, .after = CASE_PAGE(RW_, R_, PT_REG, SLOT_PR) },
	{ .name = "to nothing, with all that travels along", .rule = AVOW_RULE(13, 2),
	  .slot = CASE_PAGE(RX_, RX_, PT_REG, PASSENGERS), .arg = 0,
	  .after = CASE_PAGE(RX_, 0, PT_REG, PASSENGERS | SLOT_PR) },
	{ .name = "again, with PR set", .rule = AVOW_RULE(24, 7),
	  .slot = CASE_PAGE(RW_, RW_, PT_REG, SLOT_PR | SLOT_DYNAMIC), .arg = RWX_,
	  .after = CASE_PAGE(RW_, RW_, PT_REG, SLOT_PR | SLOT_DYNAMIC) },
	{ .name = "a page", .rule = AVOW_RULE(24, 5),
	  .slot = CASE_REG(0, R_), .arg = R_, .after = CASE_PAGE(0, R_, PT_REG, SLOT_PR) },
	{ .name = "hole", .rule = AVOW_RULE(24, 5), .err = EFAULT, .slot = SLOT_HOLE, .arg = R_ },
	{ .name = "declared slot", .rule = AVOW_RULE(24, 5), .err = EFAULT,
	  .slot = CASE_INTENT(RW_, SLOT_DYNAMIC), .arg = R_ },
	{ .name = "REG", .rule = AVOW_RULE(24, 6),
	  .slot = CASE_REG(RW_, R_), .arg = RW_, .after = CASE_PAGE(RW_, R_, PT_REG, SLOT_PR) },
	{ .name = "TCS", .rule = AVOW_RULE(24, 6), .err = EINVAL,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0), .arg = R_ },
	{ .name = "TRIM", .rule = AVOW_RULE(24, 6), .err = EINVAL,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, 0), .arg = R_ },
	{ .name = "the type comes before MODIFIED", .rule = AVOW_RULE(24, 6), .err = EINVAL,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_MODIFIED), .arg = R_ },
	{ .name = "PENDING", .rule = AVOW_RULE(24, 7), .err = EFAULT,
	  .slot = CASE_AUGMENTED(RWX_), .arg = R_, .result = 20 },
	{ .name = "MODIFIED", .rule = AVOW_RULE(24, 7), .err = EFAULT,
	  .slot = CASE_PAGE(RW_, RW_, PT_REG, SLOT_MODIFIED), .arg = R_, .result = 20 },
};

CASE_FUNCTION void case_epcm_ioctl(const struct epcm_ioctl_case *c, struct case_seen *seen,
				   avow_verdict (*leaf)(avow_slot *, u32, u64 *))
{
	avow_slot slot = c->slot;
	u64 result = ~0ULL;

	case_verdict(seen, c->name, c->rule, c->err, leaf(&slot, c->arg, &result));
	case_note(seen, "slot", c->err ? c->slot : c->after, slot);
	case_note(seen, "result", c->result, result);
}

CASE_FUNCTION void case_epcm_emodpr(const struct epcm_ioctl_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_epcm_ioctl(c, seen, avow_epcm_emodpr);
}

/* ---- avow_epcm_emodt ---- */

CASE_TABLE struct epcm_ioctl_case epcm_emodt_cases[] = {
	{ .name = "REG to TRIM", .rule = AVOW_RULE(25, 4), .arg = PT_TRIM,
	  .slot = CASE_PAGE(RX_, RX_, PT_REG, SLOT_PR | PASSENGERS),
	  .after = CASE_PAGE(RX_, 0, PT_TRIM, SLOT_MODIFIED | PASSENGERS) },
	{ .name = "TCS to TRIM", .rule = AVOW_RULE(25, 4), .arg = PT_TRIM,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0),
	  .after = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_MODIFIED) },
	{ .name = "REG without rights to TRIM", .rule = AVOW_RULE(25, 4), .arg = PT_TRIM,
	  .slot = CASE_REG(0, R_), .after = CASE_PAGE(0, 0, PT_TRIM, SLOT_MODIFIED) },
	{ .name = "hole", .rule = AVOW_RULE(25, 4), .err = EFAULT, .arg = PT_TRIM,
	  .slot = SLOT_HOLE },
	{ .name = "kept slot", .rule = AVOW_RULE(25, 4), .err = EFAULT, .arg = PT_TRIM,
	  .slot = CASE_INTENT(RW_, SLOT_KEPT) },
	{ .name = "TCS to TCS", .rule = AVOW_RULE(25, 4), .err = EINVAL, .arg = PT_TCS,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0) },
	{ .name = "TRIM to TRIM", .rule = AVOW_RULE(25, 4), .err = EINVAL, .arg = PT_TRIM,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, SLOT_MODIFIED) },
	{ .name = "TRIM to TCS", .rule = AVOW_RULE(25, 4), .err = EINVAL, .arg = PT_TCS,
	  .slot = CASE_PAGE(RW_, 0, PT_TRIM, 0) },
	{ .name = "REG to REG", .rule = AVOW_RULE(25, 4), .err = EINVAL, .arg = PT_REG,
	  .slot = CASE_REG(RW_, RW_) },
	{ .name = "TCS to REG", .rule = AVOW_RULE(25, 4), .err = EINVAL, .arg = PT_REG,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0) },
	{ .name = "REG to VA", .rule = AVOW_RULE(25, 4), .err = EINVAL, .arg = PT_VA,
	  .slot = CASE_REG(RW_, RW_) },

	{ .name = "REG with RW to TCS", .rule = AVOW_RULE(13, 3), .arg = PT_TCS,
	  .slot = CASE_REG(RW_, RW_), .after = CASE_PAGE(RW_, 0, PT_TCS, SLOT_MODIFIED) },
	{ .name = "REG with RWX to TCS loses X", .rule = AVOW_RULE(13, 3), .arg = PT_TCS,
	  .slot = CASE_PAGE(RWX_, RW_, PT_REG, SLOT_DYNAMIC | SLOT_PR),
	  .after = CASE_PAGE(RW_, 0, PT_TCS, SLOT_MODIFIED | SLOT_DYNAMIC | SLOT_LOWERED) },
	{ .name = "REG with R to TCS", .rule = AVOW_RULE(13, 3), .err = EPERM, .arg = PT_TCS,
	  .slot = CASE_REG(R_, RW_) },
	{ .name = "REG with RX to TCS", .rule = AVOW_RULE(13, 3), .err = EPERM, .arg = PT_TCS,
	  .slot = CASE_REG(RX_, RX_) },
	{ .name = "REG with nothing to TCS", .rule = AVOW_RULE(13, 3), .err = EPERM, .arg = PT_TCS,
	  .slot = CASE_REG(0, RW_) },
	{ .name = "the intent comes before PENDING", .rule = AVOW_RULE(13, 3), .err = EPERM,
	  .arg = PT_TCS, .slot = CASE_AUGMENTED(R_) },

	{ .name = "neither PENDING nor MODIFIED", .rule = AVOW_RULE(25, 6), .arg = PT_TRIM,
	  .slot = CASE_PAGE(RWX_, RWX_, PT_REG, SLOT_PR),
	  .after = CASE_PAGE(RWX_, 0, PT_TRIM, SLOT_MODIFIED) },
	{ .name = "PENDING", .rule = AVOW_RULE(25, 6), .err = EFAULT, .arg = PT_TRIM,
	  .slot = CASE_AUGMENTED(RWX_), .result = 20 },
	{ .name = "PENDING to TCS", .rule = AVOW_RULE(25, 6), .err = EFAULT, .arg = PT_TCS,
	  .slot = CASE_AUGMENTED(RWX_), .result = 20 },
	{ .name = "TCS that is MODIFIED", .rule = AVOW_RULE(25, 6), .err = EFAULT, .arg = PT_TRIM,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, SLOT_MODIFIED), .result = 20 },
};

CASE_FUNCTION void case_epcm_emodt(const struct epcm_ioctl_case *c,
				   struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_epcm_ioctl(c, seen, avow_epcm_emodt);
}

/* ---- avow_epcm_may_remove ---- */

struct epcm_may_remove_case {
	CASE_HEAD;
	avow_slot slot;
};

CASE_TABLE struct epcm_may_remove_case epcm_may_remove_cases[] = {
	{ .name = "TRIM, accepted", .rule = AVOW_RULE(26, 3),
	  .slot = CASE_PAGE(RX_, 0, PT_TRIM, 0) },
	{ .name = "TRIM, not accepted", .rule = AVOW_RULE(26, 3), .err = EPERM,
	  .slot = CASE_PAGE(RX_, 0, PT_TRIM, SLOT_MODIFIED) },
	{ .name = "REG", .rule = AVOW_RULE(26, 3), .err = EPERM, .slot = CASE_REG(RX_, RX_) },
	{ .name = "TCS", .rule = AVOW_RULE(26, 3), .err = EPERM,
	  .slot = CASE_PAGE(RW_, 0, PT_TCS, 0) },
	{ .name = "a page", .rule = AVOW_RULE(26, 2), .slot = CASE_PAGE(0, 0, PT_TRIM, 0) },
	{ .name = "hole", .rule = AVOW_RULE(26, 2), .err = EFAULT, .slot = SLOT_HOLE },
	{ .name = "declared slot", .rule = AVOW_RULE(26, 2), .err = EFAULT,
	  .slot = CASE_INTENT(RW_, SLOT_DYNAMIC) },
	{ .name = "removed already", .rule = AVOW_RULE(26, 2), .err = EFAULT,
	  .slot = CASE_INTENT(RW_, SLOT_KEPT) },
};

CASE_FUNCTION void case_epcm_may_remove(const struct epcm_may_remove_case *c,
					struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err, avow_epcm_may_remove(c->slot));
}

#endif
