// SPDX-License-Identifier: LGPL-2.1-or-later
/* signing_seeds DIR: a SIGSTRUCT, and a key in PEM and DER, private and public, for signing_fuzz. */
#include <string.h>
#include <openssl/pem.h>

#include <libavow.h>

#include "fuzz.h"
#include "key.h"

static const char *directory;

static FILE *file_of(const char *name)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/signing-%s", directory, name);
	file = fopen(path, "w");
	MUST(file);
	return file;
}

static void keep_keys(EVP_PKEY *key)
{
	FILE *file;

	file = file_of("private.pem");
	MUST(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) && !fclose(file));
	file = file_of("traditional.pem");
	MUST(PEM_write_PrivateKey_ex(file, key, NULL, NULL, 0, NULL, NULL, NULL, "type-specific") && !fclose(file));
	file = file_of("public.pem");
	MUST(PEM_write_PUBKEY(file, key) && !fclose(file));
	file = file_of("private.der");
	MUST(i2d_PrivateKey_fp(file, key) && !fclose(file));
	file = file_of("public.der");
	MUST(i2d_PUBKEY_fp(file, key) && !fclose(file));
}

static void keep_sigstruct(EVP_PKEY *key)
{
	const struct avow_params params = { .size = 0x10000 };
	__u8 sigstruct[AVOW_SIGSTRUCT_BYTES];
	struct avow_enclave *e;
	FILE *file = file_of("sigstruct");

	MUST(!avow_enclave_new_offline(&e) && !avow_enclave_create(e, &params) && !avow_enclave_sign(e, key) &&
	     !avow_enclave_get_sigstruct(e, sigstruct));
	MUST(fwrite(sigstruct, sizeof(sigstruct), 1, file) == 1 && !fclose(file));
	avow_enclave_free(e);
}

int main(int argc, char **argv)
{
	EVP_PKEY *key = fuzz_key();

	MUST(argc == 2);
	directory = argv[1];
	keep_keys(key);
	keep_sigstruct(key);
	EVP_PKEY_free(key);
	return EXIT_SUCCESS;
}
