// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R21.3, R22.3, R23: enclaves that are built, measured and signed without a device, by <libavow.h>
 * alone. The measurement is judged by a second one of this file, made by SDM's records; what each
 * function refuses has its errno and a message, and changes nothing.
 */
#include "told.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#define PAGE	4096
#define SIZE	0x10000

static char work[] = "/tmp/build-XXXXXX";
static struct evp_pkey_st *key;
static _Alignas(PAGE) unsigned char pages[2 * PAGE];

static struct avow_enclave *created(void)
{
	const struct avow_params params = { .size = SIZE };
	struct avow_enclave *e;

	ALLOWED(avow_enclave_new_offline(&e));
	ALLOWED(avow_enclave_create(e, &params));
	return e;
}

static struct avow_pages pages_at(__u64 offset, __u64 length)
{
	return (struct avow_pages){
		.src = pages,
		.offset = offset,
		.length = length,
		.secinfo = avow_secinfo_reg(AVOW_R | AVOW_W),
		.flags = SGX_PAGE_MEASURE,
	};
}

/* ---- a second measurement ---- */

static void number(unsigned char *to, __u64 n, int bytes)
{
	while (bytes--) {
		*to++ = (unsigned char)n;
		n >>= 8;
	}
}

static void record(EVP_MD_CTX *ctx, const char *tag, __u64 first, __u64 second, int first_bytes)
{
	unsigned char bytes[64] = { 0 };

	memcpy(bytes, tag, strlen(tag));
	number(bytes + 8, first, first_bytes);
	number(bytes + 8 + first_bytes, second, 8);
	assert_int_equal(EVP_DigestUpdate(ctx, bytes, sizeof(bytes)), 1);
}

/* ECREATE, and the pages of pages[] from offset 0x1000 on, measured or not. */
static void measure(bool contents, unsigned char digest[32])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned int page, at;

	assert_int_equal(EVP_DigestInit_ex(ctx, EVP_sha256(), NULL), 1);
	record(ctx, "ECREATE", 1, SIZE, 4);
	for (page = 0; page < 2; page++) {
		record(ctx, "EADD", PAGE + page * PAGE, 0x203, 8);
		for (at = 0; contents && at < PAGE; at += 256) {
			record(ctx, "EEXTEND", PAGE + page * PAGE + at, 0, 8);
			EVP_DigestUpdate(ctx, pages + page * PAGE + at, 256);
		}
	}
	EVP_DigestFinal_ex(ctx, digest, NULL);
	EVP_MD_CTX_free(ctx);
}

static void measures_as_the_manual_says(void **state)
{
	struct avow_pages p = pages_at(PAGE, 2 * PAGE);
	unsigned char got[AVOW_MRENCLAVE_BYTES], want[32];
	__u64 count;
	int contents;

	(void)state;
	for (contents = 0; contents < 2; contents++) {
		struct avow_enclave *e = created();

		p.flags = contents ? SGX_PAGE_MEASURE : 0;
		ALLOWED(avow_enclave_add(e, &p, &count));
		assert_int_equal(count, 2 * PAGE);
		ALLOWED(avow_enclave_mrenclave(e, got));
		measure(contents, want);
		assert_memory_equal(got, want, sizeof(want));
		avow_enclave_free(e);
	}
}

/* ---- what is refused ---- */

static void parameters_that_are_refused(void **state)
{
	struct avow_params params = { .size = SIZE };
	struct avow_enclave *e;

	(void)state;
	ALLOWED(avow_enclave_new_offline(&e));
	params.size = 0;
	REFUSED(avow_enclave_create(e, &params), EINVAL, "power of two");
	params.size = 3 * PAGE;
	REFUSED(avow_enclave_create(e, &params), EINVAL, "power of two, not 0x3000");
	params.size = SIZE;
	params.reserved[3] = 1;
	REFUSED(avow_enclave_create(e, &params), EINVAL, "reserved");
	assert_int_equal(avow_enclave_size(e), 0);
	params.reserved[3] = 0;
	ALLOWED(avow_enclave_create(e, &params));
	assert_int_equal(avow_enclave_size(e), SIZE);
	REFUSED(avow_enclave_create(e, &params), EINVAL, "created before");
	avow_enclave_free(e);
}

static void pages_that_are_refused(void **state)
{
	static const struct { __u64 offset, length; } bad[] = {
		{ 1, PAGE }, { 0, 100 }, { 0, 0 }, { SIZE, PAGE }, { SIZE - PAGE, 2 * PAGE },
		{ 0, SIZE + PAGE }, { ~0ULL - PAGE + 1, 2 * PAGE }, { PAGE, ~0ULL - PAGE + 1 },
	};
	unsigned char before[32], after[32];
	struct avow_enclave *e;
	__u64 count = 77;
	size_t i;

	(void)state;
	ALLOWED(avow_enclave_new_offline(&e));
	REFUSED(avow_enclave_add(e, &(struct avow_pages){ .src = pages, .length = PAGE }, NULL), EINVAL, "after");
	REFUSED(avow_enclave_declare(e, 0, PAGE, AVOW_R), EINVAL, "after");
	avow_enclave_free(e);
	e = created();
	ALLOWED(avow_enclave_mrenclave(e, before));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct avow_pages p = pages_at(bad[i].offset, bad[i].length);

		REFUSED(avow_enclave_add(e, &p, &count), EINVAL, "ADD_PAGES at offset");
		assert_int_equal(count, 0);
		REFUSED(avow_enclave_declare(e, bad[i].offset, bad[i].length, AVOW_R), EINVAL, "declared");
	}
	REFUSED(avow_enclave_declare(e, 0, PAGE, AVOW_W), EINVAL, "intent 0x2");
	REFUSED(avow_enclave_declare(e, 0, PAGE, AVOW_W | AVOW_X), EINVAL, "intent 0x6");
	REFUSED(avow_enclave_declare(e, 0, PAGE, 8 | AVOW_R), EINVAL, "intent 0x9");
	ALLOWED(avow_enclave_declare(e, 0, PAGE, AVOW_RWX));
	ALLOWED(avow_enclave_mrenclave(e, after));
	assert_memory_equal(before, after, sizeof(before));
	avow_enclave_free(e);
}

static void what_needs_a_device(void **state)
{
	struct avow_enclave *e = created();
	struct avow_call call = { 0 };
	__u64 count = 77;

	(void)state;
	assert_int_equal(avow_enclave_fd(e), -1);
	assert_int_equal(avow_enclave_features(e), 0);
	assert_int_equal(avow_enclave_base(e), 0);
	REFUSED(avow_enclave_init(e), ENODEV, "INIT: this enclave has no device");
	REFUSED(avow_enclave_map(e, 0, PAGE, 1), ENODEV, "mmap()");
	REFUSED(avow_enclave_enter(e, 0, &call), ENODEV, "EENTER");
	REFUSED(avow_enclave_restrict(e, 0, PAGE, AVOW_R, &count), ENODEV, "RESTRICT_PERMISSIONS");
	REFUSED(avow_enclave_modify_types(e, 0, PAGE, AVOW_TYPE_TRIM, NULL), ENODEV, "MODIFY_TYPES");
	REFUSED(avow_enclave_remove(e, 0, PAGE, NULL), ENODEV, "REMOVE_PAGES");
	assert_int_equal(count, 0);
	avow_enclave_free(e);
	avow_enclave_free(NULL);
}

static void devices_that_are_none(void **state)
{
	struct avow_enclave *e = (void *)1;

	(void)state;
	REFUSED(avow_enclave_new(&e, "/dev/null"), ENODEV, "/dev/null: not a device for enclaves");
	assert_null(e);
	REFUSED(avow_enclave_new(&e, "/nowhere"), ENOENT, "/nowhere: No such file");
	assert_null(e);
}

/* ---- signatures ---- */

static void signs_what_was_added(void **state)
{
	const struct avow_signing signing = {
		.isv_prod_id = 0x1234,
		.isv_svn = 7,
		.date = 0x20261128,
		.attributes_any = 2,
		.isv_family_id = "family",
	};
	struct avow_signing bad = signing;
	unsigned char sig[AVOW_SIGSTRUCT_BYTES], want[32];
	struct avow_pages p = pages_at(PAGE, 2 * PAGE);
	struct avow_enclave *e;

	(void)state;
	ALLOWED(avow_enclave_new_offline(&e));
	REFUSED(avow_enclave_mrenclave(e, want), EINVAL, "before the enclave is created");
	REFUSED(avow_enclave_sign(e, key), EINVAL, "before the enclave is created");
	REFUSED(avow_enclave_get_sigstruct(e, sig), EINVAL, "not signed");
	avow_enclave_free(e);
	e = created();
	ALLOWED(avow_enclave_add(e, &p, NULL));
	bad.reserved1 = 1;
	REFUSED(avow_enclave_set_signing(e, &bad), EINVAL, "reserved");
	bad.reserved1 = 0;
	bad.reserved2[3] = 1;
	REFUSED(avow_enclave_set_signing(e, &bad), EINVAL, "reserved");
	ALLOWED(avow_enclave_set_signing(e, &signing));
	ALLOWED(avow_enclave_sign(e, key));
	ALLOWED(avow_enclave_get_sigstruct(e, sig));
	/* Offsets of SDM's table of SIGSTRUCT. */
	measure(true, want);
	assert_memory_equal(sig + 960, want, 32);
	assert_memory_equal(sig + 20, "\x28\x11\x26\x20", 4);
	assert_memory_equal(sig + 1024, "\x34\x12\x07\x00", 4);
	assert_memory_equal(sig + 928, "\x06\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0\xfd\xff\xff\xff\xff\xff\xff\xff", 24);
	assert_string_equal(sig + 912, "family");
	avow_enclave_free(e);
}

static void two_steps_give_the_same(void **state)
{
	unsigned char message[AVOW_SIGNED_BYTES], signature[AVOW_SIGNATURE_BYTES], swapped[AVOW_SIGSTRUCT_BYTES];
	unsigned char one[AVOW_SIGSTRUCT_BYTES], two[AVOW_SIGSTRUCT_BYTES];
	struct avow_enclave *e = created(), *other = created();
	struct evp_pkey_st *public;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t length = sizeof(signature);

	(void)state;
	ALLOWED(avow_key_read_public(&public, "public.pem"));
	ALLOWED(avow_enclave_sign(e, key));
	ALLOWED(avow_enclave_get_sigstruct(e, one));
	ALLOWED(avow_enclave_begin_signature(other, message));
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestSign(ctx, signature, &length, message, sizeof(message)), 1);
	EVP_MD_CTX_free(ctx);
	signature[5] ^= 1;
	REFUSED(avow_enclave_finish_signature(other, public, signature), EBADMSG, "not a signature");
	REFUSED(avow_enclave_get_sigstruct(other, two), EINVAL, "not signed");
	signature[5] ^= 1;
	ALLOWED(avow_enclave_finish_signature(other, public, signature));
	ALLOWED(avow_enclave_get_sigstruct(other, two));
	assert_memory_equal(one, two, sizeof(one));
	memset(swapped, 0x11, sizeof(swapped));
	ALLOWED(avow_enclave_set_sigstruct(other, swapped));
	ALLOWED(avow_enclave_get_sigstruct(other, two));
	assert_memory_equal(swapped, two, sizeof(two));
	avow_key_free(public);
	avow_enclave_free(e);
	avow_enclave_free(other);
}

/* The modulus and exponent of key, and of its private exponent something else: it signs, and wrongly. */
static struct evp_pkey_st *key_that_signs_wrongly(void)
{
	static const char *const names[] = { OSSL_PKEY_PARAM_RSA_N, OSSL_PKEY_PARAM_RSA_E, OSSL_PKEY_PARAM_RSA_D };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *numbers[3] = { NULL };
	struct evp_pkey_st *wrong = NULL;
	OSSL_PARAM *params;
	int i;

	for (i = 0; i < 3; i++)
		assert_int_equal(EVP_PKEY_get_bn_param(key, names[i], &numbers[i]), 1);
	assert_int_equal(BN_sub_word(numbers[2], 2), 1);
	for (i = 0; i < 3; i++)
		assert_int_equal(OSSL_PARAM_BLD_push_BN(build, names[i], numbers[i]), 1);
	params = OSSL_PARAM_BLD_to_param(build);
	assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
	assert_int_equal(EVP_PKEY_fromdata(ctx, &wrong, EVP_PKEY_KEYPAIR, params), 1);
	OSSL_PARAM_free(params);
	for (i = 0; i < 3; i++)
		BN_clear_free(numbers[i]);
	OSSL_PARAM_BLD_free(build);
	EVP_PKEY_CTX_free(ctx);
	return wrong;
}

/* R23.7: what a key's provider makes is kept only if it is a signature. */
static void no_wrong_signature_is_kept(void **state)
{
	unsigned char before[AVOW_SIGSTRUCT_BYTES], after[AVOW_SIGSTRUCT_BYTES];
	struct evp_pkey_st *wrong = key_that_signs_wrongly();
	struct avow_enclave *e = created();

	(void)state;
	REFUSED(avow_enclave_sign(e, wrong), EIO, "what the key's provider signed does not verify");
	REFUSED(avow_enclave_get_sigstruct(e, after), EINVAL, "not signed");
	ALLOWED(avow_enclave_sign(e, key));
	ALLOWED(avow_enclave_get_sigstruct(e, before));
	REFUSED(avow_enclave_sign(e, wrong), EIO, "does not verify");
	ALLOWED(avow_enclave_get_sigstruct(e, after));
	assert_memory_equal(before, after, sizeof(before));
	avow_key_free(wrong);
	avow_enclave_free(e);
}

/* The same of the second step, with numbers that no key signs, from none to those above each modulus. */
static void no_wrong_signature_is_taken(void **state)
{
	unsigned char message[AVOW_SIGNED_BYTES], signature[AVOW_SIGNATURE_BYTES], sig[AVOW_SIGSTRUCT_BYTES];
	static const unsigned char fills[] = { 0, 1, 0x7f, 0xff };
	struct avow_enclave *e = created();
	size_t i;

	(void)state;
	ALLOWED(avow_enclave_sign(e, key));
	ALLOWED(avow_enclave_begin_signature(e, message));
	REFUSED(avow_enclave_get_sigstruct(e, sig), EINVAL, "not signed");
	for (i = 0; i < sizeof(fills); i++) {
		memset(signature, fills[i], sizeof(signature));
		REFUSED(avow_enclave_finish_signature(e, key, signature), EBADMSG, "not a signature");
		REFUSED(avow_enclave_get_sigstruct(e, sig), EINVAL, "not signed");
	}
	avow_enclave_free(e);
}

static void keys_that_are_refused(void **state)
{
	static const struct { const char *name, *words; int err; } bad[] = {
		{ "nowhere.pem", "nowhere.pem: No such file", ENOENT },
		{ "public.pem", "no private key", EINVAL },
		{ "small.pem", "not an RSA key of 3072 bits", EINVAL },
		{ "f4.pem", "exponent 3", EINVAL },
		{ "ec.pem", "not an RSA key", EINVAL },
		{ "locked.pem", "without a passphrase", EINVAL },
		{ "log", "no private key", EINVAL },
		{ "nothing:at/all", "no private key", EINVAL },
	};
	unsigned char message[AVOW_SIGNED_BYTES], signature[AVOW_SIGNATURE_BYTES] = { 0 };
	struct avow_enclave *e = created();
	struct evp_pkey_st *read, *small = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		read = (void *)1;
		REFUSED(avow_key_read(&read, bad[i].name), bad[i].err, bad[i].words);
		assert_null(read);
	}
	ALLOWED(avow_key_read(&read, "key.der"));
	ALLOWED(avow_enclave_sign(e, read));
	avow_key_free(read);
	small = EVP_EC_gen("P-256");
	REFUSED(avow_enclave_sign(e, small), EINVAL, "not an RSA key");
	ALLOWED(avow_enclave_begin_signature(e, message));
	REFUSED(avow_enclave_finish_signature(e, small, signature), EINVAL, "not an RSA key");
	avow_key_free(small);
	avow_key_free(NULL);
	avow_enclave_free(e);
}

/* ---- messages ---- */

static void *refused_elsewhere(void *unused)
{
	struct evp_pkey_st *none;

	(void)unused;
	return (void *)(intptr_t)avow_key_read(&none, "nowhere.pem");
}

static void recursive(void *context, int err, const char *text)
{
	struct evp_pkey_st *none;

	on_message(context, err, text);
	avow_key_read(&none, "nowhere.pem");
}

/* A handler is a thread's own; what it refuses itself is not told; the former one comes back. */
static void messages_are_a_threads_own(void **state)
{
	struct evp_pkey_st *none;
	avow_message_fn old_fn;
	void *old_context, *ret;
	pthread_t thread;

	(void)state;
	told.nr = 0;
	assert_int_equal(pthread_create(&thread, NULL, refused_elsewhere, NULL), 0);
	pthread_join(thread, &ret);
	assert_int_equal((intptr_t)ret, -ENOENT);
	assert_int_equal(told.nr, 0);
	avow_set_message_handler(recursive, &told, &old_fn, &old_context);
	assert_ptr_equal(old_context, &told);
	REFUSED(avow_key_read(&none, "nowhere.pem"), ENOENT, "nowhere.pem");
	avow_set_message_handler(NULL, NULL, NULL, NULL);
	told.nr = 0;
	assert_int_equal(avow_key_read(&none, "nowhere.pem"), -ENOENT);
	assert_int_equal(told.nr, 0);
	avow_set_message_handler(old_fn, old_context, NULL, NULL);
	REFUSED(avow_key_read(&none, "nowhere.pem"), ENOENT, "nowhere.pem");
	assert_non_null(strchr(avow_version(), '.'));
}

static int setup(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pages); i++)
		pages[i] = (unsigned char)(i * 7 + i / 256);
	if (!mkdtemp(work) || chdir(work) ||
	    system("exec 2>log; openssl genrsa -3 -out key.pem 3072 && openssl rsa -in key.pem -pubout -out public.pem &&"
		   "openssl rsa -in key.pem -outform DER -out key.der && openssl genrsa -3 -out small.pem 2048 &&"
		   "openssl genrsa -out f4.pem 3072 && openssl ecparam -name prime256v1 -genkey -noout -out ec.pem &&"
		   "openssl rsa -in key.pem -aes256 -passout pass:secret -out locked.pem"))
		return -1;
	listen_to_library();
	return avow_key_read(&key, "key.pem");
}

static int teardown(void **state)
{
	(void)state;
	avow_key_free(key);
	return system("rm key.pem public.pem key.der small.pem f4.pem ec.pem locked.pem log") || chdir("/") ||
	       rmdir(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(measures_as_the_manual_says),
		cmocka_unit_test(parameters_that_are_refused),
		cmocka_unit_test(pages_that_are_refused),
		cmocka_unit_test(what_needs_a_device),
		cmocka_unit_test(devices_that_are_none),
		cmocka_unit_test(signs_what_was_added),
		cmocka_unit_test(two_steps_give_the_same),
		cmocka_unit_test(no_wrong_signature_is_kept),
		cmocka_unit_test(no_wrong_signature_is_taken),
		cmocka_unit_test(keys_that_are_refused),
		cmocka_unit_test(messages_are_a_threads_own),
	};

	return cmocka_run_group_tests_name("libavow without a device", tests, setup, teardown);
}
