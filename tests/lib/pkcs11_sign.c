// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pkcs11_sign PRIVATE PUBLIC PEM: the same SIGSTRUCT by the key that PRIVATE names and by that in
 * the file PEM, and PUBLIC is enough to put a signature in. Exit status 3: PRIVATE cannot be read.
 */
#include <stdio.h>
#include <string.h>
#include <libavow.h>
#include <openssl/evp.h>

static void on_message(void *context, int err, const char *text)
{
	fprintf(context, "# %d: %s\n", err, text);
}

static int elsewhere(EVP_PKEY *key, const __u8 *message, __u8 *signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t length = AVOW_SIGNATURE_BYTES;
	int ok;

	ok = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestSign(ctx, signature, &length, message, AVOW_SIGNED_BYTES) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -1;
}

static int compare(EVP_PKEY *token, EVP_PKEY *public, EVP_PKEY *file)
{
	__u8 one[AVOW_SIGSTRUCT_BYTES], two[AVOW_SIGSTRUCT_BYTES], three[AVOW_SIGSTRUCT_BYTES];
	__u8 message[AVOW_SIGNED_BYTES], signature[AVOW_SIGNATURE_BYTES];
	const struct avow_params params = { .size = 0x10000 };
	struct avow_enclave *e;
	int err;

	err = avow_enclave_new_offline(&e) || avow_enclave_create(e, &params) ||
	      avow_enclave_sign(e, token) || avow_enclave_get_sigstruct(e, one) ||
	      avow_enclave_sign(e, file) || avow_enclave_get_sigstruct(e, two) ||
	      avow_enclave_begin_signature(e, message) || elsewhere(token, message, signature) ||
	      avow_enclave_finish_signature(e, public, signature) || avow_enclave_get_sigstruct(e, three);
	avow_enclave_free(e);
	return err || memcmp(one, two, sizeof(one)) || memcmp(one, three, sizeof(one));
}

int main(int argc, char **argv)
{
	EVP_PKEY *token, *public, *file;
	int err;

	if (argc != 4)
		return 2;
	avow_set_message_handler(on_message, stderr, NULL, NULL);
	if (avow_key_read(&token, argv[1]))
		return 3;
	if (avow_key_read_public(&public, argv[2]) || avow_key_read(&file, argv[3]))
		return 1;
	err = compare(token, public, file);
	avow_key_free(token);
	avow_key_free(public);
	avow_key_free(file);
	return err ? 1 : 0;
}
