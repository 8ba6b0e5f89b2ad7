// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * R38.1: a crypto library still computes what it should when its CPUID is replaced. It
 * has the instruction's bytes in its tables, too: where those are changed, some signatures
 * are wrong. The test runs itself by avow exec; there it signs and verifies.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "test.h"

#define SIGNATURES	200u
#define KEYS		20
#define DIGEST		32

struct signed_digest {
	u8 digest[DIGEST], signature[128];
	size_t length;
};

/* As a second opinion for verifying: the mathematics without the curve's own code. */
static EVP_PKEY *without_tables(EVP_PKEY *key)
{
	EVP_PKEY *other = EVP_PKEY_dup(key);

	if (other && EVP_PKEY_set_utf8_string_param(other, "encoding", "explicit") == 1)
		return other;
	EVP_PKEY_free(other);
	return NULL;
}

static bool sign(EVP_PKEY *key, struct signed_digest *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good;

	s->length = sizeof(s->signature);
	good = ctx && RAND_bytes(s->digest, DIGEST) == 1 && EVP_PKEY_sign_init(ctx) == 1 &&
	       EVP_PKEY_sign(ctx, s->signature, &s->length, s->digest, DIGEST) == 1;
	EVP_PKEY_CTX_free(ctx);
	return good;
}

static bool verify(EVP_PKEY *key, const struct signed_digest *s)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
		    EVP_PKEY_verify(ctx, s->signature, s->length, s->digest, DIGEST) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* "good N bad N forged N", where forged are wrong signatures that verify. */
static int play(void)
{
	unsigned int good = 0, bad = 0, forged = 0;
	struct signed_digest s;
	EVP_PKEY *key = NULL, *other = NULL;

	for (unsigned int i = 0; i < SIGNATURES; i++) {
		if (i % (SIGNATURES / KEYS) == 0) {
			EVP_PKEY_free(key);
			EVP_PKEY_free(other);
			key = EVP_EC_gen("P-256");
			other = key ? without_tables(key) : NULL;
			REQUIRE(key && other);
		}
		if (sign(key, &s) && verify(key, &s) && verify(other, &s))
			good++;
		else
			bad++;
		s.digest[i % DIGEST] ^= 1;
		forged += verify(key, &s);
	}
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	printf("good %u bad %u forged %u\n", good, bad, forged);
	return 0;
}

static void signatures_are_good(void)
{
	char line[512], want[64];
	bool seen = false;
	FILE *pipe;

	snprintf(want, sizeof(want), "good %u bad 0 forged 0\n", SIGNATURES);
	fflush(stdout);
	pipe = popen("avow exec --verbose -- /tests/cpuid_ecdsa sign 2>&1", "re");
	REQUIRE(pipe);
	while (fgets(line, sizeof(line), pipe)) {
		unsigned int replaced;
		const char *at = strstr(line, "libcrypto.so.3: ");

		printf("# %s", line);
		if (!strncmp(line, "good ", 5))
			EXPECT(!strcmp(line, want));
		/* Otherwise it would show nothing. */
		if (at && sscanf(at, "libcrypto.so.3: %u replaced", &replaced) == 1)
			seen = replaced > 0;
	}
	EXPECT(seen);
	EXPECT_EQ(pclose(pipe), 0);
}

int main(int argc, char **argv)
{
	static const struct test tests[] = {
		{ "R38.1 200 ECDSA signatures of OpenSSL are good by avow exec", signatures_are_good, ONCE },
	};

	if (argc > 1 && !strcmp(argv[1], "sign"))
		return play();
	return test_main(tests, sizeof(tests) / sizeof(tests[0]));
}
