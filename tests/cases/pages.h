/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R21.3, R21.4, R22.9: SECS and TCS in core/args.c */
#ifndef AVOW_CASES_PAGES_H
#define AVOW_CASES_PAGES_H

#include "case.h"

/* ---- avow_args_create ---- */

struct args_create_case {
	CASE_HEAD;
	struct case_patch secs[3];
	u32 xsave_size;		/* 0: that of case_machine() */
};

#define SECS(field, value)		PATCH(avow_secs, field, value)
#define SECS_BYTE(field, index, value)	PATCH_BYTE(avow_secs, field, index, value)
#define GOOD_ATTRIBUTES			ATTR_MODE64BIT

CASE_FUNCTION void case_secs_good(struct avow_secs *secs)
{
	case_zero(secs, sizeof(*secs));
	secs->size = 0x10000;
	secs->base = 0x7f0000000000;
	secs->ssa_frame_size = 1;
	secs->attributes = GOOD_ATTRIBUTES;
	secs->xfrm = XFRM_X87_SSE;
}

CASE_TABLE struct args_create_case args_create_cases[] = {
	{ .name = "good", .rule = AVOW_RULE(21, 3) },
	{ .name = "SIZE 0", .rule = AVOW_RULE(21, 3), .err = EINVAL, .secs = { SECS(size, 0) } },
	{ .name = "SIZE of three pages", .rule = AVOW_RULE(21, 3), .err = EINVAL,
	  .secs = { SECS(size, 0x3000) } },
	{ .name = "SIZE of all bits", .rule = AVOW_RULE(21, 3), .err = EINVAL,
	  .secs = { SECS(size, ~0ULL) } },
	{ .name = "SIZE comes first", .rule = AVOW_RULE(21, 3), .err = EINVAL,
	  .secs = { SECS(size, 0x10001), SECS(attributes, ~0ULL), SECS(xfrm, 0) } },

	{ .name = "two pages", .rule = AVOW_RULE(21, 4), .secs = { SECS(size, 0x2000) } },
	{ .name = "2^46 at address 0", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS(size, 1ULL << 46), SECS(base, 0) } },
	{ .name = "one page", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(size, 0x1000) } },
	{ .name = "one byte", .rule = AVOW_RULE(21, 4), .err = EIO, .secs = { SECS(size, 1) } },
	{ .name = "2^47", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(size, 1ULL << 47), SECS(base, 0) } },
	{ .name = "2^63", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(size, 1ULL << 63), SECS(base, 0) } },

	{ .name = "base 0", .rule = AVOW_RULE(21, 4), .secs = { SECS(base, 0) } },
	{ .name = "end at 2^47", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS(base, (1ULL << 47) - 0x10000) } },
	{ .name = "base half of SIZE off", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(base, 0x7f0000008000) } },
	{ .name = "base a byte off", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(base, 1) } },
	{ .name = "base at 2^47", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(base, 1ULL << 47) } },
	{ .name = "base in the kernel's half", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(base, 0xffff800000000000) } },
	{ .name = "base at the very end", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(base, 0xffffffffffff0000) } },

	{ .name = "frame just big enough", .rule = AVOW_RULE(21, 4), .xsave_size = 4096 - 184 },
	{ .name = "frame with EXINFO just big enough", .rule = AVOW_RULE(21, 4),
	  .xsave_size = 4096 - 184 - 16, .secs = { SECS(miscselect, MISC_EXINFO) } },
	{ .name = "two pages of frame", .rule = AVOW_RULE(21, 4), .xsave_size = 8192 - 184,
	  .secs = { SECS(ssa_frame_size, 2) } },
	{ .name = "greatest frame", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS(ssa_frame_size, ~0U) } },
	{ .name = "2^20 pages of frame are not 0 bytes", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS(ssa_frame_size, 1U << 20) } },
	{ .name = "frame of no pages", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(ssa_frame_size, 0) } },
	{ .name = "frame a byte too small", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .xsave_size = 4096 - 183 },
	{ .name = "frame with EXINFO a byte too small", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .xsave_size = 4096 - 184 - 15, .secs = { SECS(miscselect, MISC_EXINFO) } },

	{ .name = "all attributes", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS(attributes, GOOD_ATTRIBUTES | ATTR_DEBUG | ATTR_PROVISIONKEY |
			 ATTR_EINITTOKENKEY | ATTR_KSS) } },
	{ .name = "INIT", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(attributes, GOOD_ATTRIBUTES | ATTR_INIT) } },
	{ .name = "not MODE64BIT", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(attributes, ATTR_DEBUG) } },
	{ .name = "attribute bit 3", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(attributes, GOOD_ATTRIBUTES | 1 << 3) } },
	{ .name = "attribute bit 6", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(attributes, GOOD_ATTRIBUTES | 1 << 6) } },
	{ .name = "attribute bit 63", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(attributes, GOOD_ATTRIBUTES | 1ULL << 63) } },

	{ .name = "XFRM of the machine", .rule = AVOW_RULE(21, 4), .secs = { SECS(xfrm, 7) } },
	{ .name = "XFRM 0", .rule = AVOW_RULE(21, 4), .err = EIO, .secs = { SECS(xfrm, 0) } },
	{ .name = "XFRM without SSE", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(xfrm, 5) } },
	{ .name = "XFRM without x87", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(xfrm, 2) } },
	{ .name = "XFRM beyond XCR0", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(xfrm, 3 | 1 << 3) } },
	{ .name = "XFRM bit 63", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(xfrm, 3 | 1ULL << 63) } },
	{ .name = "MISCSELECT bit 1", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(miscselect, 2) } },
	{ .name = "MISCSELECT bit 31", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(miscselect, 1U << 31) } },

	{ .name = "CONFIGID and CONFIGSVN with KSS", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS(attributes, GOOD_ATTRIBUTES | ATTR_KSS), SECS_BYTE(config_id, 63, 1),
		    SECS(config_svn, 0xffff) } },
	{ .name = "CONFIGID, first byte, without KSS", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(config_id, 0, 1) } },
	{ .name = "CONFIGID, last byte, without KSS", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(config_id, 63, 1) } },
	{ .name = "CONFIGSVN without KSS", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS(config_svn, 1) } },

	{ .name = "what EINIT fills in", .rule = AVOW_RULE(21, 4),
	  .secs = { SECS_BYTE(mrenclave, 0, 1), SECS_BYTE(mrsigner, 31, 1), SECS(isv_svn, 1) } },
	{ .name = "reserved1, first", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(reserved1, 0, 1) } },
	{ .name = "reserved1, last", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(reserved1, 23, 1) } },
	{ .name = "reserved2, last", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(reserved2, 31, 1) } },
	{ .name = "reserved3, first", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(reserved3, 0, 1) } },
	{ .name = "reserved4, first", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(reserved4, 0, 0x80) } },
	{ .name = "reserved4, last", .rule = AVOW_RULE(21, 4), .err = EIO,
	  .secs = { SECS_BYTE(reserved4, 3833, 0x80) } },
};

CASE_FUNCTION void case_args_create(const struct args_create_case *c,
				    struct case_seen *seen, struct case_scratch *scratch)
{
	struct avow_machine machine;

	case_machine(&machine);
	if (c->xsave_size)
		machine.xsave_size = c->xsave_size;
	case_secs_good(&scratch->secs);
	case_apply(&scratch->secs, c->secs, CASE_COUNT(c->secs));
	case_verdict(seen, c->name, c->rule, c->err, avow_args_create(&scratch->secs, &machine));
}

#undef SECS
#undef SECS_BYTE
#undef GOOD_ATTRIBUTES

/* ---- avow_args_tcs ---- */

struct args_tcs_case {
	CASE_HEAD;
	struct case_patch tcs[1];
};

#define TCS(field, value)		.tcs = { PATCH(avow_tcs, field, value) }
#define TCS_BYTE(field, index, value)	.tcs = { PATCH_BYTE(avow_tcs, field, index, value) }

CASE_FUNCTION void case_tcs_good(struct avow_tcs *tcs)
{
	case_zero(tcs, sizeof(*tcs));
	tcs->ossa = 0x3000;
	tcs->nssa = 2;
	tcs->oentry = 0x1234;
	tcs->ofsbase = 0x5000;
	tcs->ogsbase = 0x6000;
	tcs->fslimit = 0xffffffff;
	tcs->gslimit = 0xfff;
}

CASE_TABLE struct args_tcs_case args_tcs_cases[] = {
	{ .name = "good", .rule = AVOW_RULE(22, 9) },
	{ .name = "OENTRY of any value", .rule = AVOW_RULE(22, 9), TCS(oentry, ~0ULL) },
	{ .name = "OSSA at 0", .rule = AVOW_RULE(22, 9), TCS(ossa, 0) },
	{ .name = "limits of any value", .rule = AVOW_RULE(22, 9), TCS(fslimit, 1) },
	{ .name = "no SSA frames", .rule = AVOW_RULE(22, 9), TCS(nssa, 0) },
	{ .name = "STATE", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(state, 1) },
	{ .name = "FLAGS.DBGOPTIN", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(flags, 1) },
	{ .name = "FLAGS bit 63", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(flags, 1ULL << 63) },
	{ .name = "CSSA", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(cssa, 1) },
	{ .name = "AEP", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(aep, 0x1000) },
	{ .name = "OSSA a byte off", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(ossa, 0x3001) },
	{ .name = "OSSA half a page off", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(ossa, 0x3800) },
	{ .name = "OFSBASE off", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(ofsbase, 0x5010) },
	{ .name = "OGSBASE off", .rule = AVOW_RULE(22, 9), .err = EIO, TCS(ogsbase, 0x6800) },
	{ .name = "first reserved byte", .rule = AVOW_RULE(22, 9), .err = EIO,
	  TCS_BYTE(reserved, 0, 1) },
	{ .name = "last reserved byte", .rule = AVOW_RULE(22, 9), .err = EIO,
	  TCS_BYTE(reserved, 4023, 1) },
};

CASE_FUNCTION void case_args_tcs(const struct args_tcs_case *c,
				 struct case_seen *seen, struct case_scratch *scratch)
{
	case_tcs_good(&scratch->tcs);
	case_apply(&scratch->tcs, c->tcs, CASE_COUNT(c->tcs));
	case_verdict(seen, c->name, c->rule, c->err, avow_args_tcs(&scratch->tcs));
}

#undef TCS
#undef TCS_BYTE

#endif
