/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R23.3 to R23.9 but the signature: core/sigstruct.c */
#ifndef AVOW_CASES_SIGSTRUCT_H
#define AVOW_CASES_SIGSTRUCT_H

#include "case.h"

struct sigstruct_case {
	CASE_HEAD;
	struct case_patch sig[3];
	struct case_patch secs[2];
};

#define sigstruct_vendor_case		sigstruct_case
#define sigstruct_supported_case	sigstruct_case
#define sigstruct_layout_case		sigstruct_case
#define sigstruct_measurement_case	sigstruct_case
#define sigstruct_match_case		sigstruct_case

#define SIG(field, value)		PATCH(avow_sigstruct, field, value)
#define SIG_BYTE(field, index, value)	PATCH_BYTE(avow_sigstruct, field, index, value)
#define SECS(field, value)		PATCH(avow_secs, field, value)
#define ONES				(~0ULL)

/* Good but for the signature, for an enclave of attributes MODE64BIT and XFRM 3. */
CASE_FUNCTION void case_sigstruct_good(struct case_scratch *scratch)
{
	static const u8 header1[16] = {
		0x06, 0, 0, 0, 0xe1, 0, 0, 0, 0, 0, 0x01, 0, 0, 0, 0, 0,
	};
	static const u8 header2[16] = {
		0x01, 0x01, 0, 0, 0x60, 0, 0, 0, 0x60, 0, 0, 0, 0x01, 0, 0, 0,
	};
	struct avow_sigstruct *sig = &scratch->sig;
	u32 i;

	case_zero(&scratch->secs, sizeof(scratch->secs));
	scratch->secs.attributes = ATTR_MODE64BIT;
	scratch->secs.xfrm = XFRM_X87_SSE;

	case_zero(sig, sizeof(*sig));
	for (i = 0; i < 16; i++) {
		((u8 *)sig->header1)[i] = header1[i];
		((u8 *)sig->header2)[i] = header2[i];
	}
	sig->date = 0x20200229;
	sig->swdefined = 0x12345678;
	sig->exponent = 3;
	sig->miscmask = ~0U;
	sig->attributes = ATTR_MODE64BIT;
	sig->attributemask = ~ATTR_DEBUG;
	sig->xfrm = XFRM_X87_SSE;
	sig->xfrmmask = ONES;
	sig->isvprodid = 0xffff;
	sig->isvsvn = 0xffff;
	for (i = 0; i < 32; i++)
		sig->enclavehash[i] = (u8)(0x40 + i);
}

CASE_FUNCTION void case_sigstruct_row(const struct sigstruct_case *c, struct case_scratch *scratch)
{
	case_sigstruct_good(scratch);
	case_apply(&scratch->sig, c->sig, CASE_COUNT(c->sig));
	case_apply(&scratch->secs, c->secs, CASE_COUNT(c->secs));
}

/* ---- avow_sigstruct_vendor ---- */

CASE_TABLE struct sigstruct_case sigstruct_vendor_cases[] = {
	{ .name = "0", .rule = AVOW_RULE(23, 3), .sig = { SIG(vendor, 0) } },
	{ .name = "Intel", .rule = AVOW_RULE(23, 3), .sig = { SIG(vendor, 0x8086) } },
	{ .name = "1", .rule = AVOW_RULE(23, 3), .err = EINVAL, .sig = { SIG(vendor, 1) } },
	{ .name = "0x8087", .rule = AVOW_RULE(23, 3), .err = EINVAL,
	  .sig = { SIG(vendor, 0x8087) } },
	{ .name = "high half", .rule = AVOW_RULE(23, 3), .err = EINVAL,
	  .sig = { SIG(vendor, 0x80860000) } },
};

CASE_FUNCTION void case_sigstruct_vendor(const struct sigstruct_case *c,
					 struct case_seen *seen, struct case_scratch *scratch)
{
	case_sigstruct_row(c, scratch);
	case_verdict(seen, c->name, c->rule, c->err, avow_sigstruct_vendor(&scratch->sig));
}

/* ---- avow_sigstruct_allowed ---- */

struct sigstruct_allowed_case {
	CASE_HEAD;
	u64 attributes, allowed;
};

#define ANY_ENCLAVE	(ATTR_DEBUG | ATTR_MODE64BIT | ATTR_KSS)

CASE_TABLE struct sigstruct_allowed_case sigstruct_allowed_cases[] = {
	{ .name = "what anybody may", .rule = AVOW_RULE(23, 4),
	  .attributes = ANY_ENCLAVE, .allowed = ANY_ENCLAVE },
	{ .name = "PROVISIONKEY with leave", .rule = AVOW_RULE(23, 4),
	  .attributes = ATTR_MODE64BIT | ATTR_PROVISIONKEY,
	  .allowed = ANY_ENCLAVE | ATTR_PROVISIONKEY },
	{ .name = "leave that is not used", .rule = AVOW_RULE(23, 4),
	  .attributes = ATTR_MODE64BIT, .allowed = ANY_ENCLAVE | ATTR_PROVISIONKEY },
	{ .name = "PROVISIONKEY without", .rule = AVOW_RULE(23, 4), .err = EACCES,
	  .attributes = ATTR_MODE64BIT | ATTR_PROVISIONKEY, .allowed = ANY_ENCLAVE },
	{ .name = "EINITTOKENKEY", .rule = AVOW_RULE(23, 4), .err = EACCES,
	  .attributes = ATTR_MODE64BIT | ATTR_EINITTOKENKEY,
	  .allowed = ANY_ENCLAVE | ATTR_PROVISIONKEY },
};

CASE_FUNCTION void case_sigstruct_allowed(const struct sigstruct_allowed_case *c,
					  struct case_seen *seen, struct case_scratch *scratch)
{
	(void)scratch;
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_sigstruct_allowed(c->attributes, c->allowed));
}

/* ---- avow_sigstruct_supported ---- */

CASE_TABLE struct sigstruct_case sigstruct_supported_cases[] = {
	{ .name = "good", .rule = AVOW_RULE(23, 5) },
	{ .name = "all that the machine has", .rule = AVOW_RULE(23, 5),
	  .sig = { SIG(attributes, ANY_ENCLAVE | ATTR_PROVISIONKEY | ATTR_EINITTOKENKEY),
		   SIG(miscselect, MISC_EXINFO), SIG(xfrm, 7) } },
	{ .name = "attribute that is not demanded", .rule = AVOW_RULE(23, 5),
	  .sig = { SIG(attributes, ONES), SIG(attributemask, ANY_ENCLAVE) } },
	{ .name = "MISCSELECT that is not demanded", .rule = AVOW_RULE(23, 5),
	  .sig = { SIG(miscselect, ONES), SIG(miscmask, MISC_EXINFO) } },
	{ .name = "XFRM that is not demanded", .rule = AVOW_RULE(23, 5),
	  .sig = { SIG(xfrm, ONES), SIG(xfrmmask, 7) } },
	{ .name = "attribute bit 3", .rule = AVOW_RULE(23, 5), .err = EINVAL,
	  .sig = { SIG(attributes, ATTR_MODE64BIT | 1 << 3) } },
	{ .name = "attribute INIT", .rule = AVOW_RULE(23, 5), .err = EINVAL,
	  .sig = { SIG(attributes, ATTR_MODE64BIT | ATTR_INIT) } },
	{ .name = "attribute bit 63", .rule = AVOW_RULE(23, 5), .err = EINVAL,
	  .sig = { SIG(attributes, 1ULL << 63), SIG(attributemask, 1ULL << 63) } },
	{ .name = "MISCSELECT bit 1", .rule = AVOW_RULE(23, 5), .err = EINVAL,
	  .sig = { SIG(miscselect, 2) } },
	{ .name = "XFRM bit 3", .rule = AVOW_RULE(23, 5), .err = EINVAL,
	  .sig = { SIG(xfrm, 3 | 1 << 3) } },
	{ .name = "XFRM bit 63", .rule = AVOW_RULE(23, 5), .err = EINVAL,
	  .sig = { SIG(xfrm, 3 | 1ULL << 63) } },
};

CASE_FUNCTION void case_sigstruct_supported(const struct sigstruct_case *c,
					    struct case_seen *seen, struct case_scratch *scratch)
{
	struct avow_machine machine;

	case_machine(&machine);
	case_sigstruct_row(c, scratch);
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_sigstruct_supported(&scratch->sig, &machine));
}

/* ---- avow_sigstruct_layout ---- */

CASE_TABLE struct sigstruct_case sigstruct_layout_cases[] = {
	{ .name = "good", .rule = AVOW_RULE(23, 6) },
	{ .name = "what the owner may fill", .rule = AVOW_RULE(23, 6),
	  .sig = { SIG(date, 0), SIG(swdefined, 0), SIG(vendor, 0x8086) } },
	{ .name = "HEADER, first byte", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header1, 0, 7) } },
	{ .name = "HEADER, byte 4", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header1, 4, 0) } },
	{ .name = "HEADER, byte 10", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header1, 10, 0) } },
	{ .name = "HEADER, last byte", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header1, 15, 1) } },
	{ .name = "HEADER2, byte 1", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header2, 1, 0) } },
	{ .name = "HEADER2, byte 8", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header2, 8, 0x61) } },
	{ .name = "HEADER2, last byte", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(header2, 15, 1) } },
	{ .name = "exponent 65537", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG(exponent, 65537) } },
	{ .name = "exponent 0", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG(exponent, 0) } },
	{ .name = "reserved1, first", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved1, 0, 1) } },
	{ .name = "reserved1, last", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved1, 83, 1) } },
	{ .name = "reserved2, first", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved2, 0, 1) } },
	{ .name = "reserved2, last", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved2, 3, 0x80) } },
	{ .name = "reserved3, first", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved3, 0, 1) } },
	{ .name = "reserved3, last", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved3, 15, 1) } },
	{ .name = "reserved4, first", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved4, 0, 1) } },
	{ .name = "reserved4, last", .rule = AVOW_RULE(23, 6), .err = EPERM,
	  .sig = { SIG_BYTE(reserved4, 11, 1) } },
};

CASE_FUNCTION void case_sigstruct_layout(const struct sigstruct_case *c,
					 struct case_seen *seen, struct case_scratch *scratch)
{
	case_sigstruct_row(c, scratch);
	case_verdict(seen, c->name, c->rule, c->err, avow_sigstruct_layout(&scratch->sig));
}

/* ---- avow_sigstruct_measurement ---- */

CASE_TABLE struct sigstruct_case sigstruct_measurement_cases[] = {
	{ .name = "equal", .rule = AVOW_RULE(23, 8) },
	{ .name = "first byte", .rule = AVOW_RULE(23, 8), .err = EPERM,
	  .sig = { SIG_BYTE(enclavehash, 0, 0x41) } },
	{ .name = "byte 17", .rule = AVOW_RULE(23, 8), .err = EPERM,
	  .sig = { SIG_BYTE(enclavehash, 17, 0) } },
	{ .name = "last byte", .rule = AVOW_RULE(23, 8), .err = EPERM,
	  .sig = { SIG_BYTE(enclavehash, 31, 0x5e) } },
};

CASE_FUNCTION void case_sigstruct_measurement(const struct sigstruct_case *c,
					      struct case_seen *seen, struct case_scratch *scratch)
{
	u32 i;

	case_sigstruct_row(c, scratch);
	for (i = 0; i < 32; i++)
		scratch->bytes[i] = (u8)(0x40 + i);
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_sigstruct_measurement(&scratch->sig, scratch->bytes));
}

/* ---- avow_sigstruct_match ---- */

CASE_TABLE struct sigstruct_case sigstruct_match_cases[] = {
	{ .name = "equal", .rule = AVOW_RULE(23, 9) },
	{ .name = "attribute that the mask leaves out", .rule = AVOW_RULE(23, 9),
	  .secs = { SECS(attributes, ATTR_MODE64BIT | ATTR_DEBUG) } },
	{ .name = "INIT is left out of the comparison", .rule = AVOW_RULE(23, 9),
	  .secs = { SECS(attributes, ATTR_MODE64BIT | ATTR_INIT) } },
	{ .name = "XFRM that the mask leaves out", .rule = AVOW_RULE(23, 9),
	  .sig = { SIG(xfrmmask, 3) }, .secs = { SECS(xfrm, 7) } },
	{ .name = "MISCSELECT that the mask leaves out", .rule = AVOW_RULE(23, 9),
	  .sig = { SIG(miscmask, 0) }, .secs = { SECS(miscselect, MISC_EXINFO) } },
	{ .name = "KSS fields with KSS", .rule = AVOW_RULE(23, 9),
	  .sig = { SIG_BYTE(isvfamilyid, 0, 1), SIG_BYTE(isvextprodid, 15, 1),
		   SIG(attributes, ATTR_MODE64BIT | ATTR_KSS) },
	  .secs = { SECS(attributes, ATTR_MODE64BIT | ATTR_KSS) } },
	{ .name = "attribute in the SECS only", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .secs = { SECS(attributes, ATTR_MODE64BIT | ATTR_PROVISIONKEY) } },
	{ .name = "attribute in SIGSTRUCT only", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .sig = { SIG(attributes, ATTR_MODE64BIT | ATTR_PROVISIONKEY) } },
	{ .name = "DEBUG, when the mask has it", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .sig = { SIG(attributemask, ONES) },
	  .secs = { SECS(attributes, ATTR_MODE64BIT | ATTR_DEBUG) } },
	{ .name = "XFRM", .rule = AVOW_RULE(23, 9), .err = EPERM, .secs = { SECS(xfrm, 7) } },
	{ .name = "XFRM in SIGSTRUCT only", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .sig = { SIG(xfrm, 7) } },
	{ .name = "MISCSELECT", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .secs = { SECS(miscselect, MISC_EXINFO) } },
	{ .name = "ISVFAMILYID without KSS", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .sig = { SIG_BYTE(isvfamilyid, 15, 1) } },
	{ .name = "ISVEXTPRODID without KSS", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .sig = { SIG_BYTE(isvextprodid, 0, 1) } },
	{ .name = "KSS in SIGSTRUCT alone does not do", .rule = AVOW_RULE(23, 9), .err = EPERM,
	  .sig = { SIG_BYTE(isvfamilyid, 0, 1), SIG(attributes, ATTR_MODE64BIT | ATTR_KSS),
		   SIG(attributemask, ATTR_MODE64BIT) } },
};

CASE_FUNCTION void case_sigstruct_match(const struct sigstruct_case *c,
					struct case_seen *seen, struct case_scratch *scratch)
{
	case_sigstruct_row(c, scratch);
	case_verdict(seen, c->name, c->rule, c->err,
		     avow_sigstruct_match(&scratch->sig, &scratch->secs));
}

#undef SIG
#undef SIG_BYTE
#undef SECS
#undef ONES
#undef ANY_ENCLAVE

#endif
