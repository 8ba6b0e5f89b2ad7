// SPDX-License-Identifier: LGPL-2.1-or-later
/* R23.6, R23.7: SIGSTRUCT signed in one step and in two, with the openssl command as the judge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "enclave.h"

static char work[] = "/tmp/sign-XXXXXX";
static EVP_PKEY *key;

static void write_file(const char *name, const u8 *bytes, size_t length)
{
	FILE *file = fopen(name, "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static struct avow_sigstruct body(void)
{
	struct avow_secs secs = { .size = 0x10000, .attributes = ATTR_MODE64BIT, .xfrm = XFRM_X87_SSE };
	struct avow_sigstruct sig;
	u8 mrenclave[32];

	memset(mrenclave, 0x5a, sizeof(mrenclave));
	avow_sigstruct_fill(&sig, &secs, mrenclave);
	return sig;
}

/* The signature that the openssl command makes of the bytes to be signed. */
static void sign_elsewhere(const struct avow_sigstruct *sig, u8 signature[SGX_MODULUS_BYTES])
{
	u8 message[AVOW_SIGNED_BYTES];
	FILE *file;

	avow_sigstruct_message(sig, message);
	write_file("message", message, sizeof(message));
	assert_int_equal(system("openssl dgst -sha256 -sign key.pem -out signature message"), 0);
	file = fopen("signature", "re");
	assert_non_null(file);
	assert_int_equal(fread(signature, 1, SGX_MODULUS_BYTES, file), SGX_MODULUS_BYTES);
	fclose(file);
}

static void test_one_step_is_verified(void **state)
{
	struct avow_sigstruct sig = body();
	u8 message[AVOW_SIGNED_BYTES], signature[SGX_MODULUS_BYTES];
	int i;

	(void)state;
	assert_int_equal(avow_sigstruct_sign(&sig, key), 0);
	for (i = 0; i < SGX_MODULUS_BYTES; i++)
		signature[i] = sig.signature[SGX_MODULUS_BYTES - 1 - i];
	avow_sigstruct_message(&sig, message);
	write_file("message", message, sizeof(message));
	write_file("signature", signature, sizeof(signature));
	assert_int_equal(system("openssl dgst -sha256 -verify public.pem -signature signature message >verified"), 0);
}

static void test_two_steps_give_the_same(void **state)
{
	struct avow_sigstruct one = body(), two = body();
	u8 signature[SGX_MODULUS_BYTES];
	EVP_PKEY *public;
	FILE *file = fopen("public.pem", "re");

	(void)state;
	assert_non_null(file);
	public = PEM_read_PUBKEY(file, NULL, NULL, NULL);
	fclose(file);
	assert_non_null(public);
	sign_elsewhere(&two, signature);
	assert_int_equal(avow_sigstruct_finish(&two, public, signature), 0);
	assert_int_equal(avow_sigstruct_sign(&one, key), 0);
	assert_memory_equal(&one, &two, sizeof(one));
	EVP_PKEY_free(public);
}

static void test_refusals_change_nothing(void **state)
{
	struct avow_sigstruct sig = body(), before = sig;
	u8 signature[SGX_MODULUS_BYTES];
	EVP_PKEY *other;

	(void)state;
	sign_elsewhere(&sig, signature);
	assert_int_equal(avow_key_generate(&other), 0);
	assert_int_equal(avow_sigstruct_finish(&sig, other, signature), -EBADMSG);
	avow_key_free(other);
	signature[200] ^= 1;
	assert_int_equal(avow_sigstruct_finish(&sig, key, signature), -EBADMSG);
	signature[200] ^= 1;
	assert_memory_equal(&sig, &before, sizeof(sig));
	sig.isvsvn = before.isvsvn = 1;
	assert_int_equal(avow_sigstruct_finish(&sig, key, signature), -EBADMSG);
	assert_memory_equal(&sig, &before, sizeof(sig));
}

static int setup(void **state)
{
	(void)state;
	if (!mkdtemp(work) || chdir(work) ||
	    system("openssl genrsa -3 -out key.pem 3072 2>log && openssl rsa -in key.pem -pubout -out public.pem 2>>log"))
		return -1;
	return avow_key_read(&key, "key.pem");
}

static int teardown(void **state)
{
	(void)state;
	avow_key_free(key);
	return unlink("key.pem") | unlink("public.pem") | unlink("message") | unlink("signature") |
	       unlink("verified") | unlink("log") | rmdir(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_step_is_verified),
		cmocka_unit_test(test_two_steps_give_the_same),
		cmocka_unit_test(test_refusals_change_nothing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
