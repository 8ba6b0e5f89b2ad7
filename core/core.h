/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * The rules of SPEC.md as functions: values in, values out. No locks, no
 * allocation, no context; the same files are compiled for the kernel, for user
 * space and for BPF, and need no symbol from outside.
 *
 * R/W/X sets are AVOW_R | AVOW_W | AVOW_X. `strict` says which contract.
 */
#ifndef AVOW_CORE_H
#define AVOW_CORE_H

#include "avow_env.h"
#include "hole.h"
#ifdef __KERNEL__
#include <uapi/avow.h>
#else
#include <avow.h>
#endif
#include "sgx_arch.h"
#include "slot.h"
#include "verdict.h"

/* ---- intent.c: where an intent comes from and how it moves ---- */

/*
 * R1: flags of ADD_PAGES. secinfo_flags: SECINFO.FLAGS, already checked.
 * On AVOW_OK *intent is the intent and *is_explicit how it was given.
 */
avow_verdict avow_intent_declared(u64 add_flags, u64 secinfo_flags, u32 *intent, bool *is_explicit);

/* R2.1, R2.5: may LOWER_INTENT set this slot to intent? It is avow_rights_wellformed(). */
avow_verdict avow_intent_may_lower(avow_slot slot, u32 intent);
/* It is explicit from then on. One that stays as it is does not count as lowered. */
avow_slot avow_intent_lower(avow_slot slot, u32 intent);

/* R22.6, R3.4: may ADD_PAGES put a page here? */
avow_verdict avow_intent_may_add(avow_slot slot);

/* R3.3: may this slot be declared dynamic? And the declared slot, which is DYNAMIC and EXPLICIT. */
avow_verdict avow_intent_may_declare(avow_slot slot);
avow_slot avow_intent_declare(u32 intent);

/* R2.3, R2.4, R2.6: what a removed page leaves in its slot: what tells of the intent, or a hole. */
avow_slot avow_intent_after_removal(avow_slot slot, bool strict);

/* R28: may the contract be chosen? has_slots: a page or declaration exists. */
avow_verdict avow_contract_may_set(u32 wanted, u32 reserved, bool strict_now, bool has_slots);

/* ---- source.c: R5, R6 ---- */

/* Of the VMA that find_vma() gave for the source address. */
struct avow_source_facts {
	bool contains;		/* a VMA contains the address */
	bool readable;		/* VM_READ */
	bool special;		/* VM_IO or VM_PFNMAP */
	bool mayexec;		/* VM_MAYEXEC */
	bool exec;		/* VM_EXEC */
	bool file;		/* has a file */
	bool shmem;		/* memory without a name: memfd, shared anonymous, System V */
	bool shared;		/* VM_SHARED */
	bool maywrite;		/* VM_MAYWRITE */
	bool written;		/* the page is not the file's: private and copied on write */
};

avow_verdict avow_source_check(const struct avow_source_facts *src, u32 intent, bool strict);

/*
 * enum avow_source_class. A page that was copied on write is FILE_WRITTEN whatever the file
 * and its rights: the bytes are not the file's.
 */
u32 avow_source_class(const struct avow_source_facts *src);

/* ---- bound.c: the one bound rule behind every door: R8, R9, R10, R11.2, R12 ---- */

/*
 * For each slot of the mapping that is in the enclave range; ask once it is created (R9.2).
 * op: AVOW_OP_MMAP or AVOW_OP_MPROTECT, which only choose the clause that is named.
 */
avow_verdict avow_bound_map(avow_slot slot, u32 prot, bool strict, u32 op);

/* Passed by the slots that avow_bound_map() allows to be mapped. */
void avow_bound_map_test(u32 prot, bool strict, struct slot_test *test);

/* Passed by the slots without a page, and by those whose EPCM grants these rights. */
void avow_bound_granted_test(u32 prot, struct slot_test *test);

struct avow_bound_range {
	u64 base, size;		/* of the enclave; size 0 before CREATE */
	u64 start, end;		/* of the mapping */
	bool initialized;
	bool read_implies_exec;	/* personality of the task */
};

/* What is decided for the range as a whole, before its slots: R12, then R11.2. */
avow_verdict avow_bound_range(const struct avow_bound_range *r);

enum avow_access {
	AVOW_ACCESS_MAP,	/* install an entry with avow_bound_pte()'s rights */
	AVOW_ACCESS_EAUG,	/* augment, then ask again */
	AVOW_ACCESS_SIGBUS,	/* R10.1, R3.2 */
	AVOW_ACCESS_EPCM,	/* R10.2 */
};

/* A structure, because a BPF function takes no more than five arguments. */
struct avow_access_ask {
	avow_slot slot;
	u32 mapping;		/* V */
	u32 access;		/* AVOW_R, AVOW_W or AVOW_X: what was tried; within V */
	bool strict;
	bool initialized;
};

/*
 * R10: an access through a mapping. *verdict tells a refusal's rule, with EFAULT,
 * for SIGBUS and EPCM; it is AVOW_OK for MAP and EAUG. MAP implies that
 * avow_bound_pte() contains the access.
 */
enum avow_access avow_bound_access(const struct avow_access_ask *ask, avow_verdict *verdict);

/* The rights of a page-table entry: V and E and I. */
u32 avow_bound_pte(avow_slot slot, u32 mapping);

/*
 * R10.5: may a page be mapped along when a neighbour is accessed? With the mapping's rights
 * whole, so that its entry is as a first access would make it.
 */
bool avow_bound_along(avow_slot slot, u32 mapping);

/* R17: debug access. */
avow_verdict avow_bound_debug(avow_slot slot, bool debug_enclave, bool write, bool strict);

/* ---- epcm.c: what the leaves do to a slot ---- */

avow_slot avow_epcm_eadd(u64 secinfo_flags, u32 intent, bool is_explicit, bool measured);
/* R3.1, R3.4: the augmented slot for a slot that avow_bound_access() said EAUG for. */
avow_slot avow_epcm_eaug(avow_slot slot);

/* Results of a leaf. */
enum avow_epcm_result {
	AVOW_EPCM_OK		= 0,
	AVOW_EPCM_GP		= 1,	/* #GP(0) */
	AVOW_EPCM_PF		= 2,	/* #PF at the page */
	AVOW_EPCM_CODE		= 3,	/* RAX = *code, ZF */
	AVOW_EPCM_PF_SOURCE	= 4,	/* EACCEPTCOPY: #PF at the page copied from */
};

/* The ioctls' halves: *result is what goes to the result field. A refusal leaves the slot alone. */
avow_verdict avow_epcm_emodpr(avow_slot *slot, u32 rwx, u64 *result);
/* R25; R25.5 is reported as R13.3. Losing X to TCS sets SLOT_LOWERED. */
avow_verdict avow_epcm_emodt(avow_slot *slot, u32 type, u64 *result);
avow_verdict avow_epcm_may_remove(avow_slot slot);			/* R26.2, R26.3 */

/*
 * ENCLU's: secinfo_flags from the enclave, already known to have no reserved bytes set.
 * *code is 0 but for AVOW_EPCM_CODE. The slot changes on AVOW_EPCM_OK only.
 */
enum avow_epcm_result avow_epcm_eaccept(avow_slot *slot, u64 secinfo_flags, u64 *code);
enum avow_epcm_result avow_epcm_emodpe(avow_slot *slot, u64 secinfo_flags);
/* src: the slot copied from. */
enum avow_epcm_result avow_epcm_eacceptcopy(avow_slot *slot, avow_slot src,
					     u64 secinfo_flags, u64 *code);

/* ---- args.c: the argument checks of each ioctl, in the order of SPEC.md ---- */

/* What the checks need to know of the enclave and the machine. */
struct avow_encl_facts {
	u64 base, size;
	bool created, initialized;
};

struct avow_machine {
	u64 xfrm;		/* XCR0 features an enclave may use */
	u64 attributes;		/* ATTRIBUTES.FLAGS that ECREATE takes */
	u32 miscselect;
	u32 xsave_size;		/* bytes of the XSAVE area for the SECS' XFRM, set by the caller */
};

/* rule: for the R-number of the caller: R22.3, R24.2, R25.2, R26.1, R29.2. */
avow_verdict avow_args_range(const struct avow_encl_facts *encl, u64 offset, u64 length, u32 rule);
/* R21.1 */
avow_verdict avow_args_create_state(const struct avow_encl_facts *encl);
/* R21.3, R21.4 */
avow_verdict avow_args_create(const struct avow_secs *secs, const struct avow_machine *machine);
/* R22.1 */
avow_verdict avow_args_add_state(const struct avow_encl_facts *encl);
/* R22.2, R22.3, R1.4, R1.3. avow_intent_declared() checks the latter two again. */
avow_verdict avow_args_add(const struct avow_encl_facts *encl,
			   const struct sgx_enclave_add_pages *arg);
/* R22.5, R1.2 (permissions) */
avow_verdict avow_args_secinfo(const struct avow_secinfo *secinfo);
/* R22.9 */
avow_verdict avow_args_tcs(const struct avow_tcs *tcs);
/* R23.1 */
avow_verdict avow_args_init_state(const struct avow_encl_facts *encl);
/* R24.1, R25.1, R26.1 (rule says which): before the argument is read. */
avow_verdict avow_args_sgx2_state(const struct avow_encl_facts *encl, u32 rule);
/* R24.2 to R24.4; R25.2 and R25.3; R26.1 */
avow_verdict avow_args_restrict(const struct avow_encl_facts *encl,
				const struct sgx_enclave_restrict_permissions *arg);
avow_verdict avow_args_modify_types(const struct avow_encl_facts *encl,
				    const struct sgx_enclave_modify_types *arg);
avow_verdict avow_args_remove(const struct avow_encl_facts *encl,
			      const struct sgx_enclave_remove_pages *arg);
/* R3.3, R29: state, reserved, range, shape of intent */
avow_verdict avow_args_declare(const struct avow_encl_facts *encl,
			       const struct avow_declare_dynamic *arg);
/* R2.5 (shape), R29 */
avow_verdict avow_args_lower(const struct avow_encl_facts *encl,
			     const struct avow_lower_intent *arg);
avow_verdict avow_args_list(const struct avow_encl_facts *encl, const struct avow_list *arg);
avow_verdict avow_args_source(const struct avow_source *arg);
avow_verdict avow_args_refusals(const struct avow_refusals *arg);
/* R40.1: ENODEV for the CPU, EEXIST for the device. */
avow_verdict avow_args_load(bool cpu_has_sgx, bool device_exists);

/* ---- measure.c: the 64-byte records that go into MRENCLAVE ---- */

void avow_measure_ecreate(u8 record[64], u32 ssa_frame_size, u64 size);
void avow_measure_eadd(u8 record[64], u64 offset, const struct avow_secinfo *secinfo);
/* offset: of the 256 bytes that follow the record. */
void avow_measure_eextend(u8 record[64], u64 offset);

/* ---- sigstruct.c ---- */

/* R23.3 */
avow_verdict avow_sigstruct_vendor(const struct avow_sigstruct *sig);
/* R23.4: the SECS' attributes. allowed: ATTRIBUTES.FLAGS that this enclave may have. */
avow_verdict avow_sigstruct_allowed(u64 secs_attributes, u64 allowed);
/* R23.5 */
avow_verdict avow_sigstruct_supported(const struct avow_sigstruct *sig,
				      const struct avow_machine *machine);
/* R23.6 */
avow_verdict avow_sigstruct_layout(const struct avow_sigstruct *sig);
/* R23.8 */
avow_verdict avow_sigstruct_measurement(const struct avow_sigstruct *sig, const u8 mrenclave[32]);
/* R23.9 */
avow_verdict avow_sigstruct_match(const struct avow_sigstruct *sig, const struct avow_secs *secs);

/* ---- keys.c: what a key and a report are made of: R36, R37 ---- */

/* The message that a key is the CMAC of. Every field is filled or zero; no holes. */
struct avow_key_material {
	u16 keyname;
	u16 keypolicy;
	u16 isvprodid;
	u16 isvsvn;
	u16 configsvn;
	u16 zero;
	u32 miscselect;
	u32 miscmask;
	u32 zero2;
	u64 attributes, xfrm;
	u64 attributemask, xfrmmask;
	u8 mrenclave[32];
	u8 mrsigner[32];
	u8 keyid[32];
	u8 configid[64];
	u8 cpusvn[16];
	u8 isvfamilyid[16];
	u8 isvextprodid[16];
};
static_assert(sizeof(struct avow_key_material) == 264, "no holes in what is hashed");

/* This device's CPUSVN, 16 bytes. */
void avow_key_cpusvn(u8 cpusvn[16]);

/*
 * EGETKEY's decision. AVOW_EPCM_OK: *material is filled. AVOW_EPCM_CODE: *code is the
 * answer. AVOW_EPCM_GP: reserved bits are set.
 */
enum avow_epcm_result avow_key_derive(const struct avow_secs *secs, const struct avow_identity *identity,
				      const struct avow_keyrequest *request,
				      struct avow_key_material *material, u64 *code);

/* The key with which reports to a target are made; keyid: of the report. */
void avow_key_report(const struct avow_targetinfo *target, const u8 keyid[32],
		     struct avow_key_material *material);

/* EREPORT: all of the report but keyid and mac. False: reserved fields of target set, #GP. */
bool avow_report_fill(const struct avow_secs *secs, const struct avow_identity *identity,
		      const struct avow_targetinfo *target, const u8 reportdata[64],
		      struct avow_report *report);

/* ---- rsa3.c ---- */

/*
 * R23.7, the half that hardware does with Q1 and Q2 and a library does not: with
 * s, m, q1, q2 from sig, is q1 = floor(s*s / m) and q2 = floor(s * (s*s mod m) / m)?
 * *cube gets s^3 mod m, little-endian: the padded hash. work: memory for the two products.
 */
struct avow_rsa3_work {
	u32 s[96], m[96], q[96], product[192], other[192];
};
avow_verdict avow_rsa3_check(const struct avow_sigstruct *sig, struct avow_rsa3_work *work,
			     u8 cube[SGX_MODULUS_BYTES]);

#endif
