// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Any bytes as SIGSTRUCT, beside any SECS, machine and measurement: is INIT decided by core/ as
 * SPEC.md says? The other opinion on everything but the signature is tests/model; on the
 * signature it is OpenSSL, which divides where core/ multiplies.
 *
 * The hash is OpenSSL's for both, as it is the kernel's in the module.
 */
#include <string.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "../model/arch.h"
#include "fuzz.h"
#include "sigstruct.h"

#define MODULUS		128	/* offsets, from the manual */
#define SIGNATURE	516
#define Q1		1040
#define Q2		1424

/* EMSA-PKCS1-v1_5 of the signed bytes (RFC 8017, 9.2), the most significant byte first. */
static void encode(const u8 *sig, u8 encoded[384])
{
	static const u8 sha256[19] = "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
	u8 body[256];

	memcpy(body, sig, 128);
	memcpy(body + 128, sig + 900, 128);
	memset(encoded, 0xff, 384);
	encoded[0] = 0;
	encoded[1] = 1;
	encoded[384 - 32 - 19 - 1] = 0;
	memcpy(encoded + 384 - 32 - 19, sha256, 19);
	MUST(EVP_Digest(body, 256, encoded + 384 - 32, NULL, EVP_sha256(), NULL) == 1);
}

/* ---- by core/, in the order of kmod/init.c ---- */

static avow_verdict signature_by_core(const struct avow_sigstruct *sig)
{
	static struct avow_rsa3_work work;
	u8 cube[SGX_MODULUS_BYTES], encoded[SGX_MODULUS_BYTES];
	avow_verdict verdict = avow_rsa3_check(sig, &work, cube);
	u32 i;

	if (verdict)
		return verdict;
	encode((const u8 *)sig, encoded);
	for (i = 0; i < SGX_MODULUS_BYTES; i++)
		if (cube[i] != encoded[SGX_MODULUS_BYTES - 1 - i])
			return AVOW_REFUSE(AVOW_RULE(23, 7), EPERM);
	return AVOW_OK;
}

static avow_verdict by_core(const struct sigstruct_input *in, const struct avow_secs *secs)
{
	const struct avow_machine machine = { .attributes = in->machine_attributes, .xfrm = in->machine_xfrm,
					      .miscselect = in->machine_miscselect };
	avow_verdict v = avow_sigstruct_vendor(&in->sig);

	if (!v)
		v = avow_sigstruct_allowed(secs->attributes, in->allowed);
	if (!v)
		v = avow_sigstruct_supported(&in->sig, &machine);
	if (!v)
		v = avow_sigstruct_layout(&in->sig);
	if (!v)
		v = signature_by_core(&in->sig);
	if (!v)
		v = avow_sigstruct_measurement(&in->sig, in->mrenclave);
	if (!v)
		v = avow_sigstruct_match(&in->sig, secs);
	return v;
}

/* ---- by the model and OpenSSL ---- */

static BIGNUM *number(BN_CTX *ctx, const u8 *at)
{
	BIGNUM *n = BN_CTX_get(ctx);

	MUST(n && BN_lebin2bn(at, 384, n));
	return n;
}

/* q = floor(a * b / m), and m > 0; rest gets the remainder. */
static bool is_quotient(BN_CTX *ctx, const BIGNUM *q, const BIGNUM *a, const BIGNUM *b, const BIGNUM *m,
			BIGNUM *rest)
{
	BIGNUM *product = BN_CTX_get(ctx), *quotient = BN_CTX_get(ctx);

	MUST(quotient && BN_mul(product, a, b, ctx) && BN_div(quotient, rest, product, m, ctx));
	return !BN_cmp(q, quotient);
}

static bool signature_by_openssl(BN_CTX *ctx, const u8 *sig)
{
	const BIGNUM *m = number(ctx, sig + MODULUS), *s = number(ctx, sig + SIGNATURE);
	BIGNUM *square = BN_CTX_get(ctx), *cube = BN_CTX_get(ctx), *want;
	u8 encoded[384];

	MUST(cube);
	if (BN_cmp(s, m) >= 0 || !is_quotient(ctx, number(ctx, sig + Q1), s, s, m, square) ||
	    !is_quotient(ctx, number(ctx, sig + Q2), s, square, m, cube))
		return false;
	encode(sig, encoded);
	want = BN_CTX_get(ctx);
	MUST(want && BN_bin2bn(encoded, 384, want));
	return !BN_cmp(cube, want);
}

static struct m_verdict signature_by_model(const u8 *sig)
{
	BN_CTX *ctx = BN_CTX_new();
	bool good;

	MUST(ctx);
	BN_CTX_start(ctx);
	good = signature_by_openssl(ctx, sig);
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	return good ? M_ALLOWED : (struct m_verdict){ EPERM, 2307 };
}

static struct m_verdict by_model(const struct sigstruct_input *in, const u8 *secs)
{
	const struct m_machine machine = { .attributes = in->machine_attributes, .xfrm = in->machine_xfrm,
					   .miscselect = in->machine_miscselect };
	const u8 *sig = (const u8 *)&in->sig;
	struct m_verdict v = m_sig_vendor(sig);

	if (!v.err)
		v = m_sig_allowed(in->attributes, in->allowed);
	if (!v.err)
		v = m_sig_supported(sig, &machine);
	if (!v.err)
		v = m_sig_layout(sig);
	if (!v.err)
		v = signature_by_model(sig);
	if (!v.err)
		v = m_sig_measurement(sig, in->mrenclave);
	if (!v.err)
		v = m_sig_match(sig, secs);
	return v;
}

/* What was accepted is a signature to a library that knows nothing of Q1 and Q2, too. */
static void verify(const struct avow_sigstruct *sig)
{
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *m = BN_lebin2bn(sig->modulus, SGX_MODULUS_BYTES, NULL);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;
	u8 body[256], signature[384];
	u32 i;

	MUST(build && m && ctx && md && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, m) &&
	     OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, 3));
	params = OSSL_PARAM_BLD_to_param(build);
	MUST(params && EVP_PKEY_fromdata_init(ctx) == 1 &&
	     EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
	memcpy(body, sig, 128);
	memcpy(body + 128, (const u8 *)sig + 900, 128);
	for (i = 0; i < 384; i++)
		signature[i] = sig->signature[383 - i];
	MUST(EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key) == 1);
	MUST(EVP_DigestVerify(md, signature, 384, body, 256) == 1);
	EVP_PKEY_free(key);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_MD_CTX_free(md);
	EVP_PKEY_CTX_free(ctx);
	BN_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct avow_secs secs;
	static struct sigstruct_input in, before;
	struct m_verdict want;
	avow_verdict got;

	memset(&in, 0, sizeof(in));
	memcpy(&in, bytes, size < sizeof(in) ? size : sizeof(in));
	/* Nobody has INIT before EINIT, and no machine offers it. */
	in.attributes &= ~1ULL;
	in.machine_attributes &= ~1ULL;
	before = in;
	secs.attributes = in.attributes;
	secs.xfrm = in.xfrm;
	secs.miscselect = in.miscselect;
	got = by_core(&in, &secs);
	MUST(!memcmp(&in, &before, sizeof(in)));
	want = by_model(&in, (const u8 *)&secs);
	MUST(avow_errno(got) == -want.err && avow_rule(got) == want.rule);
	if (!got)
		verify(&in.sig);
	return 0;
}

/* ---- mutations ---- */

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max, unsigned int seed);

#define FIELD(name)	{ offsetof(struct sigstruct_input, name), sizeof(((struct sigstruct_input *)0)->name) }

static const struct { size_t at, size; } fields[] = {
	FIELD(attributes), FIELD(xfrm), FIELD(miscselect), FIELD(machine_attributes), FIELD(machine_xfrm),
	FIELD(machine_miscselect), FIELD(allowed), FIELD(mrenclave), FIELD(sig.vendor), FIELD(sig.header1),
	FIELD(sig.header2), FIELD(sig.exponent), FIELD(sig.modulus), FIELD(sig.signature), FIELD(sig.q1),
	FIELD(sig.q2), FIELD(sig.attributes), FIELD(sig.attributemask), FIELD(sig.enclavehash),
	FIELD(sig.reserved1), FIELD(sig.isvfamilyid), FIELD(sig),
};

#define NR_FIELDS	(sizeof(fields) / sizeof(fields[0]))

/* Fields stay where they are; what comes after the signature's check is changed most often. */
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t size, size_t max, unsigned int seed)
{
	size_t pick = seed / 2 % NR_FIELDS;

	if (max < sizeof(struct sigstruct_input))
		return size;
	if (size < sizeof(struct sigstruct_input))
		memset(bytes + size, 0, sizeof(struct sigstruct_input) - size);
	if (seed & 1)
		pick %= 8;
	LLVMFuzzerMutate(bytes + fields[pick].at, fields[pick].size, fields[pick].size);
	return sizeof(struct sigstruct_input);
}
