// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/*
 * EGETKEY and EREPORT without their cryptography: which request is refused, and what
 * a key and a report depend on (Intel SDM, volume 3D, 37.4 and 38.4). R36, R37.
 */
#include "core.h"
#include "rights.h"

/* Attributes that every sealing key depends on, whatever the mask. */
#define SEAL_ATTRIBUTES		(ATTR_INIT | ATTR_DEBUG)

static void copy(u8 *to, const u8 *from, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		to[i] = from[i];
}

static void clear(void *at, u32 n)
{
	u8 *to = at;
	u32 i;

	for (i = 0; i < n; i++)
		to[i] = 0;
}

void avow_key_cpusvn(u8 cpusvn[16])
{
	clear(cpusvn, 16);
	cpusvn[0] = 1;
}

/* Each byte is the version of a part: none may be above this device's. */
static bool cpusvn_reached(const u8 wanted[16])
{
	u8 have[16];
	u32 i;

	avow_key_cpusvn(have);
	for (i = 0; i < 16; i++)
		if (wanted[i] > have[i])
			return false;
	return true;
}

static bool request_wellformed(const struct avow_secs *secs, const struct avow_keyrequest *request)
{
	if (request->reserved1 || request->cetattributesmask ||
	    (request->keypolicy & ~KEYPOLICY_KNOWN) ||
	    !avow_all_zero(request->reserved2, sizeof(request->reserved2)))
		return false;
	if (secs->attributes & ATTR_KSS)
		return true;
	return !(request->keypolicy & KEYPOLICY_KSS) && !request->configsvn;
}

/* The code that refuses the request, or 0. */
static u64 request_refused(const struct avow_secs *secs, const struct avow_keyrequest *request)
{
	u64 needs = 0;

	switch (request->keyname) {
	case KEY_REPORT:
		return 0;
	case KEY_EINITTOKEN:
		needs = ATTR_EINITTOKENKEY;
		break;
	case KEY_PROVISION:
	case KEY_PROVISION_SEAL:
		needs = ATTR_PROVISIONKEY;
		break;
	case KEY_SEAL:
		break;
	default:
		return SGX_ERR_INVALID_KEYNAME;
	}
	if ((secs->attributes & needs) != needs && !AVOW_HOLE(key_attribute))
		return SGX_ERR_INVALID_ATTRIBUTE;
	if (!cpusvn_reached(request->cpusvn))
		return SGX_ERR_INVALID_CPUSVN;
	if (request->isvsvn > secs->isv_svn && !AVOW_HOLE(key_svn))
		return SGX_ERR_INVALID_ISVSVN;
	/* The other two do not depend on it. */
	if ((request->keyname == KEY_SEAL || request->keyname == KEY_PROVISION_SEAL) &&
	    request->configsvn > secs->config_svn)
		return SGX_ERR_INVALID_ISVSVN;
	return 0;
}

static void depend_on_report(const struct avow_secs *secs, const struct avow_keyrequest *request,
			     struct avow_key_material *m)
{
	m->attributes = secs->attributes;
	m->xfrm = secs->xfrm;
	m->miscselect = secs->miscselect;
	m->configsvn = secs->config_svn;
	if (!AVOW_HOLE(report_target))
		copy(m->mrenclave, secs->mrenclave, sizeof(m->mrenclave));
	copy(m->configid, secs->config_id, sizeof(m->configid));
	copy(m->keyid, request->keyid, sizeof(m->keyid));
	avow_key_cpusvn(m->cpusvn);
}

/* What all keys but the report key depend on. */
static void depend_on_versions(const struct avow_secs *secs, const struct avow_keyrequest *request,
			       struct avow_key_material *m)
{
	m->isvsvn = request->isvsvn;
	m->attributemask = request->attributemask;
	m->xfrmmask = request->xfrmmask;
	m->attributes = secs->attributes & (request->attributemask | SEAL_ATTRIBUTES);
	m->xfrm = secs->xfrm & request->xfrmmask;
	m->miscmask = request->miscmask;
	m->miscselect = secs->miscselect & request->miscmask;
	copy(m->cpusvn, request->cpusvn, sizeof(m->cpusvn));
}

static void depend_on_signer(const struct avow_secs *secs, struct avow_key_material *m)
{
	if (!AVOW_HOLE(key_signer))
		copy(m->mrsigner, secs->mrsigner, sizeof(m->mrsigner));
}

/* The part of the policy that needs KSS, and ISVPRODID, which that can leave out. */
static void depend_on_kss(const struct avow_secs *secs, const struct avow_identity *identity,
			  const struct avow_keyrequest *request, struct avow_key_material *m)
{
	u16 policy = request->keypolicy;

	m->keypolicy = policy;
	if (!(policy & KEYPOLICY_NOISVPRODID))
		m->isvprodid = secs->isv_prod_id;
	if (policy & KEYPOLICY_CONFIGID) {
		copy(m->configid, secs->config_id, sizeof(m->configid));
		m->configsvn = request->configsvn;
	}
	if (policy & KEYPOLICY_ISVFAMILYID)
		copy(m->isvfamilyid, identity->isvfamilyid, sizeof(m->isvfamilyid));
	if (policy & KEYPOLICY_ISVEXTPRODID)
		copy(m->isvextprodid, identity->isvextprodid, sizeof(m->isvextprodid));
}

static void depend_on_seal(const struct avow_secs *secs, const struct avow_identity *identity,
			   const struct avow_keyrequest *request, struct avow_key_material *m)
{
	copy(m->keyid, request->keyid, sizeof(m->keyid));
	if (request->keypolicy & KEYPOLICY_MRENCLAVE)
		copy(m->mrenclave, secs->mrenclave, sizeof(m->mrenclave));
	if (request->keypolicy & KEYPOLICY_MRSIGNER)
		depend_on_signer(secs, m);
	depend_on_kss(secs, identity, request, m);
}

/* The caller has cleared *m and knows that the request is granted. */
static void depend(const struct avow_secs *secs, const struct avow_identity *identity,
		   const struct avow_keyrequest *request, struct avow_key_material *m)
{
	m->keyname = request->keyname;
	if (request->keyname == KEY_REPORT) {
		depend_on_report(secs, request, m);
		return;
	}
	depend_on_versions(secs, request, m);
	switch (request->keyname) {
	case KEY_SEAL:
		depend_on_seal(secs, identity, request, m);
		break;
	case KEY_PROVISION_SEAL:
		depend_on_signer(secs, m);
		depend_on_kss(secs, identity, request, m);
		break;
	default:
		depend_on_signer(secs, m);
		m->isvprodid = secs->isv_prod_id;
		if (request->keyname == KEY_EINITTOKEN)
			copy(m->keyid, request->keyid, sizeof(m->keyid));
	}
}

enum avow_epcm_result avow_key_derive(const struct avow_secs *secs,
				      const struct avow_identity *identity,
				      const struct avow_keyrequest *request,
				      struct avow_key_material *material, u64 *code)
{
	*code = 0;
	if (!request_wellformed(secs, request))
		return AVOW_EPCM_GP;
	*code = request_refused(secs, request);
	if (*code)
		return AVOW_EPCM_CODE;
	clear(material, sizeof(*material));
	depend(secs, identity, request, material);
	return AVOW_EPCM_OK;
}

void avow_key_report(const struct avow_targetinfo *target, const u8 keyid[32],
		     struct avow_key_material *material)
{
	clear(material, sizeof(*material));
	material->keyname = KEY_REPORT;
	material->attributes = target->attributes;
	material->xfrm = target->xfrm;
	material->miscselect = target->miscselect;
	material->configsvn = target->configsvn;
	if (!AVOW_HOLE(report_target))
		copy(material->mrenclave, target->measurement, sizeof(material->mrenclave));
	copy(material->configid, target->configid, sizeof(material->configid));
	copy(material->keyid, keyid, sizeof(material->keyid));
	avow_key_cpusvn(material->cpusvn);
}

static bool target_wellformed(const struct avow_targetinfo *target)
{
	return !target->cetattributes && !target->reserved1 &&
	       avow_all_zero(target->reserved2, sizeof(target->reserved2)) &&
	       avow_all_zero(target->reserved3, sizeof(target->reserved3));
}

bool avow_report_fill(const struct avow_secs *secs, const struct avow_identity *identity,
		      const struct avow_targetinfo *target, const u8 reportdata[64],
		      struct avow_report *report)
{
	if (!target_wellformed(target))
		return false;
	clear(report, sizeof(*report));
	avow_key_cpusvn(report->cpusvn);
	report->miscselect = secs->miscselect;
	report->attributes = secs->attributes;
	report->xfrm = secs->xfrm;
	report->isvprodid = secs->isv_prod_id;
	report->isvsvn = secs->isv_svn;
	report->configsvn = secs->config_svn;
	copy(report->mrenclave, secs->mrenclave, sizeof(report->mrenclave));
	copy(report->mrsigner, secs->mrsigner, sizeof(report->mrsigner));
	copy(report->configid, secs->config_id, sizeof(report->configid));
	copy(report->isvfamilyid, identity->isvfamilyid, sizeof(report->isvfamilyid));
	copy(report->isvextprodid, identity->isvextprodid, sizeof(report->isvextprodid));
	copy(report->reportdata, reportdata, sizeof(report->reportdata));
	return true;
}
