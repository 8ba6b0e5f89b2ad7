/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Enclaves that differ in what keys and reports depend on, and their EREPORT and EGETKEY. */
#ifndef WHO_H
#define WHO_H

#include "inside.h"

/* Zero: the test enclave as every test has it. The bytes fill their fields. */
struct who {
	u64 attributes, xfrm;
	u32 miscselect;
	u16 prodid, svn, configsvn;
	u8 configid, familyid, extprodid;
	bool other_code;	/* one measured byte differs */
	bool other_signer;
	bool provision;		/* with /dev/sgx_provision's leave */
};

/* Ready to be entered, with two pages for operands at s->play, mapped and granted RW. */
void scene_who(struct scene *s, const struct who *who);

/* Gives an enclave /dev/sgx_provision's leave, before its INIT. */
void allow_provision(struct scene *s);

/* What is known of it without asking it. */
void who_mrenclave(const struct scene *s, u8 mrenclave[32]);
void who_mrsigner(const struct scene *s, u8 mrsigner[32]);
struct avow_targetinfo who_target(const struct scene *s);

/* Bytes to and from the enclave's memory, by the enclave. */
void put_inside(struct scene *s, u64 to, const void *from, u64 bytes);
void get_inside(struct scene *s, void *to, u64 from, u64 bytes);

/* Where the operands are put: 512-byte aligned, in the first and the second page. */
static inline u64 operand_in(const struct scene *s)
{
	return scene_at(s, s->play);
}

static inline u64 operand_data(const struct scene *s)
{
	return scene_at(s, s->play + 512);
}

static inline u64 operand_out(const struct scene *s)
{
	return scene_at(s, s->play + PAGE);
}

struct leaf_result ereport(struct scene *s, const struct avow_targetinfo *target,
			   const u8 data[64], struct avow_report *report);
struct leaf_result egetkey(struct scene *s, const struct avow_keyrequest *request, u8 key[16]);

/* AES-CMAC over what a report's MAC covers. */
void report_mac(const u8 key[16], const struct avow_report *report, u8 mac[16]);

#endif
