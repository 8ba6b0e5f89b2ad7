// SPDX-License-Identifier: LGPL-2.1-or-later
/* RSA-3072 keys with exponent 3. */
#include <string.h>
#include <unistd.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/store.h>
#include <openssl/ui.h>

#include "enclave.h"
#include "message.h"

#define PKCS11		"pkcs11:"

int avow_key_check(EVP_PKEY *key, const char *name)
{
	BIGNUM *e = NULL;
	bool ok;

	ok = EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) == AVOW_KEY_BITS &&
	     EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) && BN_is_word(e, AVOW_KEY_EXPONENT);
	BN_free(e);
	return ok ? 0 : avow_fail(-EINVAL, "%s: not an RSA key of %d bits with exponent %d", name, AVOW_KEY_BITS,
				  AVOW_KEY_EXPONENT);
}

int avow_key_modulus(EVP_PKEY *key, u8 modulus[SGX_MODULUS_BYTES])
{
	BIGNUM *n = NULL;

	if (!EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n))
		return avow_fail(-EINVAL, "the key does not tell its modulus");
	BN_bn2lebinpad(n, modulus, SGX_MODULUS_BYTES);
	BN_free(n);
	return 0;
}

static EVP_PKEY *key_of(OSSL_STORE_INFO *info, bool is_private)
{
	switch (OSSL_STORE_INFO_get_type(info)) {
	case OSSL_STORE_INFO_PKEY:
		return OSSL_STORE_INFO_get1_PKEY(info);
	case OSSL_STORE_INFO_PUBKEY:
		return is_private ? NULL : OSSL_STORE_INFO_get1_PUBKEY(info);
	default:
		return NULL;
	}
}

/* UI_null(): without a passphrase there is no key, and nobody is asked for one. */
static EVP_PKEY *key_from_store(const char *name, bool is_private)
{
	OSSL_STORE_CTX *store = OSSL_STORE_open(name, UI_null(), NULL, NULL, NULL);
	EVP_PKEY *key = NULL;

	while (store && !key && !OSSL_STORE_eof(store)) {
		OSSL_STORE_INFO *info = OSSL_STORE_load(store);

		if (!info)
			break;
		key = key_of(info, is_private);
		OSSL_STORE_INFO_free(info);
	}
	OSSL_STORE_close(store);
	return key;
}

static int read_key(EVP_PKEY **key, const char *name, bool is_private)
{
	const char *kind = is_private ? "private" : "public";
	int err;

	*key = NULL;
	if (!strchr(name, ':') && access(name, R_OK))
		return avow_fail(-errno, "%s: %s", name, strerror(errno));
	ERR_set_mark();
	*key = key_from_store(name, is_private);
	if (!*key && !strncmp(name, PKCS11, strlen(PKCS11)))
		*key = avow_key_from_engine(name, is_private);
	ERR_pop_to_mark();
	if (!*key)
		return avow_fail(-EINVAL, "%s: no %s key that can be read without a passphrase", name, kind);
	err = avow_key_check(*key, name);
	if (err) {
		avow_key_free(*key);
		*key = NULL;
	}
	return err;
}

int avow_key_read(EVP_PKEY **key, const char *name)
{
	return read_key(key, name, true);
}

int avow_key_read_public(EVP_PKEY **key, const char *name)
{
	return read_key(key, name, false);
}

int avow_key_generate(EVP_PKEY **key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *e = BN_new();
	int ok;

	*key = NULL;
	ok = ctx && e && BN_set_word(e, AVOW_KEY_EXPONENT) && EVP_PKEY_keygen_init(ctx) > 0 &&
	     EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, AVOW_KEY_BITS) > 0 &&
	     EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e) > 0 && EVP_PKEY_keygen(ctx, key) > 0;
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return ok ? 0 : avow_fail(-EIO, "OpenSSL made no RSA key of %d bits", AVOW_KEY_BITS);
}

void avow_key_free(EVP_PKEY *key)
{
	EVP_PKEY_free(key);
}
