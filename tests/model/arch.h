/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What ECREATE, EADD, EINIT, EREPORT and EGETKEY look at, from SPEC.md and Intel's manual
 * (SDM volume 3D) alone. A structure of the architecture is bytes here, and a field is
 * an offset that the manual gives, so that no layout is shared with core/ either.
 */
#ifndef MODEL_ARCH_H
#define MODEL_ARCH_H

#include "decide.h"

enum { M_SECS_SIZE = 4096, M_TCS_SIZE = 4096, M_SECINFO_SIZE = 64, M_SIGSTRUCT_SIZE = 1808,
       M_KEYREQUEST_SIZE = 512, M_TARGETINFO_SIZE = 512, M_REPORT_SIZE = 432, M_RECORD_SIZE = 64 };

/* The least significant byte first, as everything in these structures. */
__u64 m_get(const __u8 *at, unsigned int bytes);
void m_put(__u8 *at, unsigned int bytes, __u64 value);

struct m_machine {
	__u64 attributes, xfrm;
	__u32 miscselect, xsave_size;
};

/* R21.3, R21.4 */
struct m_verdict m_secs_check(const __u8 *secs, const struct m_machine *machine);
/* R22.5, R1.2 for the permissions */
struct m_verdict m_secinfo_check(const __u8 *secinfo);
/* R22.9 */
struct m_verdict m_tcs_check(const __u8 *tcs);

/* R23, one clause each; m_sig_signature() is R23.7 without what follows from the hash. */
struct m_verdict m_sig_vendor(const __u8 *sig);
struct m_verdict m_sig_allowed(__u64 attributes, __u64 allowed);
struct m_verdict m_sig_supported(const __u8 *sig, const struct m_machine *machine);
struct m_verdict m_sig_layout(const __u8 *sig);
struct m_verdict m_sig_measurement(const __u8 *sig, const __u8 *mrenclave);
struct m_verdict m_sig_match(const __u8 *sig, const __u8 *secs);

/* What goes into MRENCLAVE: 64 bytes each. */
void m_record_ecreate(__u8 *record, __u32 ssa_frame_size, __u64 size);
void m_record_eadd(__u8 *record, __u64 offset, const __u8 *secinfo);
void m_record_eextend(__u8 *record, __u64 offset);

/* What a key depends on; what it does not depend on is zero (SDM, "Key Derivation"). */
struct m_key {
	__u16 name, policy, isvprodid, isvsvn, configsvn;
	__u32 miscselect, miscmask;
	__u64 attributes, xfrm, attributemask, xfrmmask;
	__u8 mrenclave[32], mrsigner[32], keyid[32], configid[64];
	__u8 cpusvn[16], isvfamilyid[16], isvextprodid[16];
};

/* R37.2, R37.3: M_DONE with *key; M_GP; M_CODE with *code. identity: ISVFAMILYID, ISVEXTPRODID. */
enum m_leaf m_getkey(const __u8 *secs, const __u8 *identity, const __u8 *request, struct m_key *key,
		     __u64 *code);
/* R36.1: the key under which a target verifies its reports. */
void m_report_key(const __u8 *target, const __u8 *keyid, struct m_key *key);
/* R36: all of the report but KEYID and MAC, which stay zero; false: #GP. */
bool m_report(const __u8 *secs, const __u8 *identity, const __u8 *target, const __u8 *data, __u8 *report);

#endif
