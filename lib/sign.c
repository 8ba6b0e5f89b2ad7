// SPDX-License-Identifier: LGPL-2.1-or-later
/* SIGSTRUCT: its body, and the RSA-3072 signature with exponent 3. */
#include <string.h>
#include <openssl/bn.h>

#include "enclave.h"
#include "message.h"

static const u64 header1[2] = SIGSTRUCT_HEADER1;
static const u64 header2[2] = SIGSTRUCT_HEADER2;

void avow_sigstruct_fill(struct avow_sigstruct *sig, const struct avow_secs *secs,
			 const u8 mrenclave[32])
{
	memset(sig, 0, sizeof(*sig));
	memcpy(sig->header1, header1, sizeof(header1));
	memcpy(sig->header2, header2, sizeof(header2));
	sig->miscselect = secs->miscselect;
	sig->miscmask = ~0U;
	sig->attributes = secs->attributes;
	sig->attributemask = ~0ULL;
	sig->xfrm = secs->xfrm;
	sig->xfrmmask = ~0ULL;
	memcpy(sig->enclavehash, mrenclave, sizeof(sig->enclavehash));
	sig->isvprodid = secs->isv_prod_id;
	sig->isvsvn = secs->isv_svn;
}

void avow_reverse(u8 to[SGX_MODULUS_BYTES], const u8 from[SGX_MODULUS_BYTES])
{
	int i;

	for (i = 0; i < SGX_MODULUS_BYTES; i++)
		to[i] = from[SGX_MODULUS_BYTES - 1 - i];
}

void avow_sigstruct_message(const struct avow_sigstruct *sig, u8 message[AVOW_SIGNED_BYTES])
{
	const u8 *bytes = (const u8 *)sig;

	memcpy(message, bytes + SIGSTRUCT_PART1, SIGSTRUCT_PART_BYTES);
	memcpy(message + SIGSTRUCT_PART_BYTES, bytes + SIGSTRUCT_PART2, SIGSTRUCT_PART_BYTES);
}

static int rsa_sign(const struct avow_sigstruct *sig, EVP_PKEY *key, u8 signature[SGX_MODULUS_BYTES])
{
	u8 message[AVOW_SIGNED_BYTES];
	size_t length = SGX_MODULUS_BYTES;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok;

	avow_sigstruct_message(sig, message);
	ok = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
	     EVP_DigestSign(ctx, signature, &length, message, sizeof(message)) > 0 &&
	     length == SGX_MODULUS_BYTES;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : avow_fail(-EIO, "the key's provider did not sign");
}

/*
 * Q1 = floor(s^2 / m), Q2 = floor(s (s^2 mod m) / m): what spares the hardware two divisions. Of what is
 * no signature they need not fit, and are then left out: it does not verify in any case.
 */
static int quotients(struct avow_sigstruct *sig)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *s = BN_lebin2bn(sig->signature, SGX_MODULUS_BYTES, NULL);
	BIGNUM *m = BN_lebin2bn(sig->modulus, SGX_MODULUS_BYTES, NULL);
	BIGNUM *q1 = BN_new(), *q2 = BN_new(), *r = BN_new(), *product = BN_new();
	bool ok;

	ok = ctx && s && m && q1 && q2 && r && product &&
	     BN_sqr(product, s, ctx) && BN_div(q1, r, product, m, ctx) &&
	     BN_mul(product, s, r, ctx) && BN_div(q2, r, product, m, ctx);
	if (ok) {
		BN_bn2lebinpad(q1, sig->q1, SGX_MODULUS_BYTES);
		BN_bn2lebinpad(q2, sig->q2, SGX_MODULUS_BYTES);
	}
	BN_free(product);
	BN_free(r);
	BN_free(q2);
	BN_free(q1);
	BN_free(m);
	BN_free(s);
	BN_CTX_free(ctx);
	return ok ? 0 : avow_fail(-ENOMEM, "no memory for the signature");
}

/*
 * The fields that a signature of the body fills, whoever says that it is one. If it is none, the error is
 * wrong, told as why. On an error sig is as it was.
 */
static int take_signature(struct avow_sigstruct *sig, EVP_PKEY *key, const u8 signature[SGX_MODULUS_BYTES],
			  int wrong, const char *why)
{
	struct avow_sigstruct done = *sig;
	int err = avow_key_modulus(key, done.modulus);

	if (err)
		return err;
	done.exponent = AVOW_KEY_EXPONENT;
	avow_reverse(done.signature, signature);
	err = quotients(&done);
	if (err)
		return err;
	if (avow_sigstruct_signature(&done))
		return avow_fail(wrong, "%s", why);
	*sig = done;
	return 0;
}

int avow_sigstruct_finish(struct avow_sigstruct *sig, EVP_PKEY *key,
			  const u8 signature[SGX_MODULUS_BYTES])
{
	int err = avow_key_check(key, "the key");

	return err ? err : take_signature(sig, key, signature, -EBADMSG, "not a signature of this enclave by this key");
}

int avow_sigstruct_sign(struct avow_sigstruct *sig, EVP_PKEY *key)
{
	u8 signature[SGX_MODULUS_BYTES];
	int err = avow_key_check(key, "the key");

	if (!err)
		err = rsa_sign(sig, key, signature);
	return err ? err : take_signature(sig, key, signature, -EIO,
					  "what the key's provider signed does not verify by the key's public half");
}
