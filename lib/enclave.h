/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is behind libavow's handles, for the library and for tests that want to look in. The
 * interface is <libavow.h>; what is declared here is not exported.
 */
#ifndef AVOW_LIB_ENCLAVE_H
#define AVOW_LIB_ENCLAVE_H

#include <sys/types.h>
#include <openssl/evp.h>
#include <libavow.h>
#include <elf.h>

#include "core.h"
#include "../runtime/abi.h"

struct avow_enclave {
	int fd;
	bool offline;			/* there is no descriptor, and nobody is asked */
	bool in_tree;			/* the kernel's own driver: no explicit intent */
	u64 features;			/* AVOW_FEATURE_*, as the device told at opening */
	u64 base, size;
	void *reserved;			/* address range held for the enclave, or NULL */
	struct avow_secs secs;		/* as given to CREATE */
	struct avow_sigstruct sig;	/* as given to INIT */
	bool is_signed;			/* sig is whole */
	struct avow_signing signing;	/* for the next signature */
	EVP_MD_CTX *measure;		/* of what was added so far */
	u64 tcs_offset;			/* of an image with a layout: its TCSs */
	unsigned int nr_tcs;
	u64 tcs_taken;			/* atomic: a bit for each TCS that a call has, or that is lost */
	bool ended;			/* atomic: the runtime inside has said so, and lets nobody in */
};

/* ---- enclave.c: build ---- */

/* avow_enclave_new() in place, without asking what the device is. After an error there is nothing to close. */
int avow_enclave_open(struct avow_enclave *e, const char *device);
void avow_enclave_close(struct avow_enclave *e);

/* Fills e->secs and reserves the range; avow_enclave_create() then asks the kernel. */
int avow_enclave_prepare(struct avow_enclave *e, const struct avow_params *params);

/* 0; or ENODEV, told as what was to be done. */
int avow_enclave_online(const struct avow_enclave *e, const char *what);

/* ---- mrenclave.c: measure ---- */

int avow_measure_begin(EVP_MD_CTX **ctx, const struct avow_secs *secs);
/* One page; data NULL: not measured, only its EADD is. */
int avow_measure_page(EVP_MD_CTX *ctx, u64 offset, u64 secinfo, const void *data);
/* The measurement of what was added so far; more may follow. */
int avow_measure_digest(const EVP_MD_CTX *ctx, u8 mrenclave[AVOW_MRENCLAVE_BYTES]);

/* ---- key.c, engine.c: keys ---- */

#define AVOW_KEY_BITS		(SGX_MODULUS_BYTES * 8)
#define AVOW_KEY_EXPONENT	3

/* 0; or EINVAL, told with the key's name: not an RSA key of this size with this exponent. */
int avow_key_check(EVP_PKEY *key, const char *name);
/* Little-endian, as in SIGSTRUCT; of a key that was checked. */
int avow_key_modulus(EVP_PKEY *key, u8 modulus[SGX_MODULUS_BYTES]);
/* A key that OpenSSL's engine for PKCS #11 finds, or NULL. */
EVP_PKEY *avow_key_from_engine(const char *uri, bool is_private);

/* ---- sign.c: sign ---- */

/* A SIGSTRUCT body that demands exactly this SECS and this measurement. */
void avow_sigstruct_fill(struct avow_sigstruct *sig, const struct avow_secs *secs,
			 const u8 mrenclave[AVOW_MRENCLAVE_BYTES]);
/* Which bytes are signed, and a signature of them put in: see avow_enclave_begin_signature(). */
void avow_sigstruct_message(const struct avow_sigstruct *sig, u8 message[AVOW_SIGNED_BYTES]);
int avow_sigstruct_finish(struct avow_sigstruct *sig, EVP_PKEY *key,
			  const u8 signature[SGX_MODULUS_BYTES]);
/* Little-endian, as in SIGSTRUCT, from big-endian, as elsewhere; and back. */
void avow_reverse(u8 to[SGX_MODULUS_BYTES], const u8 from[SGX_MODULUS_BYTES]);
/* Sets modulus, exponent, signature, q1 and q2 for the body as it is; only what verifies. */
int avow_sigstruct_sign(struct avow_sigstruct *sig, EVP_PKEY *key);

/* ---- sigstruct.c: verify ---- */

/* R23.7, by the key in it and nothing else: not by what the signer's key is, or where. */
avow_verdict avow_sigstruct_signature(const struct avow_sigstruct *sig);

/* ---- elf.c: an enclave in an ELF file ---- */

#define AVOW_SEGMENTS_MAX	96
#define AVOW_IMAGE_LIMIT	(1ULL << 40)	/* of offsets and lengths: keeps every sum far from overflow */

struct avow_image {
	int fd;
	u64 size;		/* of the smallest enclave that holds it */
	u64 end;		/* of all that is in it so far */
	unsigned int nr;
	struct avow_segment segments[AVOW_SEGMENTS_MAX];
	u32 source_class[AVOW_SEGMENTS_MAX];
	struct { void *addr; size_t length; } maps[AVOW_SEGMENTS_MAX];
	unsigned int nr_maps;
	bool has_layout;	/* the note is there, so the enclave has the runtime */
	u32 miscselect;		/* it needs */
	unsigned int nr_dynamic;
	struct avow_area dynamic[AVOW_AREAS_MAX];
};

u64 avow_page_down(u64 n);
u64 avow_page_up(u64 n);
int avow_image_read(const struct avow_image *image, void *to, size_t length, u64 offset);
/* Part of the file, or anonymous memory (flags), which ends with the image. MAP_FAILED and errno: told. */
void *avow_image_source(struct avow_image *image, size_t length, int prot, int flags, u64 offset);
/* The next segment; the first one is the TCSs. */
void avow_image_add(struct avow_image *image, const void *src, u64 offset, u64 length, u32 rwx, u32 source_class);

/* avow_image_new() in place. */
int avow_image_open(struct avow_image *image, const char *path);
void avow_image_close(struct avow_image *image);

/* ---- layout.c: what else is in the enclave than segments ---- */

/* Takes the layout from the note of this program header, if it is one; behind the segments. */
int avow_image_note(struct avow_image *image, const Elf64_Phdr *ph, u64 file_size);
/* With which rights a dynamic area is mapped: not W and X at once. */
int avow_area_prot(const struct avow_area *area);

/* ---- enter.c: run ---- */

/* __vdso_sgx_enter_enclave, or NULL. */
vdso_sgx_enter_enclave_t avow_vdso_enter(void);

#endif
