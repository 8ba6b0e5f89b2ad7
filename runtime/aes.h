/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AES-128 by the processor's instructions, and what is made of it. For enclaves, which have no library. */
#ifndef AVOW_RUNTIME_AES_H
#define AVOW_RUNTIME_AES_H

#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(hidden)

struct avow_aes {
	__m128i round[11];
};

void avow_aes_init(struct avow_aes *aes, const uint8_t key[16]);
__m128i avow_aes_encrypt(const struct avow_aes *aes, __m128i block);

/* AES-CMAC, RFC 4493. */
void avow_aes_cmac(const struct avow_aes *aes, const void *data, size_t bytes, uint8_t mac[16]);

/* AES-SIV, RFC 5297: two keys, what else is authenticated, the text, which is changed where it is. */
struct avow_siv {
	struct avow_aes mac, text;
};

#define AVOW_SIV_WITH	2

struct avow_siv_with {
	const void *data;
	size_t bytes;
};

void avow_siv_mac(const struct avow_siv *siv, const struct avow_siv_with with[AVOW_SIV_WITH], const void *text,
		  size_t bytes, uint8_t v[16]);
/* Both ways. */
void avow_siv_crypt(const struct avow_siv *siv, const uint8_t v[16], const void *from, void *to, size_t bytes);

#pragma GCC visibility pop

#endif
