// SPDX-License-Identifier: LGPL-2.1-or-later
/* A SIGSTRUCT that somebody else made: what it says, and whether it is signed. */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>

#include "enclave.h"
#include "message.h"
#include "verdict.h"

static int hash_modulus(const u8 modulus[SGX_MODULUS_BYTES], u8 mrsigner[AVOW_MRSIGNER_BYTES])
{
	return EVP_Digest(modulus, SGX_MODULUS_BYTES, mrsigner, NULL, EVP_sha256(), NULL) == 1 ? 0 : avow_no_memory();
}

int avow_mrsigner(EVP_PKEY *key, u8 mrsigner[AVOW_MRSIGNER_BYTES])
{
	u8 modulus[SGX_MODULUS_BYTES];
	int err = avow_key_check(key, "the key");

	if (!err)
		err = avow_key_modulus(key, modulus);
	return err ? err : hash_modulus(modulus, mrsigner);
}

/* What INIT says of it is told by its rule. */
static int refused(avow_verdict verdict)
{
	char rule[AVOW_WORD_SIZE];

	if (!verdict)
		return 0;
	return avow_fail(-EBADMSG, "not a SIGSTRUCT that INIT takes: %s: %s", avow_rule_name(avow_rule(verdict), rule),
			 avow_rule_says(avow_rule(verdict)));
}

int avow_sigstruct_read(const u8 sigstruct[AVOW_SIGSTRUCT_BYTES], struct avow_sigstruct_fields *fields)
{
	struct avow_sigstruct sig;
	avow_verdict verdict;
	int err;

	memcpy(&sig, sigstruct, sizeof(sig));
	*fields = (struct avow_sigstruct_fields){
		.vendor = sig.vendor,
		.date = sig.date,
		.swdefined = sig.swdefined,
		.isv_prod_id = sig.isvprodid,
		.isv_svn = sig.isvsvn,
		.attributes = sig.attributes,
		.attributes_mask = sig.attributemask,
		.xfrm = sig.xfrm,
		.xfrm_mask = sig.xfrmmask,
		.miscselect = sig.miscselect,
		.miscselect_mask = sig.miscmask,
	};
	memcpy(fields->mrenclave, sig.enclavehash, sizeof(sig.enclavehash));
	memcpy(fields->isv_family_id, sig.isvfamilyid, sizeof(sig.isvfamilyid));
	memcpy(fields->isv_ext_prod_id, sig.isvextprodid, sizeof(sig.isvextprodid));
	err = hash_modulus(sig.modulus, fields->mrsigner);
	if (err)
		return err;
	verdict = avow_sigstruct_layout(&sig);
	if (!verdict)
		verdict = avow_sigstruct_vendor(&sig);
	return refused(verdict);
}

/* The public key in it; NULL: no memory, or OpenSSL wants no such key. */
static EVP_PKEY *key_of(const struct avow_sigstruct *sig)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *n = BN_lebin2bn(sig->modulus, SGX_MODULUS_BYTES, NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (ctx && n && build && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
	    OSSL_PARAM_BLD_push_uint(build, OSSL_PKEY_PARAM_RSA_E, sig->exponent))
		params = OSSL_PARAM_BLD_to_param(build);
	if (params && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static bool signed_by(const struct avow_sigstruct *sig, EVP_PKEY *key)
{
	u8 message[AVOW_SIGNED_BYTES], signature[SGX_MODULUS_BYTES];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	avow_sigstruct_message(sig, message);
	avow_reverse(signature, sig->signature);
	ok = ctx && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
	     EVP_DigestVerify(ctx, signature, sizeof(signature), message, sizeof(message)) == 1;
	EVP_MD_CTX_free(ctx);
	return ok;
}

/* Q1 and Q2 are nobody's but SGX': the core looks at them, and OpenSSL at the rest. */
avow_verdict avow_sigstruct_signature(const struct avow_sigstruct *sig)
{
	u8 cube[SGX_MODULUS_BYTES];
	struct avow_rsa3_work work;
	avow_verdict verdict = avow_rsa3_check(sig, &work, cube);
	EVP_PKEY *key;

	if (verdict)
		return verdict;
	ERR_set_mark();
	key = key_of(sig);
	if (!key || !signed_by(sig, key))
		verdict = AVOW_REFUSE(AVOW_RULE(23, 7), EPERM);
	EVP_PKEY_free(key);
	ERR_pop_to_mark();
	return verdict;
}

int avow_sigstruct_verify(const u8 sigstruct[AVOW_SIGSTRUCT_BYTES])
{
	struct avow_sigstruct_fields fields;
	struct avow_sigstruct sig;
	int err = avow_sigstruct_read(sigstruct, &fields);

	if (err)
		return err;
	memcpy(&sig, sigstruct, sizeof(sig));
	return refused(avow_sigstruct_signature(&sig));
}
