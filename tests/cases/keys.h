/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R36, R37: what core/keys.c makes keys and reports of */
#ifndef AVOW_CASES_KEYS_H
#define AVOW_CASES_KEYS_H

#include "case.h"

/* Fields of many bytes are filled with one, which tells the field. */
enum {
	FILL_MRENCLAVE = 0xe1, FILL_MRSIGNER = 0x51, FILL_CONFIGID = 0xc1, FILL_KEYID = 0x1d,
	FILL_FAMILY = 0xfa, FILL_EXTPROD = 0xe8, FILL_DATA = 0xda,
};

#define KEYS_ATTRIBUTES	(ATTR_INIT | ATTR_DEBUG | ATTR_MODE64BIT | ATTR_KSS)

CASE_FUNCTION void case_fill(u8 *at, u32 n, u8 with)
{
	u32 i;

	for (i = 0; i < n; i++)
		at[i] = with;
}

/* The first byte in which two structures differ; n: none. */
CASE_FUNCTION u64 case_differs(const void *a, const void *b, u32 n)
{
	const u8 *x = a, *y = b;
	u32 i;

	for (i = 0; i < n; i++)
		if (x[i] != y[i])
			return i;
	return n;
}

CASE_FUNCTION void case_keys_secs(struct avow_secs *secs)
{
	case_zero(secs, sizeof(*secs));
	secs->attributes = KEYS_ATTRIBUTES;
	secs->xfrm = 7;
	secs->miscselect = MISC_EXINFO;
	secs->isv_prod_id = 0x1234;
	secs->isv_svn = 7;
	secs->config_svn = 9;
	case_fill(secs->mrenclave, 32, FILL_MRENCLAVE);
	case_fill(secs->mrsigner, 32, FILL_MRSIGNER);
	case_fill(secs->config_id, 64, FILL_CONFIGID);
}

CASE_FUNCTION void case_keys_identity(struct avow_identity *identity)
{
	case_fill(identity->isvfamilyid, 16, FILL_FAMILY);
	case_fill(identity->isvextprodid, 16, FILL_EXTPROD);
}

CASE_FUNCTION void case_keys_request(struct avow_keyrequest *request)
{
	case_zero(request, sizeof(*request));
	request->keyname = KEY_SEAL;
	request->keypolicy = KEYPOLICY_MRSIGNER;
	request->isvsvn = 3;
	case_fill(request->keyid, 32, FILL_KEYID);
}

/* The target that the enclave itself is. */
CASE_FUNCTION void case_keys_target(struct avow_targetinfo *target)
{
	case_zero(target, sizeof(*target));
	target->attributes = KEYS_ATTRIBUTES;
	target->xfrm = 7;
	target->miscselect = MISC_EXINFO;
	target->configsvn = 9;
	case_fill(target->measurement, 32, FILL_MRENCLAVE);
	case_fill(target->configid, 64, FILL_CONFIGID);
}

/* ---- avow_key_derive ---- */

/* What a key depends on. */
enum {
	ON_MRENCLAVE = 1, ON_MRSIGNER = 2, ON_PRODID = 4, ON_KEYID = 8, ON_CONFIG = 16,
	ON_FAMILY = 32, ON_EXTPROD = 64, ON_POLICY = 128,
	ON_ALL_OF_SECS = 256,	/* the report key: no masks, no versions of the request */
};

struct key_derive_case {
	CASE_HEAD;
	u64 attributes;		/* of the SECS; 0: KEYS_ATTRIBUTES */
	struct case_patch request[4];
	enum avow_epcm_result result;
	u64 code;
	u32 on;
};

#define REQUEST(field, value)		PATCH(avow_keyrequest, field, value)
#define REQUEST_BYTE(field, i, value)	PATCH_BYTE(avow_keyrequest, field, i, value)
#define NAME(name)			REQUEST(keyname, name)
#define POLICY(policy)			REQUEST(keypolicy, policy)
#define REFUSED_WITH(number)	.err = EINVAL, .result = AVOW_EPCM_CODE, .code = (number)
#define MALFORMED		.err = EINVAL, .result = AVOW_EPCM_GP
#define PLAIN_ATTRIBUTES	(ATTR_INIT | ATTR_DEBUG | ATTR_MODE64BIT)
#define ON_SEAL			(ON_PRODID | ON_KEYID | ON_POLICY)

CASE_TABLE struct key_derive_case key_derive_cases[] = {
	{ .name = "seal, MRSIGNER", .rule = AVOW_RULE(37, 1), .on = ON_SEAL | ON_MRSIGNER },
	{ .name = "seal, MRENCLAVE", .rule = AVOW_RULE(37, 1),
	  .request = { POLICY(KEYPOLICY_MRENCLAVE) }, .on = ON_SEAL | ON_MRENCLAVE },
	{ .name = "seal, both", .rule = AVOW_RULE(37, 1), .on = ON_SEAL | ON_MRENCLAVE | ON_MRSIGNER,
	  .request = { POLICY(KEYPOLICY_MRENCLAVE | KEYPOLICY_MRSIGNER) } },
	{ .name = "seal, neither", .rule = AVOW_RULE(37, 1), .request = { POLICY(0) }, .on = ON_SEAL },
	{ .name = "seal, NOISVPRODID", .rule = AVOW_RULE(37, 1),
	  .request = { POLICY(KEYPOLICY_NOISVPRODID) }, .on = ON_KEYID | ON_POLICY },
	{ .name = "seal, CONFIGID", .rule = AVOW_RULE(37, 1), .on = ON_SEAL | ON_CONFIG,
	  .request = { POLICY(KEYPOLICY_CONFIGID), REQUEST(configsvn, 8) } },
	{ .name = "seal, CONFIGSVN without CONFIGID", .rule = AVOW_RULE(37, 1),
	  .on = ON_SEAL | ON_MRSIGNER, .request = { REQUEST(configsvn, 8) } },
	{ .name = "seal, ISVFAMILYID", .rule = AVOW_RULE(37, 1),
	  .request = { POLICY(KEYPOLICY_ISVFAMILYID) }, .on = ON_SEAL | ON_FAMILY },
	{ .name = "seal, ISVEXTPRODID", .rule = AVOW_RULE(37, 1),
	  .request = { POLICY(KEYPOLICY_ISVEXTPRODID) }, .on = ON_SEAL | ON_EXTPROD },
	{ .name = "seal without KSS", .rule = AVOW_RULE(37, 1), .attributes = PLAIN_ATTRIBUTES,
	  .on = ON_SEAL | ON_MRSIGNER },
	{ .name = "masks", .rule = AVOW_RULE(37, 1), .on = ON_SEAL | ON_MRSIGNER,
	  .request = { REQUEST(attributemask, ~0ULL), REQUEST(xfrmmask, 4), REQUEST(miscmask, ~0U) } },
	{ .name = "masks that leave DEBUG out do not", .rule = AVOW_RULE(37, 1),
	  .on = ON_SEAL | ON_MRSIGNER, .request = { REQUEST(attributemask, ATTR_KSS) } },
	{ .name = "CPUSVN of this device", .rule = AVOW_RULE(37, 1), .on = ON_SEAL | ON_MRSIGNER,
	  .request = { REQUEST_BYTE(cpusvn, 0, 1) } },
	{ .name = "ISVSVN of the enclave", .rule = AVOW_RULE(37, 1), .on = ON_SEAL | ON_MRSIGNER,
	  .request = { REQUEST(isvsvn, 7) } },
	{ .name = "report", .rule = AVOW_RULE(37, 1), .request = { NAME(KEY_REPORT) },
	  .on = ON_ALL_OF_SECS | ON_MRENCLAVE | ON_KEYID | ON_CONFIG },
	{ .name = "report, whatever else is asked", .rule = AVOW_RULE(37, 1),
	  .request = { NAME(KEY_REPORT), REQUEST(isvsvn, 0xffff), REQUEST(configsvn, 0xffff),
		       REQUEST_BYTE(cpusvn, 3, 9) },
	  .on = ON_ALL_OF_SECS | ON_MRENCLAVE | ON_KEYID | ON_CONFIG },
	{ .name = "provision", .rule = AVOW_RULE(37, 1), .request = { NAME(KEY_PROVISION) },
	  .attributes = KEYS_ATTRIBUTES | ATTR_PROVISIONKEY, .on = ON_MRSIGNER | ON_PRODID },
	{ .name = "provision, a policy that it does not know", .rule = AVOW_RULE(37, 1),
	  .request = { NAME(KEY_PROVISION), POLICY(KEYPOLICY_CONFIGID), REQUEST(configsvn, 99) },
	  .attributes = KEYS_ATTRIBUTES | ATTR_PROVISIONKEY, .on = ON_MRSIGNER | ON_PRODID },
	{ .name = "provision seal", .rule = AVOW_RULE(37, 1), .request = { NAME(KEY_PROVISION_SEAL) },
	  .attributes = KEYS_ATTRIBUTES | ATTR_PROVISIONKEY,
	  .on = ON_MRSIGNER | ON_PRODID | ON_POLICY },
	{ .name = "provision seal, CONFIGID", .rule = AVOW_RULE(37, 1),
	  .request = { NAME(KEY_PROVISION_SEAL), POLICY(KEYPOLICY_CONFIGID | KEYPOLICY_NOISVPRODID) },
	  .attributes = KEYS_ATTRIBUTES | ATTR_PROVISIONKEY,
	  .on = ON_MRSIGNER | ON_CONFIG | ON_POLICY },
	{ .name = "EINIT token", .rule = AVOW_RULE(37, 1), .request = { NAME(KEY_EINITTOKEN) },
	  .attributes = KEYS_ATTRIBUTES | ATTR_EINITTOKENKEY,
	  .on = ON_MRSIGNER | ON_PRODID | ON_KEYID },

	{ .name = "well-formed", .rule = AVOW_RULE(37, 2), .on = ON_SEAL | ON_MRSIGNER },
	{ .name = "reserved byte", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .request = { REQUEST(reserved1, 1) } },
	{ .name = "CET attributes", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .request = { REQUEST(cetattributesmask, 1) } },
	{ .name = "first of the reserved bytes", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .request = { REQUEST_BYTE(reserved2, 0, 1) } },
	{ .name = "last of the reserved bytes", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .request = { REQUEST_BYTE(reserved2, 433, 0x80) } },
	{ .name = "policy bit 6", .rule = AVOW_RULE(37, 2), MALFORMED, .request = { POLICY(1U << 6) } },
	{ .name = "policy bit 15", .rule = AVOW_RULE(37, 2), MALFORMED, .request = { POLICY(1U << 15) } },
	{ .name = "NOISVPRODID without KSS", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .attributes = PLAIN_ATTRIBUTES, .request = { POLICY(KEYPOLICY_NOISVPRODID) } },
	{ .name = "ISVEXTPRODID without KSS", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .attributes = PLAIN_ATTRIBUTES, .request = { POLICY(KEYPOLICY_ISVEXTPRODID) } },
	{ .name = "CONFIGSVN without KSS", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .attributes = PLAIN_ATTRIBUTES, .request = { REQUEST(configsvn, 1) } },
	{ .name = "malformed comes before unknown", .rule = AVOW_RULE(37, 2), MALFORMED,
	  .request = { NAME(77), REQUEST(reserved1, 1) } },

	{ .name = "within all versions", .rule = AVOW_RULE(37, 3), .on = ON_SEAL | ON_MRSIGNER,
	  .request = { REQUEST(isvsvn, 7), REQUEST(configsvn, 9), REQUEST_BYTE(cpusvn, 0, 1) } },
	{ .name = "name 5", .rule = AVOW_RULE(37, 3), REFUSED_WITH(256), .request = { NAME(5) } },
	{ .name = "name beyond a byte", .rule = AVOW_RULE(37, 3), REFUSED_WITH(256),
	  .request = { NAME(0x104) } },
	{ .name = "EINIT token without its attribute", .rule = AVOW_RULE(37, 3), REFUSED_WITH(2),
	  .request = { NAME(KEY_EINITTOKEN) } },
	{ .name = "provision without its attribute", .rule = AVOW_RULE(37, 3), REFUSED_WITH(2),
	  .request = { NAME(KEY_PROVISION) } },
	{ .name = "provision seal without its attribute", .rule = AVOW_RULE(37, 3), REFUSED_WITH(2),
	  .request = { NAME(KEY_PROVISION_SEAL) } },
	{ .name = "the attribute of the other", .rule = AVOW_RULE(37, 3), REFUSED_WITH(2),
	  .attributes = KEYS_ATTRIBUTES | ATTR_EINITTOKENKEY, .request = { NAME(KEY_PROVISION) } },
	{ .name = "CPUSVN, first byte", .rule = AVOW_RULE(37, 3), REFUSED_WITH(32),
	  .request = { REQUEST_BYTE(cpusvn, 0, 2) } },
	{ .name = "CPUSVN, last byte", .rule = AVOW_RULE(37, 3), REFUSED_WITH(32),
	  .request = { REQUEST_BYTE(cpusvn, 15, 1) } },
	{ .name = "ISVSVN", .rule = AVOW_RULE(37, 3), REFUSED_WITH(64),
	  .request = { REQUEST(isvsvn, 8) } },
	{ .name = "CONFIGSVN", .rule = AVOW_RULE(37, 3), REFUSED_WITH(64),
	  .request = { REQUEST(configsvn, 10) } },
	{ .name = "CONFIGSVN of provision seal", .rule = AVOW_RULE(37, 3), REFUSED_WITH(64),
	  .attributes = KEYS_ATTRIBUTES | ATTR_PROVISIONKEY,
	  .request = { NAME(KEY_PROVISION_SEAL), REQUEST(configsvn, 10) } },
	{ .name = "ISVSVN of provision", .rule = AVOW_RULE(37, 3), REFUSED_WITH(64),
	  .attributes = KEYS_ATTRIBUTES | ATTR_PROVISIONKEY,
	  .request = { NAME(KEY_PROVISION), REQUEST(isvsvn, 8) } },
};

/* The same once more, from the list of what the key depends on. */
CASE_FUNCTION void case_key_expected(struct avow_key_material *m, u32 on,
				     const struct avow_secs *secs,
				     const struct avow_keyrequest *request)
{
	case_zero(m, sizeof(*m));
	m->keyname = request->keyname;
	if (on & ON_ALL_OF_SECS) {
		m->attributes = secs->attributes;
		m->xfrm = secs->xfrm;
		m->miscselect = secs->miscselect;
		m->configsvn = secs->config_svn;
		m->cpusvn[0] = 1;
	} else {
		m->isvsvn = request->isvsvn;
		m->attributemask = request->attributemask;
		m->xfrmmask = request->xfrmmask;
		m->miscmask = request->miscmask;
		m->attributes = secs->attributes & (request->attributemask | 3);
		m->xfrm = secs->xfrm & request->xfrmmask;
		m->miscselect = secs->miscselect & request->miscmask;
		m->cpusvn[0] = request->cpusvn[0];
		m->configsvn = on & ON_CONFIG ? request->configsvn : 0;
	}
	m->isvprodid = on & ON_PRODID ? secs->isv_prod_id : 0;
	m->keypolicy = on & ON_POLICY ? request->keypolicy : 0;
	case_fill(m->mrenclave, 32, on & ON_MRENCLAVE ? FILL_MRENCLAVE : 0);
	case_fill(m->mrsigner, 32, on & ON_MRSIGNER ? FILL_MRSIGNER : 0);
	case_fill(m->keyid, 32, on & ON_KEYID ? FILL_KEYID : 0);
	case_fill(m->configid, 64, on & ON_CONFIG ? FILL_CONFIGID : 0);
	case_fill(m->isvfamilyid, 16, on & ON_FAMILY ? FILL_FAMILY : 0);
	case_fill(m->isvextprodid, 16, on & ON_EXTPROD ? FILL_EXTPROD : 0);
}

CASE_FUNCTION void case_key_derive(const struct key_derive_case *c, struct case_seen *seen,
				   struct case_scratch *scratch)
{
	struct avow_key_material *got = &scratch->material, *want = &scratch->expected;
	struct avow_identity identity;
	u64 code = ~0ULL;

	case_keys_secs(&scratch->secs);
	if (c->attributes)
		scratch->secs.attributes = c->attributes;
	case_keys_identity(&identity);
	case_keys_request(&scratch->request);
	case_apply(&scratch->request, c->request, CASE_COUNT(c->request));
	case_fill((u8 *)got, sizeof(*got), 0xee);
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "result", c->result,
		  avow_key_derive(&scratch->secs, &identity, &scratch->request, got, &code));
	case_note(seen, "code", c->code, code);
	if (c->err)
		case_fill((u8 *)want, sizeof(*want), 0xee);	/* untouched */
	else
		case_key_expected(want, c->on, &scratch->secs, &scratch->request);
	case_note(seen, "first byte of the material that differs", sizeof(*want),
		  case_differs(want, got, sizeof(*want)));
}

/* ---- avow_key_report: does the enclave get the key of reports for this target? ---- */

struct key_report_case {
	CASE_HEAD;
	struct case_patch target[2];
	u8 keyid;		/* of the report, if not the one that is asked for */
};

#define TARGET(field, value)		PATCH(avow_targetinfo, field, value)
#define TARGET_BYTE(field, i, value)	PATCH_BYTE(avow_targetinfo, field, i, value)

CASE_TABLE struct key_report_case key_report_cases[] = {
	{ .name = "itself", .rule = AVOW_RULE(36, 1) },
	{ .name = "another KEYID", .rule = AVOW_RULE(36, 1), .err = EINVAL, .keyid = 1 },
	{ .name = "another MRENCLAVE", .rule = AVOW_RULE(36, 1), .err = EINVAL,
	  .target = { TARGET_BYTE(measurement, 31, 0) } },
	{ .name = "other attributes", .rule = AVOW_RULE(36, 1), .err = EINVAL,
	  .target = { TARGET(attributes, PLAIN_ATTRIBUTES) } },
	{ .name = "another XFRM", .rule = AVOW_RULE(36, 1), .err = EINVAL, .target = { TARGET(xfrm, 3) } },
	{ .name = "another MISCSELECT", .rule = AVOW_RULE(36, 1), .err = EINVAL,
	  .target = { TARGET(miscselect, 0) } },
	{ .name = "another CONFIGSVN", .rule = AVOW_RULE(36, 1), .err = EINVAL,
	  .target = { TARGET(configsvn, 8) } },
	{ .name = "another CONFIGID", .rule = AVOW_RULE(36, 1), .err = EINVAL,
	  .target = { TARGET_BYTE(configid, 63, 0) } },
};

CASE_FUNCTION void case_key_report(const struct key_report_case *c, struct case_seen *seen,
				   struct case_scratch *scratch)
{
	struct avow_key_material *makes = &scratch->expected, *gets = &scratch->material;
	struct avow_identity identity;
	u8 keyid[32];
	u64 code = 0;
	bool same;

	case_keys_secs(&scratch->secs);
	case_keys_identity(&identity);
	case_keys_request(&scratch->request);
	scratch->request.keyname = KEY_REPORT;
	case_keys_target(&scratch->target);
	case_apply(&scratch->target, c->target, CASE_COUNT(c->target));
	case_fill(keyid, 32, c->keyid ? c->keyid : FILL_KEYID);
	case_begin(seen, c->name, c->rule, c->err);
	avow_key_report(&scratch->target, keyid, makes);
	case_note(seen, "result", AVOW_EPCM_OK,
		  avow_key_derive(&scratch->secs, &identity, &scratch->request, gets, &code));
	same = case_differs(makes, gets, sizeof(*makes)) == sizeof(*makes);
	case_note(seen, "the same key", !c->err, same);
}

/* ---- avow_report_fill ---- */

struct report_fill_case {
	CASE_HEAD;
	struct case_patch target[1];
};

CASE_TABLE struct report_fill_case report_fill_cases[] = {
	{ .name = "to itself", .rule = AVOW_RULE(36, 2) },
	{ .name = "a target's fields do not matter", .rule = AVOW_RULE(36, 2),
	  .target = { TARGET(attributes, 0) } },
	{ .name = "CET attributes", .rule = AVOW_RULE(36, 2), .err = EINVAL,
	  .target = { TARGET(cetattributes, 1) } },
	{ .name = "reserved byte", .rule = AVOW_RULE(36, 2), .err = EINVAL,
	  .target = { TARGET(reserved1, 1) } },
	{ .name = "first of the middle bytes", .rule = AVOW_RULE(36, 2), .err = EINVAL,
	  .target = { TARGET_BYTE(reserved2, 0, 1) } },
	{ .name = "last of the middle bytes", .rule = AVOW_RULE(36, 2), .err = EINVAL,
	  .target = { TARGET_BYTE(reserved2, 7, 1) } },
	{ .name = "first of the last bytes", .rule = AVOW_RULE(36, 2), .err = EINVAL,
	  .target = { TARGET_BYTE(reserved3, 0, 1) } },
	{ .name = "the very last byte", .rule = AVOW_RULE(36, 2), .err = EINVAL,
	  .target = { TARGET_BYTE(reserved3, 383, 0x80) } },
};

/* What it must say, its KEYID and MAC left for others. */
CASE_FUNCTION void case_report_expected(struct avow_report *report)
{
	case_zero(report, sizeof(*report));
	report->cpusvn[0] = 1;
	report->miscselect = MISC_EXINFO;
	report->attributes = KEYS_ATTRIBUTES;
	report->xfrm = 7;
	report->isvprodid = 0x1234;
	report->isvsvn = 7;
	report->configsvn = 9;
	case_fill(report->mrenclave, 32, FILL_MRENCLAVE);
	case_fill(report->mrsigner, 32, FILL_MRSIGNER);
	case_fill(report->configid, 64, FILL_CONFIGID);
	case_fill(report->isvfamilyid, 16, FILL_FAMILY);
	case_fill(report->isvextprodid, 16, FILL_EXTPROD);
	case_fill(report->reportdata, 64, FILL_DATA);
}

CASE_FUNCTION void case_report_fill(const struct report_fill_case *c, struct case_seen *seen,
				    struct case_scratch *scratch)
{
	struct avow_report *got = &scratch->report[0], *want = &scratch->report[1];
	struct avow_identity identity;
	u8 data[64];

	case_keys_secs(&scratch->secs);
	case_keys_identity(&identity);
	case_keys_target(&scratch->target);
	case_apply(&scratch->target, c->target, CASE_COUNT(c->target));
	case_fill(data, 64, FILL_DATA);
	case_fill((u8 *)got, sizeof(*got), 0xee);
	if (c->err)
		case_fill((u8 *)want, sizeof(*want), 0xee);	/* untouched */
	else
		case_report_expected(want);
	case_begin(seen, c->name, c->rule, c->err);
	case_note(seen, "filled", !c->err,
		  avow_report_fill(&scratch->secs, &identity, &scratch->target, data, got));
	case_note(seen, "first byte that differs", sizeof(*want), case_differs(want, got, sizeof(*want)));
}

#endif
