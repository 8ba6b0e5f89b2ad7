/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libavow: builds, signs, loads, maps and enters SGX enclaves, on Avow's device or the kernel's
 * own driver; changes their pages at run time; tells what is known of them and why something
 * was refused. libavow(3) leads through it.
 *
 * Errors. What can fail returns an int: 0 or more for success, a negative errno otherwise. The
 * thread's message handler, if it has one, is called with a sentence before the function returns.
 * The library never prints, never exits and sets no signal handler. EINVAL, and nothing else, is
 * also the answer to an argument out of the range given below, and ENOMEM to lack of memory; both
 * are not named again.
 *
 * Threads. Functions may be called by any number of threads at once. A handle (struct
 * avow_enclave, struct avow_image) is for one thread at a time, but for avow_enclave_enter(),
 * avow_enclave_call() and the functions that take a const handle, which may run at once in any number
 * of threads while no other function changes the handle. Keys are shared as OpenSSL allows: freely. Descriptors
 * can be shared freely; where two calls change one enclave, the kernel tells one of them EBUSY.
 *
 * Units. Offsets count from the enclave's base; they and lengths are in bytes, multiples of 4096.
 * R/W/X is a set of AVOW_R, AVOW_W and AVOW_X, which have the values of PROT_* and of SECINFO's bits.
 *
 * Rules are those of SPEC.md; "SDM" is Intel's manual, volume 3D. A program links with -lavow
 * (pkg-config libavow). The symbols' version is LIBAVOW_1; structures keep their size, for which
 * they have reserved fields, to be zero.
 */
#ifndef LIBAVOW_H
#define LIBAVOW_H

#include <avow.h>
#include <asm/sgx.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AVOW_DEVICE		"/dev/sgx_enclave"
#define AVOW_MRENCLAVE_BYTES	32
#define AVOW_MRSIGNER_BYTES	32
#define AVOW_SIGSTRUCT_BYTES	1808	/* SDM, SIGSTRUCT */
#define AVOW_SIGNED_BYTES	256	/* of SIGSTRUCT, what a signature covers */
#define AVOW_SIGNATURE_BYTES	384	/* RSA-3072 */

struct avow_enclave;		/* an enclave that is built, or was */
struct avow_image;		/* an ELF file as pages */
struct evp_pkey_st;		/* OpenSSL's EVP_PKEY */

/* ---- messages ---- */

/*
 * What a thread wants to know of errors. err: the negative errno that is about to be returned;
 * text: a sentence without its full stop, in English, valid during the call. The handler may call
 * the library, but no message comes of that.
 */
typedef void (*avow_message_fn)(void *context, int err, const char *text);

/*
 * Sets the calling thread's handler; NULL: none, as every thread begins. A library that uses this
 * one restores what *old_fn and *old_context (may be NULL) got.
 */
void avow_set_message_handler(avow_message_fn fn, void *context, avow_message_fn *old_fn,
			      void **old_context);

/* The library's version, as "0.1". Never NULL. */
const char *avow_version(void);

/* ---- enclaves: open ---- */

/*
 * Opens a device for a new enclave. device: a path, NULL for AVOW_DEVICE. What is there is asked,
 * whatever its name: Avow answers AVOW_IOC_INFO, the kernel's own driver CREATE.
 * *e: to be freed by avow_enclave_free(); NULL after an error.
 * Errors: those of open(2), as ENOENT, EACCES and EBUSY; ENODEV: not a device for enclaves.
 */
int avow_enclave_new(struct avow_enclave **e, const char *device);

/*
 * An enclave without a device, for measuring and signing: creating and adding only measure;
 * what needs the device is ENODEV. The measurement is the one that the device would make.
 */
int avow_enclave_new_offline(struct avow_enclave **e);

/*
 * Closes the descriptor and takes away the address range that the library reserved with all that
 * is mapped there. No thread may be inside. NULL is allowed.
 */
void avow_enclave_free(struct avow_enclave *e);

/* The descriptor, for mmap(2) and for the functions on descriptors below; -1 offline. Not to be closed. */
int avow_enclave_fd(const struct avow_enclave *e);
/* AVOW_FEATURE_* bits; 0: the kernel's own driver, or offline. */
__u64 avow_enclave_features(const struct avow_enclave *e);
/* Of the enclave's address range; 0 before creation. The base is 0 offline. */
__u64 avow_enclave_base(const struct avow_enclave *e);
__u64 avow_enclave_size(const struct avow_enclave *e);

/* ---- enclaves: build ---- */

/* What CREATE is asked for. Zero fields take the default in parentheses. */
struct avow_params {
	__u64 size;		/* bytes, a power of two; no default */
	__u64 base;		/* a multiple of size (a free range that the library reserves) */
	__u64 attributes;	/* SDM, ATTRIBUTES.FLAGS (MODE64BIT | DEBUG) */
	__u64 xfrm;		/* SDM, ATTRIBUTES.XFRM (x87 and SSE) */
	__u32 miscselect;	/* SDM, MISCSELECT (none) */
	__u32 ssa_frame_size;	/* pages (1) */
	__u64 reserved[4];
};

/*
 * SGX_IOC_ENCLAVE_CREATE (R21), once for each handle.
 * Errors: those of R21: EINVAL also for a second time; and of mmap(2).
 */
int avow_enclave_create(struct avow_enclave *e, const struct avow_params *params);

/* What ADD_PAGES is asked to do with a range. */
struct avow_pages {
	const void *src;	/* page aligned, readable; for X in contract strict executable, too (R6.2) */
	__u64 offset;
	__u64 length;		/* not zero */
	__u64 secinfo;		/* SECINFO.FLAGS: avow_secinfo_reg() or AVOW_SECINFO_TCS */
	__u64 flags;		/* SGX_PAGE_MEASURE, avow_page_intent() */
};

#define AVOW_SECINFO_TCS	((__u64)1 << 8)

/* SECINFO.FLAGS of a regular page of these rights. */
static inline __u64 avow_secinfo_reg(__u32 rwx)
{
	return (__u64)2 << 8 | rwx;
}

/* The flags of ADD_PAGES that declare this intent (R1). */
static inline __u64 avow_page_intent(__u32 intent)
{
	return AVOW_PAGE_INTENT | (__u64)intent << AVOW_PAGE_INTENT_SHIFT;
}

/*
 * SGX_IOC_ENCLAVE_ADD_PAGES (R1, R5, R6, R22), going on after a signal. *count (may be NULL) gets
 * the bytes added, also on error. The measurement follows what was added; it is read from
 * pages->src afterwards, so the bytes must not change meanwhile.
 * Where the kernel's own driver is, SECINFO's R/W/X is the intent: an explicit one within it is
 * left out, and another is EOPNOTSUPP.
 * Errors: EINVAL before creation; those of R22, as EACCES for a source without the right.
 */
int avow_enclave_add(struct avow_enclave *e, const struct avow_pages *pages, __u64 *count);

/*
 * Announces pages that the enclave will add at run time (R3): between creation and init, where
 * nothing is yet. intent: R/W/X, W only with R. After init map the range; a page comes when it is
 * first accessed, and the enclave EACCEPTs it. The kernel's own driver wants no announcement: there,
 * and offline, nothing but the arguments is looked at.
 * Errors: EBUSY: a page or an intent is there already.
 */
int avow_enclave_declare(struct avow_enclave *e, __u64 offset, __u64 length, __u32 intent);

/* SGX_IOC_ENCLAVE_INIT (R23) with the handle's SIGSTRUCT. Errors: R23, as EPERM for a wrong signature. */
int avow_enclave_init(struct avow_enclave *e);

/*
 * Maps a part of the enclave at its own address, in place of what is mapped there. prot: PROT_*.
 * Errors: EINVAL: not a part of the enclave; EACCES: more than the intent of a page (R8.1); those of mmap(2).
 */
int avow_enclave_map(struct avow_enclave *e, __u64 offset, __u64 length, int prot);

/* ---- enclaves in ELF files ---- */

struct avow_segment {
	struct avow_pages pages;
	int prot;		/* rights to map it with */
};

/*
 * The PT_LOAD segments of an ELF64 file for x86-64, page aligned in file and memory, ascending;
 * the first one is the TCSs. Of each segment the whole pages in the file are a private mapping of
 * it, executable where the segment is, and the rest is anonymous memory, a segment of its own.
 * Measured, and intent as SECINFO says. *image: to be freed by avow_image_free(), after the last
 * avow_enclave_add_image(); NULL after an error.
 * An enclave of libavow-enclave has a note besides, with its stacks and SSA frames, which become segments behind
 * the file's, and its heap, which is not in a segment.
 * Errors: ENOEXEC: not such a file, or the note is damaged, there twice, or of another version; those of
 * open(2), read(2), mmap(2).
 */
int avow_image_new(struct avow_image **image, const char *path);
/* NULL is allowed. */
void avow_image_free(struct avow_image *image);

/* The size of the smallest enclave that holds it. */
__u64 avow_image_size(const struct avow_image *image);
/* How many segments there are, at most 96; and one of them, NULL from that number on. */
unsigned int avow_image_nr_segments(const struct avow_image *image);
/* The caller may change its flags, as for an explicit intent, and prot. */
struct avow_segment *avow_image_segment(struct avow_image *image, unsigned int i);

/*
 * enum avow_source_class of a segment, as the kernel will judge it where nobody writes to the
 * file: AVOW_SRC_FILE_EXEC, AVOW_SRC_FILE_NOEXEC or AVOW_SRC_ANON; AVOW_SRC_NONE from the number
 * of segments on.
 */
__u32 avow_image_source_class(const struct avow_image *image, unsigned int i);

/*
 * avow_enclave_add() for each segment; avow_enclave_map() for each, with exactly its prot. Of an enclave of
 * libavow-enclave the heap is declared by the first, and mapped R and W by the second.
 */
int avow_enclave_add_image(struct avow_enclave *e, const struct avow_image *image);
int avow_enclave_map_image(struct avow_enclave *e, const struct avow_image *image);

/*
 * All of it: create, add, sign, init, map. params NULL: all defaults; a size of 0 is the image's, and so is
 * miscselect 0 of an enclave of libavow-enclave, which wants EXINFO.
 * After an error the handle can only be freed.
 */
int avow_enclave_load(struct avow_enclave *e, const struct avow_image *image,
		      const struct avow_params *params, struct evp_pkey_st *key);

/* ---- measure and sign ---- */

/* MRENCLAVE of what was added so far; more may follow. EINVAL before creation. SDM, ECREATE, EADD, EEXTEND. */
int avow_enclave_mrenclave(const struct avow_enclave *e, __u8 mrenclave[AVOW_MRENCLAVE_BYTES]);

/*
 * Reads an RSA-3072 key with exponent 3. name: a PEM or DER file, or any URI that OpenSSL's stores
 * know: file:, and pkcs11: where a provider for it is configured. A passphrase is not asked for.
 * key: to be freed by avow_key_free(); NULL after an error. The public half alone is enough for
 * avow_enclave_finish_signature().
 * Errors: those of open(2); EINVAL: there is no such key.
 */
int avow_key_read(struct evp_pkey_st **key, const char *name);
int avow_key_read_public(struct evp_pkey_st **key, const char *name);
/* A new key. It takes seconds. Errors: EIO: OpenSSL has no randomness. */
int avow_key_generate(struct evp_pkey_st **key);
/* NULL is allowed. EVP_PKEY_free() does the same. */
void avow_key_free(struct evp_pkey_st *key);

/* What a signature says beyond MRENCLAVE. SDM, SIGSTRUCT. */
struct avow_signing {
	__u16 isv_prod_id;
	__u16 isv_svn;
	__u32 date;			/* BCD: 0x20261231; not checked */
	__u64 attributes_any;		/* ATTRIBUTES.FLAGS that may be either way, as DEBUG */
	__u64 xfrm_any;			/* and of XFRM */
	__u32 miscselect_any;
	__u32 reserved1;
	__u8  isv_family_id[16];	/* these two with ATTRIBUTES.KSS only */
	__u8  isv_ext_prod_id[16];
	__u64 reserved2[4];
};

/* For signatures made from here on. Without it all is zero: exactly this enclave, product 0, SVN 0. */
int avow_enclave_set_signing(struct avow_enclave *e, const struct avow_signing *signing);

/*
 * Signs what was added so far and keeps the SIGSTRUCT in the handle. What the key's provider signed is
 * verified first (R23.7), by the key's modulus and exponent alone. On an error SIGSTRUCT is as it was.
 * Errors: EINVAL: before creation, or key is not an RSA-3072 key with exponent 3; EIO: the key's
 * provider did not sign, or signed wrongly.
 */
int avow_enclave_sign(struct avow_enclave *e, struct evp_pkey_st *key);

/*
 * The same in two steps, for a key that is elsewhere. begin gives the bytes to be signed there,
 * by RSA PKCS #1 v1.5 over their SHA-256; finish takes the signature, big-endian as openssl dgst
 * -sign writes it, and the public key. What was added in between is not signed.
 * begin takes the handle's SIGSTRUCT away, and there is one again after finish, which verifies as
 * avow_enclave_sign() does. finish: EBADMSG: not this key's signature of these bytes.
 */
int avow_enclave_begin_signature(struct avow_enclave *e, __u8 message[AVOW_SIGNED_BYTES]);
int avow_enclave_finish_signature(struct avow_enclave *e, struct evp_pkey_st *key,
				  const __u8 signature[AVOW_SIGNATURE_BYTES]);

/* The handle's SIGSTRUCT, 1808 bytes as INIT takes them. Errors: EINVAL: it is not signed. */
int avow_enclave_get_sigstruct(const struct avow_enclave *e, __u8 sigstruct[AVOW_SIGSTRUCT_BYTES]);
/* For init, one that was made elsewhere. Not looked at here: init does (R23). */
int avow_enclave_set_sigstruct(struct avow_enclave *e, const __u8 sigstruct[AVOW_SIGSTRUCT_BYTES]);

/* What a SIGSTRUCT says. SDM, SIGSTRUCT. */
struct avow_sigstruct_fields {
	__u8  mrenclave[AVOW_MRENCLAVE_BYTES];	/* the enclave that was signed: ENCLAVEHASH */
	__u8  mrsigner[AVOW_MRSIGNER_BYTES];	/* SHA-256 of MODULUS */
	__u32 vendor;
	__u32 date;				/* BCD: 0x20261231 */
	__u32 swdefined;
	__u16 isv_prod_id;
	__u16 isv_svn;
	__u64 attributes, attributes_mask;	/* bits of the mask must be in the SECS as they are here */
	__u64 xfrm, xfrm_mask;
	__u32 miscselect, miscselect_mask;
	__u8  isv_family_id[16];
	__u8  isv_ext_prod_id[16];
	__u64 reserved[4];			/* out: zero */
};

/*
 * Takes a SIGSTRUCT apart. *fields are filled in any case, for those who show what is wrong.
 * Errors: EBADMSG: INIT would take it for no enclave, by its layout (R23.6) or VENDOR (R23.3).
 */
int avow_sigstruct_read(const __u8 sigstruct[AVOW_SIGSTRUCT_BYTES], struct avow_sigstruct_fields *fields);

/*
 * Is its signature the one of the key in it (R23.7), Q1 and Q2 included? Whose key that is only
 * MRSIGNER tells. Errors: EBADMSG: it is not, or avow_sigstruct_read() refuses it.
 */
int avow_sigstruct_verify(const __u8 sigstruct[AVOW_SIGSTRUCT_BYTES]);

/*
 * MRSIGNER of what a key signs; the public half will do. Errors: EINVAL: not an RSA-3072 key with
 * exponent 3.
 */
int avow_mrsigner(struct evp_pkey_st *key, __u8 mrsigner[AVOW_MRSIGNER_BYTES]);

/* ---- enter ---- */

#define AVOW_EENTER	2	/* SDM, ENCLU's leaves, as run.function tells them */
#define AVOW_ERESUME	3
#define AVOW_EEXIT	4

struct avow_call {
	__u64 rdi, rsi, rdx, r8, r9;	/* in: passed to the enclave; out: as it left them */
	__u32 function;			/* AVOW_EENTER or AVOW_ERESUME; 0 is AVOW_EENTER */
	struct sgx_enclave_run run;	/* <asm/sgx.h>; out: how it was left; run.tcs is set by the call */
};

/*
 * Enters by the vDSO, on the TCS at this offset. Callee-saved registers, MXCSR and the x87 control
 * word are the caller's own afterwards, whatever the enclave did. Signal handlers of the caller
 * may run meanwhile.
 * 0: it left by EEXIT. EFAULT: by an exception; run.function is the leaf (AVOW_EENTER: the entry
 * failed; AVOW_ERESUME: inside), run.exception_vector, _error_code and _addr say which; not a
 * message's matter. ENOSYS: the kernel's vDSO does not know enclaves. ENODEV: offline.
 * Where run.user_handler is set: what it returned.
 */
int avow_enclave_enter(const struct avow_enclave *e, __u64 tcs_offset, struct avow_call *call);
/*
 * A function of the program's that an enclave of libavow-enclave calls (avow_ocall() of <avow_enclave.h>). arg: a
 * copy of the argument, of this length, at most 4096; what is written there goes back. It must return, and
 * can call avow_enclave_call(), which then takes another thread of the enclave.
 */
typedef __s64 (*avow_ocall_fn)(void *context, void *arg, __u64 length);

/* What an enclave can call, by number; to a number without a function the answer is -ENOSYS. */
struct avow_ocalls {
	void *context;			/* for each of the functions */
	const avow_ocall_fn *functions;
	__u64 nr;
};

/*
 * Calls the function with this number in an enclave of libavow-enclave that was loaded, or added, as an image: on a
 * TCS that nobody uses, with ocalls (NULL: none) and exceptions served until it returns. arg: of the type
 * that the enclave expects; it is copied in before and back after. *result (may be NULL): what it
 * returned. Any number of threads at once.
 * Errors: EAGAIN: all TCSs are in use; ENOSYS: no such function; EFAULT: the argument is not wholly outside the
 * enclave, or an exception that it did not handle has ended it, or it ended itself, or its handler raised an exception, which
 * takes a TCS for good; EIO: it ended before, or meanwhile by another thread, and so for each later call;
 * ENOEXEC: it is not of libavow-enclave; EPROTO: it answers nonsense; and those of avow_enclave_enter().
 */
int avow_enclave_call(struct avow_enclave *e, __u32 number, void *arg, const struct avow_ocalls *ocalls,
		      __s64 *result);
/* Does the kernel's vDSO know enclaves? 0, or ENOSYS, which is not a message's matter. */
int avow_can_enter(void);

/* ---- pages at run time: SGX2 ---- */

/*
 * Takes rights of the EPCM away, up to rwx (R24); the enclave EACCEPTs the change. Goes on after
 * a signal. *count (may be NULL) gets the bytes done, also on error.
 * Errors: R24: EFAULT for no page or a change that is pending; ENODEV: no SGX2 in the processor.
 */
int avow_enclave_restrict(struct avow_enclave *e, __u64 offset, __u64 length, __u32 rwx, __u64 *count);

#define AVOW_TYPE_TCS	1	/* SDM, PAGE_TYPE */
#define AVOW_TYPE_REG	2
#define AVOW_TYPE_TRIM	4

/* Changes the type of pages (R25), as restrict does. type: AVOW_TYPE_TCS or AVOW_TYPE_TRIM. */
int avow_enclave_modify_types(struct avow_enclave *e, __u64 offset, __u64 length, __u32 type,
			      __u64 *count);

/* Removes pages that are TRIM and EACCEPTed (R26). Errors: EPERM: they are not; EFAULT: no page. */
int avow_enclave_remove(struct avow_enclave *e, __u64 offset, __u64 length, __u64 *count);

/* ---- Avow's ioctls, on any descriptor of an enclave, which may be another process' ---- */

/*
 * ENOTTY, for all of these: the kernel's own driver. Errors and arguments are those of <avow.h>.
 */
int avow_get_info(int fd, struct avow_info *info);
int avow_set_contract(int fd, enum avow_contract_id contract);
int avow_declare_range(int fd, __u64 offset, __u64 length, __u32 intent);
int avow_lower_range(int fd, __u64 offset, __u64 length, __u32 intent);

/* All runs of a range (R19), *nr of them; free(*runs). */
int avow_list_runs(int fd, __u64 offset, __u64 length, struct avow_run **runs, size_t *nr);

/*
 * Up to nr (not zero) refusals (R18) from number *seq on, 0 for the oldest kept; *seq moves on
 * behind them, *lost (may be NULL) gets how many of those wanted were overwritten. Returns how
 * many were read.
 */
int avow_read_refusals(int fd, __u64 *seq, struct avow_refusal *refusals, __u32 nr, __u64 *lost);

/* The path of a source's file; free(*path). source (may be NULL): the rest of it. ENOENT: no such id. */
int avow_source_path(int fd, __u32 id, char **path, struct avow_source *source);

/* ---- refusals in sentences ---- */

/* A refusal and what else is known. */
struct avow_told {
	const struct avow_refusal *refusal;
	__u64 base, size;	/* of the enclave; size 0: not known, or not created */
	const char *path;	/* of the source's file; NULL: no file */
	const char *line;	/* of the policy that answered; NULL: none did, or not known */
};

/*
 * Plain sentences, in paragraphs that end with a line feed: what was asked, declared and answered;
 * the rule; the policy's line; the source; what to change. Control characters in names are '?'.
 * free(*text).
 */
int avow_explain(const struct avow_told *told, char **text);
/* Of the last refusal of the enclave behind a descriptor. ENOENT: nothing was refused. */
int avow_explain_last(int fd, char **text);

/* What to change, an imperative without its full stop; NULL: the rule is not known. Not to be freed. */
const char *avow_what_to_change(const struct avow_told *told);
/* What avow_refusal.declared is in this record: "declared", "source"; NULL: nothing. */
const char *avow_declared_word(const struct avow_refusal *refusal);

/* Words for numbers. Each returns word or a constant, never NULL but for the two that say so. */
#define AVOW_WORD_SIZE	24
/* "RW-" */
const char *avow_rights_word(__u32 rwx, char word[AVOW_WORD_SIZE]);
/* enum avow_op: "mprotect()", "ADD_PAGES" */
const char *avow_op_word(__u32 op);
/* enum avow_contract_id: "strict" */
const char *avow_contract_word(__u32 contract);
/* A page's type, as in struct avow_run: "REG"; "-" where there is no page */
const char *avow_type_word(__u32 type);
/* enum avow_source_class, for a sentence: "anonymous memory" */
const char *avow_source_phrase(__u32 source_class);
/* "EACCES", of a positive errno; "SIGBUS"; a number for what has no name */
const char *avow_errno_word(int err, char word[AVOW_WORD_SIZE]);
const char *avow_signal_word(int signo, char word[AVOW_WORD_SIZE]);
/* avow_refusal.rule: "R8.2" */
const char *avow_rule_name(__u32 rule, char word[AVOW_WORD_SIZE]);
/* What the rule demands, a sentence without its full stop; NULL: not known. */
const char *avow_rule_says(__u32 rule);
/* What the caller can do about it, an imperative without its full stop; NULL: not known. */
const char *avow_rule_change(__u32 rule);

#ifdef __cplusplus
}
#endif

#endif
