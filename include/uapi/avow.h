/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Avow's additions to the ioctl interface of /dev/sgx_enclave.
 *
 * The in-tree interface is <asm/sgx.h>; it is unchanged. Everything here is
 * on top of it, on the same file descriptor, under the same type byte, with
 * numbers from 0x80 on. A program finds out whether it talks to Avow with
 * AVOW_IOC_INFO: the in-tree driver answers ENOTTY.
 *
 * Rules are named as in SPEC.md: R8.1 is rule 8, clause 1.
 *
 * In every structure: addresses, offsets and lengths are in bytes; offsets
 * count from the enclave's base address (SECS.BASEADDR); fields called
 * "reserved" must be zero on the way in (EINVAL otherwise, R29.1) and are zero
 * on the way out. User pointers are passed as __u64.
 *
 * Contexts: SET_CONTRACT, DECLARE_DYNAMIC and LOWER_INTENT change the enclave
 * and exclude each other and the in-tree ioctls: EBUSY (R20.1). INFO, LIST,
 * SOURCE and REFUSALS only read; they may be called at any time from any
 * process that holds the file, and never disturb the owner.
 */
#ifndef _UAPI_AVOW_H
#define _UAPI_AVOW_H

#include <linux/types.h>
#include <linux/ioctl.h>

#define AVOW_ABI_VERSION	1

/* An intent, a mapping's or the EPCM's rights: a set of these three bits, with
 * the values of SECINFO.FLAGS and of PROT_*.
 */
#define AVOW_R			0x1
#define AVOW_W			0x2
#define AVOW_X			0x4
#define AVOW_RWX		0x7

/*
 * SGX_IOC_ENCLAVE_ADD_PAGES, field flags: explicit intent (R1).
 *
 * AVOW_PAGE_INTENT says that the next three bits are the intent; without it
 * they must be zero and the intent is SECINFO's R/W/X (RW for a TCS). W without
 * R is EINVAL, and so is any bit that neither this header nor <asm/sgx.h> names.
 * A TCS takes no other intent than RW. An explicit intent stays when the page is
 * removed, in both contracts (R2.6).
 */
#define AVOW_PAGE_INTENT	(1ULL << 32)
#define AVOW_PAGE_INTENT_R	(1ULL << 33)
#define AVOW_PAGE_INTENT_W	(1ULL << 34)
#define AVOW_PAGE_INTENT_X	(1ULL << 35)
#define AVOW_PAGE_INTENT_SHIFT	33

/* The two contracts (R28). */
enum avow_contract_id {
	AVOW_COMPAT	= 0,	/* the in-tree driver's behaviour, errno for errno */
	AVOW_STRICT	= 1,	/* the whole intent model */
};

/* What a page's bytes were copied from (R7). */
enum avow_source_class {
	AVOW_SRC_NONE		= 0,	/* no source: EAUG, or only a declaration */
	AVOW_SRC_FILE_EXEC	= 1,	/* file mapping, executable, unmodified */
	AVOW_SRC_FILE_NOEXEC	= 2,	/* file mapping, not executable, unmodified */
	AVOW_SRC_FILE_WRITTEN	= 3,	/* private file mapping that was written */
	AVOW_SRC_FILE_SHARED_W	= 4,	/* shared file mapping that may be written */
	AVOW_SRC_SHMEM		= 5,	/* memory without a name: memfd, shared anonymous, System V */
	AVOW_SRC_ANON		= 6,	/* private anonymous memory */
	AVOW_SRC_OTHER		= 7,	/* device memory, special mappings */
};

/**
 * struct avow_info - AVOW_IOC_INFO: what this device is and can do
 * @abi_version: (out) AVOW_ABI_VERSION of the module
 * @contract: (out) enum avow_contract_id of this file's enclave
 * @features: (out) AVOW_FEATURE_* bits
 * @add_flags: (out) every bit that ADD_PAGES' flags accepts
 * @epc_size: (out) limit of enclave memory on this host, bytes
 * @epc_used: (out) enclave memory in use on this host now, bytes
 * @base: (out) the enclave's base address, 0 before CREATE
 * @size: (out) the enclave's size in bytes, 0 before CREATE
 * @state: (out) AVOW_STATE_* bits
 * @version: (out) the module's version, NUL-terminated
 *
 * Errors: EFAULT.
 */
struct avow_info {
	__u32 abi_version;
	__u32 contract;
	__u64 features;
	__u64 add_flags;
	__u64 epc_size;
	__u64 epc_used;
	__u64 base;
	__u64 size;
	__u32 state;
	__u32 reserved;
	char  version[32];
};

#define AVOW_FEATURE_INTENT	(1ULL << 0)	/* explicit intent in ADD_PAGES */
#define AVOW_FEATURE_STRICT	(1ULL << 1)	/* AVOW_IOC_SET_CONTRACT */
#define AVOW_FEATURE_DYNAMIC	(1ULL << 2)	/* AVOW_IOC_DECLARE_DYNAMIC */
#define AVOW_FEATURE_LOWER	(1ULL << 3)	/* AVOW_IOC_LOWER_INTENT */
#define AVOW_FEATURE_LIST	(1ULL << 4)	/* AVOW_IOC_LIST, AVOW_IOC_SOURCE */
#define AVOW_FEATURE_REFUSALS	(1ULL << 5)	/* AVOW_IOC_REFUSALS */
#define AVOW_FEATURE_SGX2	(1ULL << 6)	/* the in-tree SGX2 ioctls and EAUG */
#define AVOW_FEATURE_CPUID	(1ULL << 7)	/* answers for CPUID: see avow exec */
#define AVOW_FEATURE_SOFTWARE	(1ULL << 63)	/* no isolation, no encryption */

#define AVOW_STATE_CREATED	(1U << 0)
#define AVOW_STATE_INITIALIZED	(1U << 1)
#define AVOW_STATE_DEBUG	(1U << 2)

/**
 * struct avow_contract - AVOW_IOC_SET_CONTRACT: choose the contract (R28)
 * @contract: (in) enum avow_contract_id
 * @reserved: zero
 *
 * Errors: EFAULT; EINVAL: unknown contract, reserved not zero, or the enclave
 * has a page or a declaration already; EPERM: asks for AVOW_COMPAT while strict
 * is in force, be it by the module's default or by an earlier choice.
 */
struct avow_contract {
	__u32 contract;
	__u32 reserved;
};

/**
 * struct avow_declare_dynamic - AVOW_IOC_DECLARE_DYNAMIC: intent for pages that
 *				 EAUG will add later (R3)
 * @offset: (in) first byte, multiple of 4096
 * @length: (in) bytes, multiple of 4096, not zero
 * @intent: (in) AVOW_R | AVOW_W | AVOW_X in any combination without W-and-not-R
 * @reserved: zero
 *
 * All of the range or, on error, none of it.
 * Errors: EFAULT; EINVAL: not between CREATE and INIT, range, intent, reserved;
 * EBUSY: a slot of the range has a page or an intent already; ENOMEM.
 */
struct avow_declare_dynamic {
	__u64 offset;
	__u64 length;
	__u32 intent;
	__u32 reserved;
};

/**
 * struct avow_lower_intent - AVOW_IOC_LOWER_INTENT: take rights away from an
 *			      intent, for as long as the enclave lives (R2)
 * @offset: (in) first byte, multiple of 4096
 * @length: (in) bytes, multiple of 4096, not zero
 * @intent: (in) the new intent; must be within the present one of every page
 * @reserved: zero
 * @count: (out) bytes done, counted from @offset; must be zero on the way in
 *
 * Refusals are decided for the whole range before anything changes. Existing
 * mappings stay; where they allow more than the new intent, the next access
 * gets SIGBUS (R10.1). What was lowered counts as explicit: it stays when the page
 * is removed, in both contracts (R2.6).
 * Errors: EFAULT: arguments, or a slot without an intent; EINVAL: not created,
 * range, intent, reserved, count; EACCES: the new intent has a right that a
 * page's present one lacks; ENOMEM: @count tells how far it came.
 */
struct avow_lower_intent {
	__u64 offset;
	__u64 length;
	__u32 intent;
	__u32 reserved;
	__u64 count;
};

/**
 * struct avow_run - neighbouring slots of which everything below is the same
 * @offset: first byte
 * @length: bytes
 * @intent: AVOW_RWX bits
 * @epcm: the EPCM's R/W/X, AVOW_RWX bits; 0 where there is no page
 * @type: SGX page type (Intel SDM, PAGE_TYPE): 1 TCS, 2 REG, 4 TRIM; 0 where
 *	  there is no page
 * @state: AVOW_RUN_* bits
 * @source_class: enum avow_source_class of the declaration
 * @reserved: zero
 * @source: id for AVOW_IOC_SOURCE; 0: no file
 */
struct avow_run {
	__u64 offset;
	__u64 length;
	__u32 state;
	__u8  intent;
	__u8  epcm;
	__u8  type;
	__u8  source_class;
	__u32 source;
	__u32 reserved;
};

#define AVOW_RUN_PRESENT	(1U << 0)	/* there is a page */
#define AVOW_RUN_PENDING	(1U << 1)	/* EPCM.PENDING */
#define AVOW_RUN_MODIFIED	(1U << 2)	/* EPCM.MODIFIED */
#define AVOW_RUN_PR		(1U << 3)	/* EPCM.PR */
#define AVOW_RUN_EVER_W		(1U << 4)	/* history: was mapped writable */
#define AVOW_RUN_EVER_X		(1U << 5)	/* history: was mapped executable */
#define AVOW_RUN_MEASURED	(1U << 6)	/* the contents are in MRENCLAVE */
#define AVOW_RUN_DYNAMIC	(1U << 7)	/* declared dynamic, or added by EAUG */
#define AVOW_RUN_EXPLICIT	(1U << 8)	/* the intent was given explicitly (R2.6) */
#define AVOW_RUN_LOWERED	(1U << 9)	/* the intent was lowered since */
#define AVOW_RUN_KEPT		(1U << 10)	/* the intent of a removed page (R2.3, R2.6) */

/**
 * struct avow_list - AVOW_IOC_LIST: a range as runs (R19)
 * @offset: (in) first byte, multiple of 4096; (out) where to go on
 * @length: (in) bytes, multiple of 4096, not zero; (out) what is left
 * @runs: (in) address of an array of struct avow_run
 * @nr: (in) its capacity, at least 1; (out) how many were written
 * @reserved: zero
 *
 * Slots that have neither page nor intent are not listed. Runs are clipped to
 * the range, in ascending order. One call writes at most 1024 runs. When (out)
 * @length is not zero there is more: call again with @offset and @length as they
 * came back. One call sees one moment; two calls may see two.
 * Errors: EFAULT; EINVAL: not created, range, nr, reserved.
 */
struct avow_list {
	__u64 offset;
	__u64 length;
	__u64 runs;
	__u32 nr;
	__u32 reserved;
};

/**
 * struct avow_source - AVOW_IOC_SOURCE: which file a declaration copied from
 * @id: (in) avow_run.source or avow_refusal.source
 * @source_class: (out) enum avow_source_class
 * @dev: (out) device number of the inode, as in stat(2)
 * @ino: (out) inode number
 * @path: (in) address of a buffer
 * @path_size: (in) its size in bytes; (out) bytes needed with the final NUL
 * @reserved: zero
 *
 * The path is the one the file had, in the declaring task's root, at the moment
 * of the declaration. A buffer that is too small gets the first bytes and a NUL.
 * Errors: EFAULT; EINVAL: reserved; ENOENT: no such id in this enclave.
 */
struct avow_source {
	__u32 id;
	__u32 source_class;
	__u64 dev;
	__u64 ino;
	__u64 path;
	__u32 path_size;
	__u32 reserved;
};

/* What was refused (struct avow_refusal, field op). */
enum avow_op {
	AVOW_OP_CREATE		= 1,
	AVOW_OP_ADD_PAGES	= 2,
	AVOW_OP_INIT		= 3,
	AVOW_OP_RESTRICT	= 4,
	AVOW_OP_MODIFY_TYPES	= 5,
	AVOW_OP_REMOVE_PAGES	= 6,
	AVOW_OP_SET_CONTRACT	= 7,
	AVOW_OP_DECLARE_DYNAMIC	= 8,
	AVOW_OP_LOWER_INTENT	= 9,
	AVOW_OP_MMAP		= 10,
	AVOW_OP_MPROTECT	= 11,
	AVOW_OP_MREMAP		= 12,
	AVOW_OP_FAULT		= 13,
	AVOW_OP_DEBUG_ACCESS	= 14,
	AVOW_OP_PROVISION	= 15,
};

/**
 * struct avow_refusal - one refusal (R18)
 * @seq: number of the refusal within its enclave, from 1; 0 in the tracepoint only,
 *	 of a request that a policy allowed and wanted told (R41.3)
 * @time: CLOCK_BOOTTIME, nanoseconds
 * @start: first address concerned; 0 where there is none
 * @end: first address after it
 * @rule: rule * 100 + clause: R8.1 is 801
 * @err: the positive errno that the caller got; 0 where it was a signal only
 * @op: enum avow_op
 * @pid: thread, in the initial pid namespace
 * @tgid: process, in the initial pid namespace
 * @requested: AVOW_RWX bits that were asked for
 * @declared: the intent that stood against it, AVOW_RWX bits
 * @signo: signal the access ended in (SIGBUS, SIGSEGV); 0 otherwise
 * @source_class: enum avow_source_class of the page's declaration
 * @source: id for AVOW_IOC_SOURCE; 0: no file
 * @policy: of a policy's answer, its serial number << 12 | the number of its rule,
 *	    both from 1; 0: no policy took part
 * @comm: the thread's name
 *
 * @start..@end is the part that was refused (R18.1): the page or run that did not allow
 * it, or all that was asked for where it was refused as a whole.
 */
struct avow_refusal {
	__u64 seq;
	__u64 time;
	__u64 start;
	__u64 end;
	__u32 rule;
	__u32 err;
	__u32 op;
	__u32 pid;
	__u32 tgid;
	__u8  requested;
	__u8  declared;
	__u8  signo;
	__u8  source_class;
	__u32 source;
	__u32 policy;
	char  comm[16];
};

#define AVOW_REFUSALS_KEPT	64	/* the last that an enclave remembers */

/**
 * struct avow_refusals - AVOW_IOC_REFUSALS: the last refusals (R18)
 * @refusals: (in) address of an array of struct avow_refusal
 * @nr: (in) its capacity, at least 1; (out) how many were written
 * @reserved: zero
 * @seq: (in) the first number wanted, 0 for the oldest kept; (out) the number
 *	 that the next refusal after those written has or will have
 * @lost: (out) refusals numbered from the wanted one on, from 1 on for a @seq of
 *	  0, that are no longer kept
 *
 * Errors: EFAULT; EINVAL: nr, reserved.
 */
struct avow_refusals {
	__u64 refusals;
	__u32 nr;
	__u32 reserved;
	__u64 seq;
	__u64 lost;
};

#define AVOW_IOC_INFO			_IOR(0xA4, 0x80, struct avow_info)
#define AVOW_IOC_SET_CONTRACT		_IOW(0xA4, 0x81, struct avow_contract)
#define AVOW_IOC_DECLARE_DYNAMIC	_IOW(0xA4, 0x82, struct avow_declare_dynamic)
#define AVOW_IOC_LOWER_INTENT		_IOWR(0xA4, 0x83, struct avow_lower_intent)
#define AVOW_IOC_LIST			_IOWR(0xA4, 0x84, struct avow_list)
#define AVOW_IOC_SOURCE			_IOWR(0xA4, 0x85, struct avow_source)
#define AVOW_IOC_REFUSALS		_IOWR(0xA4, 0x86, struct avow_refusals)

#endif /* _UAPI_AVOW_H */
