/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A loader for enclaves: build one from pages or from an ELF file, measure and
 * sign it, map it, enter it through the vDSO, ask what is known of it.
 *
 * Every function that can fail returns 0 (or a count) or a negative errno. The
 * library never prints, never exits, and keeps no state but what its callers
 * hold; a struct avow_enclave is for one thread at a time, but for
 * avow_enclave_enter(), which any number of threads may call.
 *
 * Offsets count from the enclave's base. R/W/X are AVOW_R, AVOW_W, AVOW_X, which
 * are also PROT_* and SECINFO's bits.
 */
#ifndef AVOW_LIB_ENCLAVE_H
#define AVOW_LIB_ENCLAVE_H

#include <stdint.h>
#include <sys/types.h>
#include <openssl/evp.h>

#include "core.h"

#define AVOW_DEVICE	"/dev/sgx_enclave"

/* What ADD_PAGES is asked to do with a range. */
struct avow_pages {
	const void *src;	/* page aligned */
	u64 offset;
	u64 length;
	u64 secinfo;		/* SECINFO.FLAGS, avow_secinfo_reg() or AVOW_SECINFO_TCS */
	u64 flags;		/* SGX_PAGE_MEASURE, avow_page_intent() */
};

#define AVOW_SECINFO_TCS	((u64)PT_TCS << SECINFO_PT_SHIFT)

static inline u64 avow_secinfo_reg(u32 rwx)
{
	return (u64)PT_REG << SECINFO_PT_SHIFT | rwx;
}

/* The flags of ADD_PAGES that declare this intent. */
static inline u64 avow_page_intent(u32 intent)
{
	return AVOW_PAGE_INTENT | (u64)intent << AVOW_PAGE_INTENT_SHIFT;
}

/* What CREATE is asked for. Zero fields take the default in parentheses. */
struct avow_params {
	u64 size;		/* a power of two; no default */
	u64 base;		/* (a free range that the library reserves) */
	u64 attributes;		/* (MODE64BIT | DEBUG) */
	u64 xfrm;		/* (x87 and SSE) */
	u32 miscselect;		/* (none) */
	u32 ssa_frame_size;	/* (1 page) */
};

struct avow_enclave {
	int fd;
	u64 base, size;
	void *reserved;			/* address range held for the enclave, or NULL */
	struct avow_secs secs;		/* as given to CREATE */
	struct avow_sigstruct sig;	/* as given to INIT: avow_enclave_sign() */
	EVP_MD_CTX *measure;		/* of what was added so far */
};

/* ---- enclave.c: build ---- */

/* device: NULL for AVOW_DEVICE. After an error there is nothing to close. */
int avow_enclave_open(struct avow_enclave *e, const char *device);
/* Also unmaps the range that the library reserved, and what was mapped into it. */
void avow_enclave_close(struct avow_enclave *e);

/* Fills e->secs and reserves the range; avow_enclave_create() then asks the kernel. */
int avow_enclave_prepare(struct avow_enclave *e, const struct avow_params *params);
int avow_enclave_create(struct avow_enclave *e, const struct avow_params *params);

/*
 * Adds pages, going on after a short count. *count (may be NULL) gets the bytes
 * added, also on error. The measurement follows what was added; it is read from
 * pages->src afterwards, so the bytes must not change meanwhile.
 */
int avow_enclave_add(struct avow_enclave *e, const struct avow_pages *pages, u64 *count);

/* INIT with e->sig. */
int avow_enclave_init(struct avow_enclave *e);

/* mmap() of a part of the enclave at its own address. */
int avow_enclave_map(struct avow_enclave *e, u64 offset, u64 length, int prot);

/* ---- mrenclave.c: measure ---- */

int avow_measure_begin(EVP_MD_CTX **ctx, const struct avow_secs *secs);
/* One page; data NULL: not measured, only its EADD is. */
int avow_measure_page(EVP_MD_CTX *ctx, u64 offset, u64 secinfo, const void *data);
/* The measurement of what was added so far; more may follow. */
int avow_measure_digest(const EVP_MD_CTX *ctx, u8 mrenclave[32]);

/* ---- sign.c: sign ---- */

/* An RSA-3072 key with exponent 3; EINVAL: the file holds no such key. */
int avow_key_read(EVP_PKEY **key, const char *pem_path);
int avow_key_generate(EVP_PKEY **key);
void avow_key_free(EVP_PKEY *key);

/* A SIGSTRUCT body that demands exactly this SECS and this measurement. */
void avow_sigstruct_fill(struct avow_sigstruct *sig, const struct avow_secs *secs,
			 const u8 mrenclave[32]);
/*
 * Two steps, for a key that is elsewhere: these bytes are signed there with RSA PKCS #1 v1.5
 * over SHA-256, and finish takes the signature (big-endian) with the public key and sets what
 * avow_sigstruct_sign() does. EBADMSG: not that key's signature of this body. On any error
 * sig is as it was. Which bytes are signed: Intel SDM volume 3D, table of SIGSTRUCT.
 */
#define AVOW_SIGNED_BYTES	(2 * SIGSTRUCT_PART_BYTES)
void avow_sigstruct_message(const struct avow_sigstruct *sig, u8 message[AVOW_SIGNED_BYTES]);
int avow_sigstruct_finish(struct avow_sigstruct *sig, EVP_PKEY *key,
			  const u8 signature[SGX_MODULUS_BYTES]);
/* Sets modulus, exponent, signature, q1 and q2 for the body as it is. */
int avow_sigstruct_sign(struct avow_sigstruct *sig, EVP_PKEY *key);
/* Both, for what was added so far, into e->sig. */
int avow_enclave_sign(struct avow_enclave *e, EVP_PKEY *key);

/* ---- elf.c: an enclave in an ELF file ---- */

#define AVOW_SEGMENTS_MAX	32

struct avow_segment {
	struct avow_pages pages;
	int prot;		/* rights to map it with */
};

/*
 * The PT_LOAD segments of an ELF64 file, page aligned in file and memory; the
 * first one is the TCSs. Each segment is a private mapping of the file, executable
 * where the segment is; bytes beyond the file's are in anonymous memory.
 * The default for each segment: measured, intent derived from SECINFO.
 * A caller may change segments[] before avow_enclave_add_image().
 */
struct avow_image {
	int fd;
	u64 size;		/* of the smallest enclave that holds it */
	unsigned int nr;
	struct avow_segment segments[AVOW_SEGMENTS_MAX];
	struct { void *addr; size_t length; } maps[AVOW_SEGMENTS_MAX];
	unsigned int nr_maps;
};

/* ENOEXEC: not such a file. */
int avow_image_open(struct avow_image *image, const char *path);
void avow_image_close(struct avow_image *image);

int avow_enclave_add_image(struct avow_enclave *e, const struct avow_image *image);
int avow_enclave_map_image(struct avow_enclave *e, const struct avow_image *image);

/* All of it: create, add, sign, init, map. params NULL: all defaults, size of the image. */
int avow_enclave_load(struct avow_enclave *e, const struct avow_image *image,
		      const struct avow_params *params, EVP_PKEY *key);

/* ---- enter.c: run ---- */

struct avow_call {
	u64 rdi, rsi, rdx, r8, r9;	/* in: passed to the enclave; out: as it left them */
	u32 function;			/* ENCLU_EENTER or ENCLU_ERESUME; 0 is ENCLU_EENTER */
	struct sgx_enclave_run run;	/* out: how it was left; run.tcs is set by the call */
};

/*
 * 0: the enclave left by EEXIT. -EFAULT: an exception; call->run.function is the
 * leaf (EENTER: the entry itself failed; ERESUME: inside), and vector, error code
 * and address are in call->run. -ENOSYS: the vDSO has no such function.
 * Where call->run.user_handler is set, what it returned.
 */
int avow_enclave_enter(const struct avow_enclave *e, u64 tcs_offset, struct avow_call *call);

/* __vdso_sgx_enter_enclave, or NULL. */
vdso_sgx_enter_enclave_t avow_vdso_enter(void);

/* ---- device.c: Avow's ioctls, on any descriptor of an enclave ---- */

int avow_info(int fd, struct avow_info *info);
int avow_set_contract(int fd, enum avow_contract_id contract);
int avow_declare_dynamic(int fd, u64 offset, u64 length, u32 intent);
int avow_lower_intent(int fd, u64 offset, u64 length, u32 intent);

/* All runs of a range; free(*runs). */
int avow_list_runs(int fd, u64 offset, u64 length, struct avow_run **runs, size_t *nr);

/*
 * Up to nr refusals from number *seq on (0: the oldest kept); *seq moves on behind
 * them, *lost (may be NULL) gets how many were overwritten. Returns how many were read.
 */
int avow_read_refusals(int fd, u64 *seq, struct avow_refusal *refusals, u32 nr, u64 *lost);

/* The path of a source's file; free(*path). source (may be NULL): the rest of it. */
int avow_source_path(int fd, u32 id, char **path, struct avow_source *source);

#endif
