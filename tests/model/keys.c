// SPDX-License-Identifier: LGPL-2.1-or-later
/* EGETKEY and EREPORT: R36, R37, and the table "Key Derivation" of the SDM; arch.h. */
#include <string.h>

#include "arch.h"

enum { K_EINITTOKEN, K_PROVISION, K_PROVISION_SEAL, K_REPORT, K_SEAL, K_NAMES };
enum { P_MRENCLAVE = 1, P_MRSIGNER = 2, P_NOISVPRODID = 4, P_CONFIGID = 8, P_ISVFAMILYID = 16,
       P_ISVEXTPRODID = 32, P_ALL = 63, P_KSS = 60 };
enum { A_INIT = 1, A_DEBUG = 2, A_PROVISIONKEY = 0x10, A_EINITTOKENKEY = 0x20, A_KSS = 0x80 };
enum { INVALID_ATTRIBUTE = 2, INVALID_CPUSVN = 32, INVALID_ISVSVN = 64, INVALID_KEYNAME = 256 };

/* SECS */
enum { E_MISCSELECT = 20, E_ATTRIBUTES = 48, E_XFRM = 56, E_MRENCLAVE = 64, E_MRSIGNER = 128,
       E_CONFIGID = 192, E_ISVPRODID = 256, E_ISVSVN = 258, E_CONFIGSVN = 260 };
/* KEYREQUEST */
enum { Q_KEYNAME = 0, Q_KEYPOLICY = 2, Q_ISVSVN = 4, Q_CET = 6, Q_CPUSVN = 8, Q_ATTRIBUTEMASK = 24,
       Q_XFRMMASK = 32, Q_KEYID = 40, Q_MISCMASK = 72, Q_CONFIGSVN = 76, Q_RESERVED = 78 };
/* TARGETINFO */
enum { T_MEASUREMENT = 0, T_ATTRIBUTES = 32, T_XFRM = 40, T_CET = 48, T_CONFIGSVN = 50,
       T_MISCSELECT = 52, T_RESERVED = 56, T_CONFIGID = 64, T_REST = 128 };

/* This device's version is 1 in the first part, 0 in all others. */
static const __u8 present_cpusvn[16] = { 1 };

static bool any(const __u8 *bytes, unsigned int n)
{
	while (n--)
		if (bytes[n])
			return true;
	return false;
}

static bool above_present(const __u8 *cpusvn)
{
	return cpusvn[0] > 1 || any(cpusvn + 1, 15);
}

/* Which keys can be had by whom, and which depend on what. */
static const struct {
	__u64 needs;			/* attribute */
	bool masked;			/* attributes by masks, versions as requested */
	bool signer, product;		/* MRSIGNER, ISVPRODID without regard to the policy */
	bool keyid, by_policy;
} keys[K_NAMES] = {
	[K_EINITTOKEN] = { A_EINITTOKENKEY, true, true, true, true, false },
	[K_PROVISION] = { A_PROVISIONKEY, true, true, true, false, false },
	[K_PROVISION_SEAL] = { A_PROVISIONKEY, true, true, false, false, true },
	[K_REPORT] = { 0, false, false, false, true, false },
	[K_SEAL] = { 0, true, false, false, true, true },
};

static bool malformed(const __u8 *secs, const __u8 *request)
{
	__u64 policy = m_get(request + Q_KEYPOLICY, 2);
	bool kss = secs[E_ATTRIBUTES] & A_KSS;

	return policy > P_ALL || any(request + Q_CET, 2) ||
	       any(request + Q_RESERVED, M_KEYREQUEST_SIZE - Q_RESERVED) ||
	       (!kss && ((policy & P_KSS) || any(request + Q_CONFIGSVN, 2)));
}

static __u64 denied(const __u8 *secs, const __u8 *request, __u64 name)
{
	if (name >= K_NAMES)
		return INVALID_KEYNAME;
	if (!keys[name].masked)
		return 0;
	if (keys[name].needs && !(secs[E_ATTRIBUTES] & keys[name].needs))
		return INVALID_ATTRIBUTE;
	if (above_present(request + Q_CPUSVN))
		return INVALID_CPUSVN;
	if (m_get(request + Q_ISVSVN, 2) > m_get(secs + E_ISVSVN, 2))
		return INVALID_ISVSVN;
	if (keys[name].by_policy && m_get(request + Q_CONFIGSVN, 2) > m_get(secs + E_CONFIGSVN, 2))
		return INVALID_ISVSVN;
	return 0;
}

static void report_key(const __u8 *secs, struct m_key *key)
{
	key->attributes = m_get(secs + E_ATTRIBUTES, 8);
	key->xfrm = m_get(secs + E_XFRM, 8);
	key->miscselect = (__u32)m_get(secs + E_MISCSELECT, 4);
	key->configsvn = (__u16)m_get(secs + E_CONFIGSVN, 2);
	memcpy(key->mrenclave, secs + E_MRENCLAVE, 32);
	memcpy(key->configid, secs + E_CONFIGID, 64);
	memcpy(key->cpusvn, present_cpusvn, 16);
}

/* A key never serves a DEBUG enclave and another one: INIT and DEBUG count under any mask. */
static void masked_key(const __u8 *secs, const __u8 *request, struct m_key *key)
{
	key->attributemask = m_get(request + Q_ATTRIBUTEMASK, 8);
	key->xfrmmask = m_get(request + Q_XFRMMASK, 8);
	key->miscmask = (__u32)m_get(request + Q_MISCMASK, 4);
	key->attributes = m_get(secs + E_ATTRIBUTES, 8) & (key->attributemask | A_INIT | A_DEBUG);
	key->xfrm = m_get(secs + E_XFRM, 8) & key->xfrmmask;
	key->miscselect = (__u32)m_get(secs + E_MISCSELECT, 4) & key->miscmask;
	key->isvsvn = (__u16)m_get(request + Q_ISVSVN, 2);
	memcpy(key->cpusvn, request + Q_CPUSVN, 16);
}

static void key_by_policy(const __u8 *secs, const __u8 *identity, const __u8 *request,
			  struct m_key *key)
{
	__u16 policy = (__u16)m_get(request + Q_KEYPOLICY, 2);

	key->policy = policy;
	if (!(policy & P_NOISVPRODID))
		key->isvprodid = (__u16)m_get(secs + E_ISVPRODID, 2);
	if (policy & P_CONFIGID) {
		key->configsvn = (__u16)m_get(request + Q_CONFIGSVN, 2);
		memcpy(key->configid, secs + E_CONFIGID, 64);
	}
	if (policy & P_ISVFAMILYID)
		memcpy(key->isvfamilyid, identity, 16);
	if (policy & P_ISVEXTPRODID)
		memcpy(key->isvextprodid, identity + 16, 16);
	/* Only a sealing key chooses whose it is. */
	if (key->name == K_SEAL && (policy & P_MRENCLAVE))
		memcpy(key->mrenclave, secs + E_MRENCLAVE, 32);
	if (key->name == K_SEAL && (policy & P_MRSIGNER))
		memcpy(key->mrsigner, secs + E_MRSIGNER, 32);
}

enum m_leaf m_getkey(const __u8 *secs, const __u8 *identity, const __u8 *request, struct m_key *key,
		     __u64 *code)
{
	__u64 name = m_get(request + Q_KEYNAME, 2);

	*code = 0;
	if (malformed(secs, request))
		return M_GP;
	*code = denied(secs, request, name);
	if (*code)
		return M_CODE;
	*key = (struct m_key){ .name = (__u16)name };
	if (keys[name].masked)
		masked_key(secs, request, key);
	else
		report_key(secs, key);
	if (keys[name].signer)
		memcpy(key->mrsigner, secs + E_MRSIGNER, 32);
	if (keys[name].product)
		key->isvprodid = (__u16)m_get(secs + E_ISVPRODID, 2);
	if (keys[name].keyid)
		memcpy(key->keyid, request + Q_KEYID, 32);
	if (keys[name].by_policy)
		key_by_policy(secs, identity, request, key);
	return M_DONE;
}

/* The SECS of the target, as far as its report key depends on it. */
void m_report_key(const __u8 *target, const __u8 *keyid, struct m_key *key)
{
	__u8 secs[M_SECS_SIZE] = { 0 };

	memcpy(secs + E_MRENCLAVE, target + T_MEASUREMENT, 32);
	memcpy(secs + E_ATTRIBUTES, target + T_ATTRIBUTES, 16);
	memcpy(secs + E_CONFIGSVN, target + T_CONFIGSVN, 2);
	memcpy(secs + E_MISCSELECT, target + T_MISCSELECT, 4);
	memcpy(secs + E_CONFIGID, target + T_CONFIGID, 64);
	*key = (struct m_key){ .name = K_REPORT };
	report_key(secs, key);
	memcpy(key->keyid, keyid, 32);
}

bool m_report(const __u8 *secs, const __u8 *identity, const __u8 *target, const __u8 *data, __u8 *report)
{
	if (any(target + T_CET, 2) || any(target + T_RESERVED, T_CONFIGID - T_RESERVED) ||
	    any(target + T_REST, M_TARGETINFO_SIZE - T_REST))
		return false;
	memset(report, 0, M_REPORT_SIZE);
	memcpy(report, present_cpusvn, 16);
	memcpy(report + 16, secs + E_MISCSELECT, 4);
	memcpy(report + 32, identity + 16, 16);		/* ISVEXTPRODID */
	/* From ATTRIBUTES to CONFIGSVN a REPORT is laid out as a SECS; reserved bytes are zero. */
	memcpy(report + 48, secs + 48, 262 - 48);
	memset(report + 96, 0, 32);
	memset(report + 160, 0, 32);
	memcpy(report + 304, identity, 16);		/* ISVFAMILYID */
	memcpy(report + 320, data, 64);
	return true;
}
