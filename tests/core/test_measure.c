// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * MRENCLAVE of a known enclave: the records of core/measure.c against the bytes that
 * the manual prescribes, laid out one after the other and hashed at once.
 */
#include <endian.h>
#include <openssl/evp.h>
#include <string.h>

#include "testing.h"

#define ENCLAVE_SIZE	0x10000
#define FRAME_PAGES	3

/* A page's contents are given by a seed. */
static const struct page {
	u64 offset, flags;
	bool measured;
	unsigned int seed;
} pages[] = {
	{ .offset = 0x0000, .flags = 0x100, .measured = true, .seed = 1 },	/* TCS */
	{ .offset = 0x1000, .flags = 0x203, .measured = true, .seed = 2 },
	{ .offset = 0x2000, .flags = 0x203, .measured = false, .seed = 3 },
	{ .offset = 0x8000, .flags = 0x205, .measured = true, .seed = 4 },
	{ .offset = 0xf000, .flags = 0x207, .measured = false, .seed = 5 },
};

#define PAGES	(sizeof(pages) / sizeof(pages[0]))

static void fill(u8 *contents, unsigned int seed)
{
	unsigned int i;

	for (i = 0; i < 4096; i++) {
		seed = seed * 1664525 + 1013904223;
		contents[i] = seed >> 24;
	}
}

static void feed(EVP_MD_CTX *hash, const void *bytes, size_t n)
{
	assert_int_equal(EVP_DigestUpdate(hash, bytes, n), 1);
}

static void by_core(u8 mrenclave[32])
{
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	u8 record[64], contents[4096];
	unsigned int i, at;

	assert_non_null(hash);
	assert_int_equal(EVP_DigestInit_ex(hash, EVP_sha256(), NULL), 1);
	avow_measure_ecreate(record, FRAME_PAGES, ENCLAVE_SIZE);
	feed(hash, record, 64);
	for (i = 0; i < PAGES; i++) {
		struct avow_secinfo secinfo = { .flags = pages[i].flags };

		avow_measure_eadd(record, pages[i].offset, &secinfo);
		feed(hash, record, 64);
		fill(contents, pages[i].seed);
		for (at = 0; pages[i].measured && at < 4096; at += 256) {
			avow_measure_eextend(record, pages[i].offset + at);
			feed(hash, record, 64);
			feed(hash, contents + at, 256);
		}
	}
	assert_int_equal(EVP_DigestFinal_ex(hash, mrenclave, NULL), 1);
	EVP_MD_CTX_free(hash);
}

struct buffer {
	u8 bytes[PAGES * (64 + 16 * (64 + 256)) + 64];
	size_t used;
};

static void append(struct buffer *b, const void *bytes, size_t n)
{
	assert_true(b->used + n <= sizeof(b->bytes));
	memcpy(b->bytes + b->used, bytes, n);
	b->used += n;
}

static void append_number(struct buffer *b, u64 number)
{
	u64 little = htole64(number);

	append(b, &little, 8);
}

static void append_zeros(struct buffer *b, size_t n)
{
	static const u8 zeros[64];

	append(b, zeros, n);
}

static void by_hand(u8 mrenclave[32])
{
	static struct buffer b;
	u32 frame = htole32(FRAME_PAGES);
	u8 contents[4096];
	unsigned int i, at;

	b.used = 0;
	append(&b, "ECREATE", 8);
	append(&b, &frame, 4);
	append_number(&b, ENCLAVE_SIZE);
	append_zeros(&b, 44);
	for (i = 0; i < PAGES; i++) {
		append(&b, "EADD\0\0\0", 8);
		append_number(&b, pages[i].offset);
		append_number(&b, pages[i].flags);
		append_zeros(&b, 40);
		fill(contents, pages[i].seed);
		for (at = 0; pages[i].measured && at < 4096; at += 256) {
			append(&b, "EEXTEND", 8);
			append_number(&b, pages[i].offset + at);
			append_zeros(&b, 48);
			append(&b, contents + at, 256);
		}
	}
	assert_int_equal(EVP_Digest(b.bytes, b.used, mrenclave, NULL, EVP_sha256(), NULL), 1);
}

static void mrenclave_of_a_known_enclave(void **state)
{
	u8 core[32], hand[32];

	(void)state;
	by_core(core);
	by_hand(hand);
	assert_memory_equal(core, hand, 32);
}

/* Each input, every byte of it, is in its record; nothing is in it twice. */
static void every_input_bit_is_measured(void **state)
{
	struct avow_secinfo secinfo = { 0 };
	u8 zero[64], one[64];
	unsigned int bit, i, changed;

	(void)state;
	avow_measure_eadd(zero, 0, &secinfo);
	for (bit = 0; bit < 64 * 8; bit++) {
		((u8 *)&secinfo)[bit / 8] ^= 1U << bit % 8;
		avow_measure_eadd(one, 0, &secinfo);
		((u8 *)&secinfo)[bit / 8] ^= 1U << bit % 8;
		for (i = changed = 0; i < 64; i++)
			changed += zero[i] != one[i];
		assert_int_equal(changed, bit < 48 * 8);
	}
	avow_measure_ecreate(zero, 0, 0);
	for (bit = 0; bit < 96; bit++) {
		avow_measure_ecreate(one, bit < 32 ? 1U << bit : 0,
				     bit < 32 ? 0 : 1ULL << (bit - 32));
		for (i = changed = 0; i < 64; i++)
			changed += zero[i] != one[i];
		assert_int_equal(changed, 1);
		assert_int_equal(one[8 + bit / 8], 1U << bit % 8);
	}
	avow_measure_eextend(zero, 0);
	for (bit = 0; bit < 64; bit++) {
		avow_measure_eextend(one, 1ULL << bit);
		for (i = changed = 0; i < 64; i++)
			changed += zero[i] != one[i];
		assert_int_equal(changed, 1);
		assert_int_equal(one[8 + bit / 8], 1U << bit % 8);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mrenclave_of_a_known_enclave),
		cmocka_unit_test(every_input_bit_is_measured),
	};

	return cmocka_run_group_tests_name("measure", tests, NULL, NULL);
}
