// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sealing and local attestation, all of it inside: the keys are EGETKEY's and never leave.
 * AES is the processor's; there is no library to link with here.
 */
#include <immintrin.h>

#include "sgx_arch.h"
#include "inner.h"
#include "seal.h"

#define AES	__attribute__((target("aes")))

struct cipher {
	__m128i round[11];
};

static void copy(void *to, const void *from, unsigned long bytes)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

AES static __m128i next_round(__m128i key, __m128i assist)
{
	int i;

	for (i = 0; i < 3; i++)
		key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
	return _mm_xor_si128(key, _mm_shuffle_epi32(assist, 0xff));
}

/* The constant of a round is part of its instruction. */
#define ROUND(n, constant)							\
	c->round[n] = next_round(c->round[(n) - 1],				\
				 _mm_aeskeygenassist_si128(c->round[(n) - 1], constant))

AES static void cipher_init(struct cipher *c, const u8 key[16])
{
	c->round[0] = _mm_loadu_si128((const __m128i *)key);
	ROUND(1, 0x01);
	ROUND(2, 0x02);
	ROUND(3, 0x04);
	ROUND(4, 0x08);
	ROUND(5, 0x10);
	ROUND(6, 0x20);
	ROUND(7, 0x40);
	ROUND(8, 0x80);
	ROUND(9, 0x1b);
	ROUND(10, 0x36);
}

AES static __m128i encrypt(const struct cipher *c, __m128i block)
{
	int i;

	block = _mm_xor_si128(block, c->round[0]);
	for (i = 1; i < 10; i++)
		block = _mm_aesenc_si128(block, c->round[i]);
	return _mm_aesenclast_si128(block, c->round[10]);
}

/* The subkey for a last block that is whole: RFC 4493, 2.3. */
static __m128i subkey(const struct cipher *c)
{
	u8 bytes[16];
	u8 carry = 0;
	int i;

	_mm_storeu_si128((__m128i *)bytes, encrypt(c, _mm_setzero_si128()));
	for (i = 15; i >= 0; i--) {
		u8 up = bytes[i] >> 7;

		bytes[i] = (u8)(bytes[i] << 1 | carry);
		carry = up;
	}
	bytes[15] ^= carry ? 0x87 : 0;
	return _mm_loadu_si128((const __m128i *)bytes);
}

/* AES-CMAC of whole blocks, at least one. */
static void cmac(const struct cipher *c, const u8 *data, unsigned long bytes, u8 mac[16])
{
	__m128i x = _mm_setzero_si128();
	unsigned long at;

	for (at = 0; at < bytes; at += 16) {
		x = _mm_xor_si128(x, _mm_loadu_si128((const __m128i *)(data + at)));
		if (at + 16 == bytes)
			x = _mm_xor_si128(x, subkey(c));
		x = encrypt(c, x);
	}
	_mm_storeu_si128((__m128i *)mac, x);
}

static int equal(const u8 *a, const u8 *b, unsigned long bytes)
{
	u8 differ = 0;

	while (bytes--)
		differ |= *a++ ^ *b++;
	return !differ;
}

/* The key of a request, as a cipher. False: EGETKEY refuses it. */
static int key_of(struct cipher *c, u16 name, u16 policy, const u8 keyid[32])
{
	static struct avow_keyrequest request __attribute__((aligned(512)));
	static u8 key[16] __attribute__((aligned(16)));
	struct leaf l = { .rax = ENCLU_EGETKEY, .rbx = (unsigned long)&request, .rcx = (unsigned long)key };

	request.keyname = name;
	request.keypolicy = policy;
	copy(request.keyid, keyid, sizeof(request.keyid));
	__asm__ volatile("" : : : "memory");
	leaf(&l);
	__asm__ volatile("" : : : "memory");
	cipher_init(c, key);
	return !l.rax;
}

/* Counter mode, under the key of the MAC: good enough for a test, and for nothing else. */
static void crypt(const struct cipher *c, u8 text[SEALED_TEXT])
{
	int i;

	for (i = 0; i < SEALED_TEXT / 16; i++) {
		__m128i *at = (__m128i *)(text + 16 * i);
		__m128i pad = encrypt(c, _mm_set_epi32(i, 0, 0, -1));

		_mm_storeu_si128(at, _mm_xor_si128(_mm_loadu_si128(at), pad));
	}
}

/* The host's memory is copied before it is looked at. */
static int seal_key(struct cipher *c, const struct sealed *s)
{
	return key_of(c, KEY_SEAL, (u16)s->policy, s->keyid);
}

void seal(struct op *op)
{
	struct cipher c;
	struct sealed s;

	copy(&s, (const void *)op->addr, sizeof(s));
	copy(s.text, (const void *)op->from, sizeof(s.text));
	op->value = 0;
	if (!seal_key(&c, &s))
		return;
	crypt(&c, s.text);
	cmac(&c, s.text, sizeof(s.text), s.mac);
	copy((void *)op->addr, &s, sizeof(s));
	op->value = 1;
}

void unseal(struct op *op)
{
	struct cipher c;
	struct sealed s;
	u8 mac[16];

	copy(&s, (const void *)op->addr, sizeof(s));
	op->value = 0;
	if (!seal_key(&c, &s))
		return;
	cmac(&c, s.text, sizeof(s.text), mac);
	if (!equal(mac, s.mac, sizeof(mac)))
		return;
	crypt(&c, s.text);
	copy((void *)op->from, s.text, sizeof(s.text));
	op->value = 1;
}

void verify(struct op *op)
{
	struct avow_report report;
	struct cipher c;
	u8 mac[16];

	copy(&report, (const void *)op->from, sizeof(report));
	op->value = 0;
	if (!key_of(&c, KEY_REPORT, 0, report.keyid))
		return;
	cmac(&c, (const u8 *)&report, REPORT_MAC_BYTES, mac);
	op->value = equal(mac, report.mac, sizeof(mac));
}
