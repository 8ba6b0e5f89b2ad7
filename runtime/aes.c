// SPDX-License-Identifier: LGPL-2.1-or-later
/* AES-128, AES-CMAC, AES-SIV. */
#include <immintrin.h>

#include "aes.h"

#define AES	__attribute__((target("aes")))

static void copy(void *to, const void *from, size_t bytes)
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
	aes->round[n] = next_round(aes->round[(n) - 1],				\
				   _mm_aeskeygenassist_si128(aes->round[(n) - 1], constant))

AES void avow_aes_init(struct avow_aes *aes, const uint8_t key[16])
{
	aes->round[0] = _mm_loadu_si128((const __m128i *)key);
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

AES __m128i avow_aes_encrypt(const struct avow_aes *aes, __m128i block)
{
	int i;

	block = _mm_xor_si128(block, aes->round[0]);
	for (i = 1; i < 10; i++)
		block = _mm_aesenc_si128(block, aes->round[i]);
	return _mm_aesenclast_si128(block, aes->round[10]);
}

/* Times x, in the field and the byte order of both RFCs. */
static __m128i dbl(__m128i block)
{
	uint8_t bytes[16];
	uint8_t carry = 0;
	int i;

	_mm_storeu_si128((__m128i *)bytes, block);
	for (i = 15; i >= 0; i--) {
		uint8_t up = bytes[i] >> 7;

		bytes[i] = (uint8_t)(bytes[i] << 1 | carry);
		carry = up;
	}
	bytes[15] ^= (uint8_t)(-carry & 0x87);	/* no branch by the key */
	return _mm_loadu_si128((const __m128i *)bytes);
}

/* 10...0 behind what is there. */
static __m128i padded(const uint8_t *data, size_t bytes)
{
	uint8_t block[16] = { 0 };

	copy(block, data, bytes);
	block[bytes] = 0x80;
	return _mm_loadu_si128((const __m128i *)block);
}

/* The last bytes of data, 16 or fewer, as CMAC has them. */
static __m128i last_block(const struct avow_aes *aes, const uint8_t *data, size_t bytes)
{
	__m128i key = dbl(avow_aes_encrypt(aes, _mm_setzero_si128()));

	if (bytes == 16)
		return _mm_xor_si128(_mm_loadu_si128((const __m128i *)data), key);
	return _mm_xor_si128(padded(data, bytes), dbl(key));
}

/* CMAC goes on from x. */
static __m128i cmac_from(const struct avow_aes *aes, __m128i x, const uint8_t *data, size_t bytes)
{
	for (; bytes > 16; data += 16, bytes -= 16)
		x = avow_aes_encrypt(aes, _mm_xor_si128(x, _mm_loadu_si128((const __m128i *)data)));
	return avow_aes_encrypt(aes, _mm_xor_si128(x, last_block(aes, data, bytes)));
}

void avow_aes_cmac(const struct avow_aes *aes, const void *data, size_t bytes, uint8_t mac[16])
{
	_mm_storeu_si128((__m128i *)mac, cmac_from(aes, _mm_setzero_si128(), data, bytes));
}

/* CMAC of data with d xored to its last 16 bytes, of which there are as many. */
static __m128i cmac_xorend(const struct avow_aes *aes, __m128i d, const uint8_t *data, size_t bytes)
{
	__m128i x = _mm_setzero_si128();
	uint8_t end[32];
	__m128i *at;

	for (; bytes >= 32; data += 16, bytes -= 16)
		x = avow_aes_encrypt(aes, _mm_xor_si128(x, _mm_loadu_si128((const __m128i *)data)));
	copy(end, data, bytes);
	at = (__m128i *)(end + bytes - 16);
	_mm_storeu_si128(at, _mm_xor_si128(_mm_loadu_si128(at), d));
	return cmac_from(aes, x, end, bytes);
}

/* S2V. */
void avow_siv_mac(const struct avow_siv *siv, const struct avow_siv_with with[AVOW_SIV_WITH], const void *text,
		  size_t bytes, uint8_t v[16])
{
	const struct avow_aes *aes = &siv->mac;
	__m128i zero = _mm_setzero_si128(), d, t;
	int i;

	d = avow_aes_encrypt(aes, _mm_xor_si128(zero, dbl(avow_aes_encrypt(aes, zero))));
	for (i = 0; i < AVOW_SIV_WITH; i++)
		d = _mm_xor_si128(dbl(d), cmac_from(aes, zero, with[i].data, with[i].bytes));
	if (bytes >= 16) {
		t = cmac_xorend(aes, d, text, bytes);
	} else {
		t = _mm_xor_si128(dbl(d), padded(text, bytes));
		t = cmac_from(aes, zero, (const uint8_t *)&t, sizeof(t));
	}
	_mm_storeu_si128((__m128i *)v, t);
}

/* The counter is a big-endian number; its bit 63 is clear, so that its lower half does not overflow. */
void avow_siv_crypt(const struct avow_siv *siv, const uint8_t v[16], const void *from, void *to, size_t bytes)
{
	const uint8_t *in = from;
	uint8_t *out = to;
	uint64_t half[2];
	size_t at, i;

	copy(half, v, sizeof(half));
	half[1] = __builtin_bswap64(half[1]) & 0x7fffffff7fffffffULL;
	for (at = 0; at < bytes; at += 16, half[1]++) {
		uint64_t counter[2] = { half[0], __builtin_bswap64(half[1]) };
		uint8_t pad[16];

		_mm_storeu_si128((__m128i *)pad, avow_aes_encrypt(&siv->text, _mm_loadu_si128((__m128i *)counter)));
		for (i = 0; i < 16 && at + i < bytes; i++)
			out[at + i] = in[at + i] ^ pad[i];
	}
}
