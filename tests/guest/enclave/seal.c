// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Sealing and local attestation, all of it inside: the keys are EGETKEY's and never leave.
 * AES is the runtime's.
 */
#include <immintrin.h>

#include "../../../runtime/aes.h"
#include "sgx_arch.h"
#include "inner.h"
#include "seal.h"

static void copy(void *to, const void *from, unsigned long bytes)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

static int equal(const u8 *a, const u8 *b, unsigned long bytes)
{
	u8 differ = 0;

	while (bytes--)
		differ |= *a++ ^ *b++;
	return !differ;
}

/* The key of a request, as a cipher. False: EGETKEY refuses it. */
static int key_of(struct avow_aes *c, u16 name, u16 policy, const u8 keyid[32])
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
	avow_aes_init(c, key);
	return !l.rax;
}

/* Counter mode, under the key of the MAC: good enough for a test, and for nothing else. */
static void crypt(const struct avow_aes *c, u8 text[SEALED_TEXT])
{
	int i;

	for (i = 0; i < SEALED_TEXT / 16; i++) {
		__m128i *at = (__m128i *)(text + 16 * i);
		__m128i pad = avow_aes_encrypt(c, _mm_set_epi32(i, 0, 0, -1));

		_mm_storeu_si128(at, _mm_xor_si128(_mm_loadu_si128(at), pad));
	}
}

/* The host's memory is copied before it is looked at. */
static int seal_key(struct avow_aes *c, const struct sealed *s)
{
	return key_of(c, KEY_SEAL, (u16)s->policy, s->keyid);
}

void seal(struct op *op)
{
	struct avow_aes c;
	struct sealed s;

	copy(&s, (const void *)op->addr, sizeof(s));
	copy(s.text, (const void *)op->from, sizeof(s.text));
	op->value = 0;
	if (!seal_key(&c, &s))
		return;
	crypt(&c, s.text);
	avow_aes_cmac(&c, s.text, sizeof(s.text), s.mac);
	copy((void *)op->addr, &s, sizeof(s));
	op->value = 1;
}

void unseal(struct op *op)
{
	struct avow_aes c;
	struct sealed s;
	u8 mac[16];

	copy(&s, (const void *)op->addr, sizeof(s));
	op->value = 0;
	if (!seal_key(&c, &s))
		return;
	avow_aes_cmac(&c, s.text, sizeof(s.text), mac);
	if (!equal(mac, s.mac, sizeof(mac)))
		return;
	crypt(&c, s.text);
	copy((void *)op->from, s.text, sizeof(s.text));
	op->value = 1;
}

void verify(struct op *op)
{
	struct avow_report report;
	struct avow_aes c;
	u8 mac[16];

	copy(&report, (const void *)op->from, sizeof(report));
	op->value = 0;
	if (!key_of(&c, KEY_REPORT, 0, report.keyid))
		return;
	avow_aes_cmac(&c, (const u8 *)&report, REPORT_MAC_BYTES, mac);
	op->value = equal(mac, report.mac, sizeof(mac));
}
