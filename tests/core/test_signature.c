// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A SIGSTRUCT signed with OpenSSL and a fresh key passes; with any byte changed it
 * does not. And the quotients of random numbers against OpenSSL's bignums.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"
#include "sigstruct.h"

#define BITS	3072

static struct case_scratch scratch;
static struct avow_sigstruct *const sig = &scratch.sig;
static EVP_PKEY *key;

static void to_little(const BIGNUM *number, u8 *bytes)
{
	assert_int_equal(BN_bn2lebinpad(number, bytes, SGX_MODULUS_BYTES), SGX_MODULUS_BYTES);
}

/* q1 = floor(s^2 / m), q2 = floor(s * (s^2 mod m) / m), cube = s^3 mod m. */
static void quotients(const BIGNUM *s, const BIGNUM *m, BIGNUM *q1, BIGNUM *q2, BIGNUM *cube)
{
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *product = BN_new(), *rest = BN_new();

	assert_true(ctx && product && rest);
	assert_true(BN_sqr(product, s, ctx) && BN_div(q1, rest, product, m, ctx));
	assert_true(BN_mul(product, s, rest, ctx) && BN_div(q2, cube, product, m, ctx));
	BN_free(rest);
	BN_free(product);
	BN_CTX_free(ctx);
}

static EVP_PKEY *fresh_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, NULL);
	EVP_PKEY *fresh = NULL;
	BIGNUM *three = BN_new();

	assert_true(ctx && three && BN_set_word(three, 3));
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, BITS), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, three), 1);
	assert_int_equal(EVP_PKEY_keygen(ctx, &fresh), 1);
	BN_free(three);
	EVP_PKEY_CTX_free(ctx);
	return fresh;
}

static void signed_bytes(u8 body[2 * SIGSTRUCT_PART_BYTES])
{
	memcpy(body, (u8 *)sig + SIGSTRUCT_PART1, SIGSTRUCT_PART_BYTES);
	memcpy(body + SIGSTRUCT_PART_BYTES, (u8 *)sig + SIGSTRUCT_PART2, SIGSTRUCT_PART_BYTES);
}

static void sign(void)
{
	BIGNUM *s = BN_new(), *m = NULL, *q1 = BN_new(), *q2 = BN_new(), *cube = BN_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	u8 body[2 * SIGSTRUCT_PART_BYTES], big[SGX_MODULUS_BYTES];
	size_t size = sizeof(big);

	case_sigstruct_good(&scratch);
	signed_bytes(body);
	assert_true(s && q1 && q2 && cube && ctx);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, big, &size, body, sizeof(body)), 1);
	assert_int_equal(size, SGX_MODULUS_BYTES);
	assert_int_equal(EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &m), 1);
	assert_non_null(BN_bin2bn(big, sizeof(big), s));
	quotients(s, m, q1, q2, cube);
	to_little(m, sig->modulus);
	to_little(s, sig->signature);
	to_little(q1, sig->q1);
	to_little(q2, sig->q2);
	EVP_MD_CTX_free(ctx);
	BN_free(cube);
	BN_free(q2);
	BN_free(q1);
	BN_free(m);
	BN_free(s);
}

/* Is the cube, little-endian, the padding of PKCS #1 v1.5 around the hash of the signed bytes? */
static bool padded_hash(const u8 cube[SGX_MODULUS_BYTES])
{
	static const u8 prefix[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
				     0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
	u8 body[2 * SIGSTRUCT_PART_BYTES], want[SGX_MODULUS_BYTES];
	unsigned int i;

	signed_bytes(body);
	memset(want, 0xff, sizeof(want));
	want[0] = 0;
	want[1] = 1;
	want[sizeof(want) - 32 - sizeof(prefix) - 1] = 0;
	memcpy(want + sizeof(want) - 32 - sizeof(prefix), prefix, sizeof(prefix));
	if (EVP_Digest(body, sizeof(body), want + sizeof(want) - 32, NULL, EVP_sha256(), NULL) != 1)
		return false;
	for (i = 0; i < sizeof(want); i++)
		if (want[i] != cube[sizeof(want) - 1 - i])
			return false;
	return true;
}

/* All of R23.6 and R23.7: the first refusal, or 1 for a wrong hash, or 0. */
static avow_verdict verify(void)
{
	static u8 cube[SGX_MODULUS_BYTES];
	avow_verdict verdict = avow_sigstruct_layout(sig);

	if (!verdict)
		verdict = avow_rsa3_check(sig, &scratch.work, cube);
	if (!verdict && !padded_hash(cube))
		return 1;
	return verdict;
}

static int make_key(void **state)
{
	(void)state;
	key = fresh_key();
	return !key;
}

static int free_key(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static void signed_sigstruct_passes(void **state)
{
	(void)state;
	sign();
	assert_int_equal(verify(), AVOW_OK);
}

/* Wraps around below the field. */
#define WITHIN(at, field) \
	((at) - offsetof(struct avow_sigstruct, field) < sizeof(sig->field))

/* Who must notice a change of the byte at this place? */
static avow_verdict guardian(size_t at)
{
	const avow_verdict layout = AVOW_REFUSE(AVOW_RULE(23, 6), EPERM);
	const avow_verdict rsa = AVOW_REFUSE(AVOW_RULE(23, 7), EPERM);

	if (WITHIN(at, header1) || WITHIN(at, header2) || WITHIN(at, exponent) ||
	    WITHIN(at, reserved1) || WITHIN(at, reserved2) || WITHIN(at, reserved3) ||
	    WITHIN(at, reserved4))
		return layout;
	if (WITHIN(at, modulus) || WITHIN(at, signature) || WITHIN(at, q1) || WITHIN(at, q2))
		return rsa;
	return 1;
}

static void every_byte_counts(void **state)
{
	size_t at;

	(void)state;
	sign();
	for (at = 0; at < sizeof(*sig); at++) {
		u8 bit = 1U << at % 8;

		((u8 *)sig)[at] ^= bit;
		expect(verify() == guardian(at), "byte %zu", at);
		((u8 *)sig)[at] ^= bit;
	}
	assert_int_equal(verify(), AVOW_OK);
}

static void put(const BIGNUM *number, u8 *bytes, int delta)
{
	BIGNUM *copy = BN_dup(number);

	assert_non_null(copy);
	assert_true(delta < 0 ? BN_sub_word(copy, 1) : BN_add_word(copy, delta));
	to_little(copy, bytes);
	BN_free(copy);
}

static void check_quotients(const BIGNUM *s, const BIGNUM *m)
{
	BIGNUM *q1 = BN_new(), *q2 = BN_new(), *cube = BN_new();
	u8 want[SGX_MODULUS_BYTES], got[SGX_MODULUS_BYTES];
	int d1, d2;

	assert_true(q1 && q2 && cube);
	quotients(s, m, q1, q2, cube);
	to_little(s, sig->signature);
	to_little(m, sig->modulus);
	to_little(cube, want);
	for (d1 = -1; d1 <= 1; d1++)
		for (d2 = -1; d2 <= 1; d2++) {
			avow_verdict verdict;

			if ((d1 < 0 && BN_is_zero(q1)) || (d2 < 0 && BN_is_zero(q2)))
				continue;
			put(q1, sig->q1, d1);
			put(q2, sig->q2, d2);
			verdict = avow_rsa3_check(sig, &scratch.work, got);
			assert_int_equal(!verdict, !d1 && !d2);
			if (!verdict)
				assert_memory_equal(got, want, sizeof(got));
		}
	BN_free(cube);
	BN_free(q2);
	BN_free(q1);
}

static void random_numbers(void **state)
{
	BIGNUM *s = BN_new(), *m = BN_new();
	int i;

	(void)state;
	assert_true(s && m);
	for (i = 0; i < 120; i++) {
		/* From 3072 bits down to 16: carries and borrows of every length. */
		int bits = BITS - i * 26 < 16 ? 16 : BITS - i * 26;

		assert_int_equal(BN_rand(m, bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY), 1);
		assert_int_equal(BN_rand_range(s, m), 1);
		check_quotients(s, m);
	}
	BN_free(m);
	BN_free(s);
}

/* Moduli and signatures of long runs of ones and zeros. */
static void awkward_numbers(void **state)
{
	BIGNUM *s = BN_new(), *m = BN_new();
	int i;

	(void)state;
	assert_true(s && m);
	for (i = 32; i <= BITS; i += 32) {
		assert_true(BN_one(m) && BN_lshift(m, m, i) && BN_sub_word(m, 1));
		assert_true(BN_copy(s, m) && BN_sub_word(s, 1));
		check_quotients(s, m);
		assert_true(BN_one(s) && BN_lshift(s, s, i - 1));
		check_quotients(s, m);
		assert_true(BN_one(m) && BN_lshift(m, m, i - 1) && BN_add_word(m, 1));
		assert_true(BN_copy(s, m) && BN_sub_word(s, 1));
		check_quotients(s, m);
	}
	BN_free(m);
	BN_free(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_sigstruct_passes),
		cmocka_unit_test(every_byte_counts),
		cmocka_unit_test(random_numbers),
		cmocka_unit_test(awkward_numbers),
	};

	return cmocka_run_group_tests_name("signature", tests, make_key, free_key);
}
