// SPDX-License-Identifier: LGPL-2.1-or-later
/* R36, R37: sealing and reports by libavow-enclave; its AES against OpenSSL's. */
#include <string.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "../../../runtime/aes.h"
#include "called.h"

/* ---- AES, outside: runtime/aes.c is linked with this test ---- */

static void pattern(u8 *to, size_t bytes, unsigned int seed)
{
	for (; bytes; bytes--)
		*to++ = (u8)((seed = seed * 1103515245 + 12345) >> 16);
}

static void cmac_by_openssl(const u8 key[16], const u8 *data, size_t bytes, u8 mac[16])
{
	OSSL_PARAM params[] = { OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_CIPHER, "AES-128-CBC", 0), OSSL_PARAM_END };
	EVP_MAC *cmac = EVP_MAC_fetch(NULL, "CMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(cmac);
	size_t length = 0;

	REQUIRE(ctx && EVP_MAC_init(ctx, key, 16, params) && EVP_MAC_update(ctx, data, bytes) &&
		EVP_MAC_final(ctx, mac, &length, 16) && length == 16);
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(cmac);
}

static void cmac_is_openssls(void)
{
	u8 key[16], data[200], mac[16], want[16];
	struct avow_aes aes;
	unsigned int bytes;

	for (bytes = 0; bytes <= sizeof(data); bytes++) {
		pattern(key, sizeof(key), bytes);
		pattern(data, sizeof(data), bytes + 1000);
		avow_aes_init(&aes, key);
		avow_aes_cmac(&aes, data, bytes, mac);
		cmac_by_openssl(key, data, bytes, want);
		if (memcmp(mac, want, 16))
			FAIL("CMAC of %u bytes", bytes);
	}
}

/* V and the text, of what is authenticated with it. */
static void siv_by_openssl(const u8 keys[32], const struct avow_siv_with with[AVOW_SIV_WITH], const u8 *text, int bytes,
			   u8 *out, u8 v[16])
{
	EVP_CIPHER *siv = EVP_CIPHER_fetch(NULL, "AES-128-SIV", NULL);
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int i, length;

	REQUIRE(siv && ctx && EVP_EncryptInit_ex2(ctx, siv, keys, NULL, NULL));
	for (i = 0; i < AVOW_SIV_WITH; i++)
		REQUIRE(EVP_EncryptUpdate(ctx, NULL, &length, with[i].data, (int)with[i].bytes));
	REQUIRE(EVP_EncryptUpdate(ctx, out, &length, text, bytes));
	REQUIRE(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, 16, v));
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(siv);
}

static void siv_is_openssls(void)
{
	u8 keys[32], first[56], second[40], text[200], out[200], want[200], v[16], want_v[16];
	struct avow_siv siv;
	unsigned int bytes;

	for (bytes = 1; bytes <= sizeof(text); bytes++) {
		const struct avow_siv_with with[AVOW_SIV_WITH] = { { first, sizeof(first) }, { second, bytes % 41 + (bytes % 41 == 0) } };

		pattern(keys, sizeof(keys), bytes);
		pattern(first, sizeof(first), bytes + 300);
		pattern(second, sizeof(second), bytes + 600);
		pattern(text, sizeof(text), bytes + 900);
		avow_aes_init(&siv.mac, keys);
		avow_aes_init(&siv.text, keys + 16);
		avow_siv_mac(&siv, with, text, bytes, v);
		avow_siv_crypt(&siv, v, text, out, bytes);
		siv_by_openssl(keys, with, text, (int)bytes, want, want_v);
		if (memcmp(v, want_v, 16) || memcmp(out, want, bytes))
			FAIL("SIV of %u bytes", bytes);
		avow_siv_crypt(&siv, v, out, out, bytes);
		if (memcmp(out, text, bytes))
			FAIL("SIV of %u bytes, back", bytes);
	}
}

/* ---- sealing ---- */

static struct seal sealed(struct called *in, unsigned int policy, unsigned int bytes)
{
	struct seal s = { .policy = policy, .bytes = bytes, .with = "with this" };

	pattern((u8 *)s.text, sizeof(s.text), bytes);
	EXPECT_CALL(in, EC_SEAL, &s, 0);
	return s;
}

static void expect_unsealed(const char *file, int line, struct called *in, struct seal s, long want)
{
	static const char none[SEAL_TEXT];
	char text[SEAL_TEXT];

	memcpy(text, s.text, sizeof(text));
	memset(s.text, 0x55, s.bytes);
	test_expect_eq(file, line, "unsealed", (u64)called_call(in, EC_UNSEAL, &s), (u64)want);
	if (memcmp(s.text, want ? none : text, s.bytes))
		test_fail(file, line, "the text is not %s", want ? "zero" : "as it was");
}

#define EXPECT_UNSEALED(in, s, want)	expect_unsealed(__FILE__, __LINE__, in, s, want)

static void seals_and_unseals(void)
{
	static const unsigned int sizes[] = { 0, 1, 15, 16, 17, 31, 32, 33, 100, SEAL_TEXT };
	struct called in, other;
	unsigned int i;

	called_load(&in, NULL, NULL);
	called_load(&other, NULL, NULL);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct seal s = sealed(&in, 1, sizes[i]);

		EXPECT_UNSEALED(&in, s, 0);
		EXPECT_UNSEALED(&other, s, 0);
		if (sizes[i] > 14 && memmem(s.sealed, sizeof(s.sealed), s.text, sizes[i]))
			FAIL("%u bytes are there to be read", sizes[i]);
	}
	called_free(&other);
	called_free(&in);
}

/* R37.1: who may unseal what a DEBUG enclave of SVN 2 has sealed. */
static void seals_for(void)
{
	static const struct { struct called_as as; unsigned int unseals; } who[] = {
		{ { "runtime.elf", "key.pem", 0, 2 }, 1 << 1 | 1 << 2 | 1 << 3 },
		{ { "changed.elf", "key.pem", 0, 2 }, 1 << 2 },
		{ { "runtime.elf", "other.pem", 0, 2 }, 1 << 1 },
		{ { "changed.elf", "other.pem", 0, 2 }, 0 },
		{ { "runtime.elf", "key.pem", 0, 3 }, 1 << 1 | 1 << 2 | 1 << 3 },
		{ { "runtime.elf", "key.pem", 0, 1 }, 0 },
		{ { "runtime.elf", "key.pem", ATTR_MODE64BIT, 2 }, 0 },
	};
	struct called in, other;
	unsigned int i, policy;

	called_load_as(&in, &who[0].as);
	for (i = 0; i < sizeof(who) / sizeof(who[0]); i++) {
		called_load_as(&other, &who[i].as);
		for (policy = 1; policy < 4; policy++)
			EXPECT_UNSEALED(&other, sealed(&in, policy, 40), who[i].unseals >> policy & 1 ? 0 : -EBADMSG);
		called_free(&other);
	}
	for (policy = 0; policy < 9; policy += 4)
		EXPECT_EQ(called_call(&in, EC_SEAL, &(struct seal){ .policy = policy }), (u64)-EINVAL);
	called_free(&in);
}

/* Each byte of what was sealed, and of what was sealed with it, counts. */
static void seals_against_changes(void)
{
	struct called in;
	struct seal s, t;
	unsigned int i;

	called_load(&in, NULL, NULL);
	s = sealed(&in, 1, 50);
	for (i = 0; i < s.bytes + 72; i++) {
		t = s;
		t.sealed[i] ^= 1;
		EXPECT_UNSEALED(&in, t, -EBADMSG);
	}
	for (i = 0; i < sizeof(s.with); i++) {
		t = s;
		t.with[i] ^= 0x80;
		EXPECT_UNSEALED(&in, t, -EBADMSG);
	}
	t = s;
	t.bytes--;
	EXPECT_UNSEALED(&in, t, -EBADMSG);
	EXPECT_UNSEALED(&in, s, 0);
	/* The same text is sealed another way each time. */
	t = sealed(&in, 1, 50);
	EXPECT(memcmp(t.sealed + 72, s.sealed + 72, 50) && memcmp(t.sealed + 24, s.sealed + 24, 31));
	called_free(&in);
}

/* The key of what was sealed whose KEYID ends in last; the enclave that sealed it gets it by itself. */
static void seal_key(struct called *in, const struct seal *s, u8 last, u8 to[16])
{
	struct avow_keyrequest request = { .keyname = KEY_SEAL, .attributemask = ATTR_INIT | ATTR_DEBUG };
	struct key k;

	memcpy(&request.keypolicy, s->sealed, 2);
	memcpy(&request.isvsvn, s->sealed + 2, 2);
	memcpy(request.cpusvn, s->sealed + 8, 16);
	memcpy(request.keyid, s->sealed + 24, 32);
	EXPECT_EQ(request.keyid[31], 0);
	request.keyid[31] = last;
	memcpy(k.request, &request, sizeof(request));
	EXPECT_CALL(in, EC_GETKEY, &k, 0);
	memcpy(to, k.key, 16);
}

/* What is sealed today must be unsealed by the runtime of tomorrow: each byte by OpenSSL, and two keys. */
static void sealed_as_described(void)
{
	struct called in;
	struct seal s;
	u8 keys[32], out[SEAL_TEXT], v[16];

	called_load(&in, NULL, NULL);
	s = sealed(&in, 2, 77);
	seal_key(&in, &s, 1, keys);
	seal_key(&in, &s, 2, keys + 16);
	EXPECT(memcmp(keys, keys + 16, 16));
	siv_by_openssl(keys, (const struct avow_siv_with[]){ { s.sealed, 56 }, { s.with, sizeof(s.with) } }, (u8 *)s.text, 77, out, v);
	EXPECT(!memcmp(s.sealed + 56, v, 16) && !memcmp(s.sealed + 72, out, 77));
	called_free(&in);
}

/* ---- reports ---- */

static void reports(void)
{
	struct called in, other;
	struct report to = { .attributes = 0 }, r, self = { .attributes = 0 }, bad;
	u8 mrenclave[32];
	size_t i;

	called_load(&in, NULL, NULL);
	called_load(&other, "changed.elf", "other.pem");
	EXPECT_CALL(&in, EC_SELF, &to, 0);
	EXPECT_CALL(&other, EC_SELF, &self, 0);
	REQUIRE_OK(avow_enclave_mrenclave(other.e, mrenclave));
	EXPECT(!memcmp(self.mrenclave, mrenclave, 32));
	EXPECT(memcmp(self.mrenclave, to.mrenclave, 32) && memcmp(self.mrsigner, to.mrsigner, 32));
	EXPECT_EQ(self.attributes, ATTR_INIT | ATTR_DEBUG | ATTR_MODE64BIT);
	r = to;
	strcpy((char *)r.data, "what it wants to say");
	EXPECT_CALL(&other, EC_REPORT, &r, 0);
	bad = r;
	EXPECT_CALL(&other, EC_VERIFY, &bad, -EBADMSG);		/* it is not for this one */
	bad = r;
	bad.blob[100] ^= 1;
	EXPECT_CALL(&in, EC_VERIFY, &bad, -EBADMSG);
	for (i = offsetof(struct avow_report, mac); i < sizeof(struct avow_report); i++) {
		bad = r;
		bad.blob[i] ^= 1;
		EXPECT_CALL(&in, EC_VERIFY, &bad, -EBADMSG);
	}
	memset(r.mrenclave, 0, sizeof(r.mrenclave));
	memset(r.data, 0, sizeof(r.data));
	EXPECT_CALL(&in, EC_VERIFY, &r, 0);
	EXPECT(!memcmp(r.mrenclave, mrenclave, 32) && !memcmp(r.mrsigner, self.mrsigner, 32));
	EXPECT(!strcmp((char *)r.data, "what it wants to say"));
	bad = to;
	memset(bad.blob, 0xff, sizeof(bad.blob));
	EXPECT_CALL(&in, EC_REPORT, &bad, -EFAULT);
	called_free(&other);
	called_free(&in);
}

static void random_numbers(void)
{
	struct seal a = { .policy = 0 }, b = a;
	struct called in;

	called_load(&in, NULL, NULL);
	EXPECT_CALL(&in, EC_RANDOM, &a, 0);
	EXPECT_CALL(&in, EC_RANDOM, &b, 0);
	EXPECT(memcmp(a.text, b.text, 32) && memcmp(a.text, a.text + 32, 32));
	EXPECT(!a.text[64]);
	called_free(&in);
}

TESTS(
	{ "R36.1 AES-CMAC is OpenSSL's", cmac_is_openssls, ONCE },
	{ "R37.1 AES-SIV is OpenSSL's", siv_is_openssls, ONCE },
	{ "R37.1 seals and unseals", seals_and_unseals, BOTH },
	{ "R37.1 seals for an enclave, a signer, or both", seals_for, ONCE },
	{ "R37.1 what is sealed is AES-SIV with two keys of EGETKEY", sealed_as_described, ONCE },
	{ "R37.1 what was sealed and was changed", seals_against_changes, ONCE },
	{ "R36.1 R36.2 reports", reports, ONCE },
	{ "R37 random numbers", random_numbers, ONCE },
)
