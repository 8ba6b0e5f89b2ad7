/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * The architecture's structures and numbers that <asm/sgx.h> does not export
 * to programs. Source: Intel SDM volume 3D, chapters 35 to 37 and appendix.
 * The layouts are pinned below; a field's name is the manual's, in lower case.
 */
#ifndef AVOW_SGX_ARCH_H
#define AVOW_SGX_ARCH_H

#include "avow_env.h"

#define SGX_PAGE_SIZE		4096ULL
#define SGX_PAGE_SHIFT		12

/* ENCLU leaves, RAX. */
enum sgx_enclu_leaf {
	ENCLU_EREPORT		= 0,
	ENCLU_EGETKEY		= 1,
	ENCLU_EENTER		= 2,
	ENCLU_ERESUME		= 3,
	ENCLU_EEXIT		= 4,
	ENCLU_EACCEPT		= 5,
	ENCLU_EMODPE		= 6,
	ENCLU_EACCEPTCOPY	= 7,
};

/* PAGE_TYPE, as in EPCM.PT and SECINFO.FLAGS[15:8]. */
enum sgx_pt {
	PT_SECS	= 0,
	PT_TCS	= 1,
	PT_REG	= 2,
	PT_VA	= 3,
	PT_TRIM	= 4,
};

/* Error codes of leaves, in RAX or in the ioctls' result. */
#define SGX_ERR_PAGE_ATTRIBUTES_MISMATCH	19
#define SGX_ERR_PAGE_NOT_MODIFIABLE		20

/* SECINFO.FLAGS */
#define SECINFO_R		(1ULL << 0)
#define SECINFO_W		(1ULL << 1)
#define SECINFO_X		(1ULL << 2)
#define SECINFO_PENDING		(1ULL << 3)
#define SECINFO_MODIFIED	(1ULL << 4)
#define SECINFO_PR		(1ULL << 5)
#define SECINFO_PT_SHIFT	8
#define SECINFO_PT_MASK		(0xffULL << SECINFO_PT_SHIFT)
#define SECINFO_RWX		(SECINFO_R | SECINFO_W | SECINFO_X)

/* ATTRIBUTES.FLAGS */
#define ATTR_INIT		(1ULL << 0)
#define ATTR_DEBUG		(1ULL << 1)
#define ATTR_MODE64BIT		(1ULL << 2)
#define ATTR_PROVISIONKEY	(1ULL << 4)
#define ATTR_EINITTOKENKEY	(1ULL << 5)
#define ATTR_KSS		(1ULL << 7)
#define ATTR_KNOWN		(ATTR_INIT | ATTR_DEBUG | ATTR_MODE64BIT | \
				 ATTR_PROVISIONKEY | ATTR_EINITTOKENKEY | ATTR_KSS)

#define XFRM_X87_SSE		3ULL
#define MISC_EXINFO		1U
#define TCS_DBGOPTIN		1ULL

struct avow_secinfo {
	u64 flags;
	u8  reserved[56];
};

struct avow_secs {
	u64 size;
	u64 base;
	u32 ssa_frame_size;	/* pages */
	u32 miscselect;
	u8  reserved1[24];
	u64 attributes;
	u64 xfrm;
	u8  mrenclave[32];
	u8  reserved2[32];
	u8  mrsigner[32];
	u8  reserved3[32];
	u8  config_id[64];
	u16 isv_prod_id;
	u16 isv_svn;
	u16 config_svn;
	u8  reserved4[3834];
};

/* What INIT takes over from SIGSTRUCT; the manual keeps it in the SECS. */
struct avow_identity {
	u8 isvfamilyid[16];
	u8 isvextprodid[16];
};

struct avow_tcs {
	u64 state;
	u64 flags;
	u64 ossa;		/* offset of the SSA stack from the base */
	u32 cssa;
	u32 nssa;
	u64 oentry;
	u64 aep;
	u64 ofsbase;
	u64 ogsbase;
	u32 fslimit;
	u32 gslimit;
	u8  reserved[4024];
};

/* The last 184 bytes of an SSA frame. */
struct avow_ssa_gprs {
	u64 rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 rflags, rip, ursp, urbp;
	u32 exitinfo;
	u32 reserved;
	u64 fsbase, gsbase;
};

/* EXINFO: the 16 bytes before the GPRs, when MISCSELECT has bit 0. */
struct avow_ssa_exinfo {
	u64 maddr;
	u32 errcd;
	u32 reserved;
};

#define EXITINFO_VALID		(1U << 31)
#define EXITINFO_TYPE_HW	(3U << 8)
#define EXITINFO_TYPE_SW	(6U << 8)

#define SGX_MODULUS_BYTES	384

struct avow_sigstruct {
	u64 header1[2];
	u32 vendor;
	u32 date;
	u64 header2[2];
	u32 swdefined;
	u8  reserved1[84];
	u8  modulus[SGX_MODULUS_BYTES];		/* little-endian, as the next three numbers */
	u32 exponent;
	u8  signature[SGX_MODULUS_BYTES];
	u32 miscselect;
	u32 miscmask;
	u8  reserved2[4];
	u8  isvfamilyid[16];
	u64 attributes;
	u64 xfrm;
	u64 attributemask;
	u64 xfrmmask;
	u8  enclavehash[32];
	u8  reserved3[16];
	u8  isvextprodid[16];
	u16 isvprodid;
	u16 isvsvn;
	u8  reserved4[12];
	u8  q1[SGX_MODULUS_BYTES];
	u8  q2[SGX_MODULUS_BYTES];
};

/* Of SIGSTRUCT, HEADER and HEADER2: the manual gives them as byte strings. */
#define SIGSTRUCT_HEADER1	{ 0x000000e100000006ULL, 0x0000000000010000ULL }
#define SIGSTRUCT_HEADER2	{ 0x0000006000000101ULL, 0x0000000100000060ULL }

/* What the signature covers: bytes [0, 128) and [900, 1028) of SIGSTRUCT. */
#define SIGSTRUCT_PART1		0
#define SIGSTRUCT_PART2		900
#define SIGSTRUCT_PART_BYTES	128

/* EGETKEY: KEYREQUEST.KEYNAME and KEYPOLICY, and the codes that it answers in RAX. */
enum sgx_keyname {
	KEY_EINITTOKEN		= 0,
	KEY_PROVISION		= 1,
	KEY_PROVISION_SEAL	= 2,
	KEY_REPORT		= 3,
	KEY_SEAL		= 4,
};

#define KEYPOLICY_MRENCLAVE	(1U << 0)
#define KEYPOLICY_MRSIGNER	(1U << 1)
#define KEYPOLICY_NOISVPRODID	(1U << 2)
#define KEYPOLICY_CONFIGID	(1U << 3)
#define KEYPOLICY_ISVFAMILYID	(1U << 4)
#define KEYPOLICY_ISVEXTPRODID	(1U << 5)
#define KEYPOLICY_KSS		(KEYPOLICY_NOISVPRODID | KEYPOLICY_CONFIGID | \
				 KEYPOLICY_ISVFAMILYID | KEYPOLICY_ISVEXTPRODID)
#define KEYPOLICY_KNOWN		(KEYPOLICY_MRENCLAVE | KEYPOLICY_MRSIGNER | KEYPOLICY_KSS)

#define SGX_ERR_INVALID_ATTRIBUTE	2
#define SGX_ERR_INVALID_CPUSVN		32
#define SGX_ERR_INVALID_ISVSVN		64
#define SGX_ERR_INVALID_KEYNAME		256

struct avow_keyrequest {
	u16 keyname;
	u16 keypolicy;
	u16 isvsvn;
	u8  cetattributesmask;
	u8  reserved1;
	u8  cpusvn[16];
	u64 attributemask;
	u64 xfrmmask;
	u8  keyid[32];
	u32 miscmask;
	u16 configsvn;
	u8  reserved2[434];
};

/* EREPORT: whom the report is for, and the report. */
struct avow_targetinfo {
	u8  measurement[32];
	u64 attributes;
	u64 xfrm;
	u8  cetattributes;
	u8  reserved1;
	u16 configsvn;
	u32 miscselect;
	u8  reserved2[8];
	u8  configid[64];
	u8  reserved3[384];
};

#define REPORT_MAC_BYTES	384	/* of the report, from its start */

struct avow_report {
	u8  cpusvn[16];
	u32 miscselect;
	u8  reserved1[12];
	u8  isvextprodid[16];
	u64 attributes;
	u64 xfrm;
	u8  mrenclave[32];
	u8  reserved2[32];
	u8  mrsigner[32];
	u8  reserved3[32];
	u8  configid[64];
	u16 isvprodid;
	u16 isvsvn;
	u16 configsvn;
	u8  reserved4[42];
	u8  isvfamilyid[16];
	u8  reportdata[64];
	u8  keyid[32];
	u8  mac[16];
};

static_assert(sizeof(struct avow_keyrequest) == 512, "KEYREQUEST");
static_assert(offsetof(struct avow_keyrequest, keyid) == 40, "KEYREQUEST");
static_assert(sizeof(struct avow_targetinfo) == 512, "TARGETINFO");
static_assert(offsetof(struct avow_targetinfo, configid) == 64, "TARGETINFO");
static_assert(sizeof(struct avow_report) == 432, "REPORT");
static_assert(offsetof(struct avow_report, keyid) == REPORT_MAC_BYTES, "REPORT");
static_assert(offsetof(struct avow_report, isvprodid) == 256, "REPORT");
static_assert(sizeof(struct avow_secinfo) == 64, "SECINFO");
static_assert(sizeof(struct avow_secs) == 4096, "SECS");
static_assert(offsetof(struct avow_secs, attributes) == 48, "SECS");
static_assert(offsetof(struct avow_secs, config_id) == 192, "SECS");
static_assert(offsetof(struct avow_secs, isv_prod_id) == 256, "SECS");
static_assert(sizeof(struct avow_tcs) == 4096, "TCS");
static_assert(offsetof(struct avow_tcs, oentry) == 32, "TCS");
static_assert(sizeof(struct avow_ssa_gprs) == 184, "GPRSGX");
static_assert(offsetof(struct avow_ssa_gprs, exitinfo) == 160, "GPRSGX");
static_assert(sizeof(struct avow_sigstruct) == 1808, "SIGSTRUCT");
static_assert(offsetof(struct avow_sigstruct, modulus) == 128, "SIGSTRUCT");
static_assert(offsetof(struct avow_sigstruct, miscselect) == 900, "SIGSTRUCT");
static_assert(offsetof(struct avow_sigstruct, attributes) == 928, "SIGSTRUCT");
static_assert(offsetof(struct avow_sigstruct, enclavehash) == 960, "SIGSTRUCT");
static_assert(offsetof(struct avow_sigstruct, isvprodid) == 1024, "SIGSTRUCT");
static_assert(offsetof(struct avow_sigstruct, q1) == 1040, "SIGSTRUCT");

#endif
