// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R23.3, R23.6, R23.7: a SIGSTRUCT is taken apart and verified by <libavow.h> alone. Each byte of
 * one is changed, and none may pass; the openssl command says what MRSIGNER is.
 */
#include "told.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#define PAGE	4096
#define MODULUS	128	/* offsets, from SDM's table */

static char work[] = "/tmp/sigstruct-XXXXXX";
static struct evp_pkey_st *key;
static unsigned char good[AVOW_SIGSTRUCT_BYTES], mrenclave[AVOW_MRENCLAVE_BYTES];

static void sign_one(void)
{
	const struct avow_params params = { .size = 4 * PAGE, .attributes = 4, .xfrm = 7, .miscselect = 1 };
	const struct avow_signing signing = {
		.isv_prod_id = 0x1234,
		.isv_svn = 7,
		.date = 0x20261128,
		.attributes_any = 2,
		.xfrm_any = 4,
		.miscselect_any = 1,
		.isv_family_id = "family",
		.isv_ext_prod_id = "product",
	};
	struct avow_enclave *e;

	ALLOWED(avow_enclave_new_offline(&e));
	ALLOWED(avow_enclave_create(e, &params));
	ALLOWED(avow_enclave_set_signing(e, &signing));
	ALLOWED(avow_enclave_sign(e, key));
	ALLOWED(avow_enclave_get_sigstruct(e, good));
	ALLOWED(avow_enclave_mrenclave(e, mrenclave));
	avow_enclave_free(e);
}

static void tells_what_was_signed(void **state)
{
	static const struct avow_sigstruct_fields zero;
	struct avow_sigstruct_fields f;

	(void)state;
	memset(&f, 0xff, sizeof(f));
	ALLOWED(avow_sigstruct_read(good, &f));
	assert_memory_equal(f.mrenclave, mrenclave, sizeof(mrenclave));
	assert_int_equal(f.vendor, 0);
	assert_int_equal(f.date, 0x20261128);
	assert_int_equal(f.swdefined, 0);
	assert_int_equal(f.isv_prod_id, 0x1234);
	assert_int_equal(f.isv_svn, 7);
	assert_true(f.attributes == 4 && f.attributes_mask == ~2ULL);
	assert_true(f.xfrm == 7 && f.xfrm_mask == ~4ULL);
	assert_true(f.miscselect == 1 && f.miscselect_mask == ~1U);
	assert_string_equal((char *)f.isv_family_id, "family");
	assert_string_equal((char *)f.isv_ext_prod_id, "product");
	assert_memory_equal(f.reserved, zero.reserved, sizeof(f.reserved));
	ALLOWED(avow_sigstruct_verify(good));
}

/* The openssl command's opinion, of the modulus as it is in the file. */
static void mrsigner_is_the_digest_of_the_modulus(void **state)
{
	unsigned char signer[AVOW_MRSIGNER_BYTES], want[AVOW_MRSIGNER_BYTES];
	struct avow_sigstruct_fields f;
	struct evp_pkey_st *public, *ec = EVP_EC_gen("P-256");
	FILE *file = fopen("modulus", "we");

	(void)state;
	assert_non_null(file);
	assert_int_equal(fwrite(good + MODULUS, 1, 384, file), 384);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(system("openssl dgst -sha256 -binary -out digest modulus"), 0);
	file = fopen("digest", "re");
	assert_non_null(file);
	assert_int_equal(fread(want, 1, sizeof(want), file), sizeof(want));
	fclose(file);
	ALLOWED(avow_sigstruct_read(good, &f));
	assert_memory_equal(f.mrsigner, want, sizeof(want));
	ALLOWED(avow_mrsigner(key, signer));
	assert_memory_equal(signer, want, sizeof(want));
	ALLOWED(avow_key_read_public(&public, "public.pem"));
	memset(signer, 0, sizeof(signer));
	ALLOWED(avow_mrsigner(public, signer));
	assert_memory_equal(signer, want, sizeof(want));
	REFUSED(avow_mrsigner(ec, signer), EINVAL, "not an RSA key of 3072 bits with exponent 3");
	avow_key_free(public);
	avow_key_free(ec);
}

/* What SDM's table has at a byte, as far as it says why it is refused. */
static const char *words_for(unsigned int at)
{
	if (at < 16 || (at >= 24 && at < 40) || (at >= 44 && at < 128) || (at >= 512 && at < 516) ||
	    (at >= 908 && at < 912) || (at >= 992 && at < 1008) || (at >= 1028 && at < 1040))
		return "R23.6: ";	/* HEADER, HEADER2, EXPONENT, reserved */
	return at >= 16 && at < 20 ? "R23.3: " : "R23.7: ";
}

static void no_byte_can_be_changed(void **state)
{
	unsigned char changed[AVOW_SIGSTRUCT_BYTES];
	struct avow_sigstruct_fields f;
	unsigned int at;

	(void)state;
	memcpy(changed, good, sizeof(good));
	for (at = 0; at < sizeof(changed); at++) {
		const char *words = words_for(at);

		changed[at] ^= (unsigned char)(1 << at % 8);
		REFUSED(avow_sigstruct_verify(changed), EBADMSG, words);
		if (strcmp(words, "R23.7: "))
			REFUSED(avow_sigstruct_read(changed, &f), EBADMSG, words);
		else
			ALLOWED(avow_sigstruct_read(changed, &f));
		/* It is told what there is in any case. */
		assert_int_equal(f.isv_svn, changed[1026] | changed[1027] << 8);
		changed[at] = good[at];
	}
	ALLOWED(avow_sigstruct_verify(changed));
	/* Intel's own VENDOR is in what is signed. */
	memcpy(changed + 16, "\x86\x80\0\0", 4);
	ALLOWED(avow_sigstruct_read(changed, &f));
	REFUSED(avow_sigstruct_verify(changed), EBADMSG, "R23.7: The signature of SIGSTRUCT must be right");
}

/* Numbers that no key has must be refused, and end in nothing worse. */
static void moduli_that_are_no_key(void **state)
{
	static const unsigned char small[][2] = { { 0, 0 }, { 1, 0 }, { 2, 1 }, { 11, 7 }, { 0xff, 0xfe } };
	unsigned char changed[AVOW_SIGSTRUCT_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		memcpy(changed, good, sizeof(good));
		memset(changed + MODULUS, 0, 384);
		memset(changed + 516, 0, 384);
		memset(changed + 1040, 0, 768);
		changed[MODULUS] = small[i][0];
		changed[516] = small[i][1];
		REFUSED(avow_sigstruct_verify(changed), EBADMSG, "R23.7: ");
	}
	memset(changed + MODULUS, 0xff, 384);
	REFUSED(avow_sigstruct_verify(changed), EBADMSG, "R23.7: ");
}

static int setup(void **state)
{
	(void)state;
	listen_to_library();
	if (!mkdtemp(work) || chdir(work) ||
	    system("openssl genrsa -3 -out key.pem 3072 2>log && openssl rsa -in key.pem -pubout -out public.pem 2>>log") ||
	    avow_key_read(&key, "key.pem"))
		return -1;
	sign_one();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	avow_key_free(key);
	return unlink("key.pem") | unlink("public.pem") | unlink("log") | unlink("modulus") | unlink("digest") | rmdir(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_was_signed),
		cmocka_unit_test(mrsigner_is_the_digest_of_the_modulus),
		cmocka_unit_test(no_byte_can_be_changed),
		cmocka_unit_test(moduli_that_are_no_key),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
