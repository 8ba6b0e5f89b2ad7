// SPDX-License-Identifier: LGPL-2.1-or-later
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "fuzz.h"
#include "key.h"

/* The first prime from a number on that a hash gives, with 3 no divisor of p - 1. */
static BIGNUM *prime(BN_CTX *ctx, uint8_t name)
{
	uint8_t bytes[192];
	BIGNUM *p;
	uint8_t i;

	for (i = 0; i < 6; i++) {
		uint8_t text[2] = { name, i };

		MUST(EVP_Digest(text, 2, bytes + 32 * i, NULL, EVP_sha256(), NULL) == 1);
	}
	bytes[0] |= 0xc0;
	bytes[191] |= 1;
	p = BN_bin2bn(bytes, sizeof(bytes), NULL);
	MUST(p);
	while (BN_mod_word(p, 3) != 2 || BN_check_prime(p, ctx, NULL) != 1)
		MUST(BN_add_word(p, 2));
	return p;
}

EVP_PKEY *fuzz_key(void)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *p = prime(ctx, 'p'), *q = prime(ctx, 'q'), *e = BN_new();
	BIGNUM *n = BN_new(), *d = BN_new(), *phi = BN_new(), *p1 = BN_dup(p), *q1 = BN_dup(q);
	BIGNUM *dp = BN_new(), *dq = BN_new(), *inverse = BN_new();
	EVP_PKEY_CTX *from = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;

	MUST(BN_set_word(e, 3) && BN_mul(n, p, q, ctx) && BN_sub_word(p1, 1) && BN_sub_word(q1, 1) &&
	     BN_mul(phi, p1, q1, ctx) && BN_mod_inverse(d, e, phi, ctx) && BN_mod(dp, d, p1, ctx) && BN_mod(dq, d, q1, ctx) &&
	     BN_mod_inverse(inverse, q, p, ctx));
	MUST(OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_D, d) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR1, p) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_FACTOR2, q) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT1, dp) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_EXPONENT2, dq) &&
	     OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_COEFFICIENT1, inverse));
	params = OSSL_PARAM_BLD_to_param(build);
	MUST(EVP_PKEY_fromdata_init(from) == 1 &&
	     EVP_PKEY_fromdata(from, &key, EVP_PKEY_KEYPAIR, params) == 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(from);
	BN_free(inverse);
	BN_free(dq);
	BN_free(dp);
	BN_free(q1);
	BN_free(p1);
	BN_free(phi);
	BN_free(d);
	BN_free(n);
	BN_free(e);
	BN_free(q);
	BN_free(p);
	BN_CTX_free(ctx);
	return key;
}
