// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * proof FILE: at build time, a header with the SIGSTRUCT of the enclave that prove.c makes,
 * which has no pages. RSA keys take long to make, so it is not made when it is needed. It is no
 * secret, but the same in each build, so that builds of the same source are the same: nobody is
 * to trust it.
 */
#define OPENSSL_SUPPRESS_DEPRECATED	/* RAND_set_rand_method(), for which there is no other */
#include <stdio.h>
#include <string.h>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "enclave.h"

#define SIZE	(2 * SGX_PAGE_SIZE)

/* SHA-256 of a counter, instead of random numbers. */
static int next_bytes(unsigned char *to, int length)
{
	static u64 counter;
	u8 block[SHA256_DIGEST_LENGTH];

	for (int at = 0; at < length; at += (int)sizeof(block)) {
		counter++;
		SHA256((const u8 *)&counter, sizeof(counter), block);
		memcpy(to + at, block, (size_t)(length - at) < sizeof(block) ? (size_t)(length - at) : sizeof(block));
	}
	return 1;
}

static int ready(void)
{
	return 1;
}

static int use_known_numbers(void)
{
	static const RAND_METHOD known = { .bytes = next_bytes, .pseudorand = next_bytes, .status = ready };

	return RAND_set_rand_method(&known) == 1 ? 0 : -EIO;
}

static int sign(struct avow_sigstruct *sig)
{
	struct avow_enclave e = { .fd = -1 };
	const struct avow_params params = { .size = SIZE, .attributes = ATTR_MODE64BIT };
	EVP_PKEY *key = NULL;
	int err;

	err = use_known_numbers();
	if (!err)
		err = avow_enclave_prepare(&e, &params);
	if (!err)
		err = avow_key_generate(&key);
	if (!err)
		err = avow_enclave_sign(&e, key);
	*sig = e.sig;
	avow_key_free(key);
	avow_enclave_close(&e);
	return err;
}

int main(int argc, char **argv)
{
	struct avow_sigstruct sig;
	const u8 *bytes = (const u8 *)&sig;
	FILE *file;
	size_t i;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: proof FILE\n");
		return 2;
	}
	err = sign(&sig);
	if (err) {
		fprintf(stderr, "proof: %s\n", strerror(-err));
		return 1;
	}
	file = fopen(argv[1], "we");
	if (!file) {
		perror(argv[1]);
		return 1;
	}
	fprintf(file, "#define PROOF_SIZE %llu\n\nstatic const unsigned char proof_sigstruct[] = {", (u64)SIZE);
	for (i = 0; i < sizeof(sig); i++)
		fprintf(file, "%s%u,", i % 16 ? " " : "\n\t", bytes[i]);
	fputs("\n};\n", file);
	if (ferror(file) | fclose(file)) {
		fprintf(stderr, "proof: %s: not written\n", argv[1]);
		return 1;
	}
	return 0;
}
