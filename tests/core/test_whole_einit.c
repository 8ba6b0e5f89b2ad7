// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What ECREATE, EADD and EINIT take: the structures' part of args.c, sigstruct.c,
 * measure.c and rsa3.c against tests/model/arch.c.
 *
 * A structure of 4096 bytes has too many values. Every check is of one field (or of one bit
 * and its masks) and all of them must pass, so: good structures of each kind, in which each
 * byte takes every value, and what is compared with each other takes all combinations.
 */
#include "whole.h"
#include "../model/arch.h"

_Static_assert(sizeof(struct avow_secs) == M_SECS_SIZE && sizeof(struct avow_tcs) == M_TCS_SIZE &&
	       sizeof(struct avow_sigstruct) == M_SIGSTRUCT_SIZE &&
	       sizeof(struct avow_secinfo) == M_SECINFO_SIZE, "the same bytes for both");

static struct avow_secs secs;
static struct avow_sigstruct sig;
static struct avow_machine machine;
static struct m_machine m_machine;

static u8 *secs_bytes(void)
{
	return (u8 *)&secs;
}

static u8 *sig_bytes(void)
{
	return (u8 *)&sig;
}

/*
 * The n-th value of a byte: 0, each bit, all of them; then, where it is not one of very many
 * that need only be zero, all others.
 */
#define FEW	10

static u8 value_nth(u32 n)
{
	return n == 0 ? 0 : n <= 8 ? (u8)(1U << (n - 1)) : n == 9 ? 0xff : (u8)(n - FEW);
}

#define ALL	(FEW + 256)

static void set_machine(u64 attributes, u64 xfrm, u32 misc)
{
	machine = (struct avow_machine){ .attributes = attributes, .xfrm = xfrm, .miscselect = misc,
					 .xsave_size = 832 };
	m_machine = (struct m_machine){ .attributes = attributes, .xfrm = xfrm, .miscselect = misc,
					.xsave_size = 832 };
}

static void expect_verdict(u32 got, struct m_verdict want, const char *what, u64 a, u64 b)
{
	if (got != verdict_of(want))
		fail_msg("%s %#llx %#llx: %#x, and not %#x", what, a, b, got, verdict_of(want));
	compared++;
}

/* ---- SECS ---- */

/* DEBUG, MODE64BIT, PROVISIONKEY, EINITTOKENKEY, KSS; never INIT. */
#define ATTRIBUTES	0xb6ULL

static void good_secs(bool kss)
{
	memset(&secs, 0, sizeof(secs));
	m_put(secs_bytes(), 8, 0x10000);
	m_put(secs_bytes() + 8, 8, 0x7f0000000000);
	m_put(secs_bytes() + 16, 4, 1);
	m_put(secs_bytes() + 48, 8, kss ? 0x84 : 4);
	m_put(secs_bytes() + 56, 8, 3);
}

static void compare_secs(u64 a, u64 b)
{
	expect_verdict(avow_args_create(&secs, &machine), m_secs_check(secs_bytes(), &m_machine), "SECS", a, b);
}

#define SECS_FIELDS	262	/* bytes; what follows is reserved */

static void bytes_of_a_secs(void **state)
{
	u32 kss, at, n;

	(void)state;
	set_machine(ATTRIBUTES, 7, 1);
	for (kss = 0; kss < 2; kss++) {
		good_secs(kss);
		assert_int_equal(avow_args_create(&secs, &machine), AVOW_OK);
		for (at = 0; at < M_SECS_SIZE; at++) {
			u8 was = secs_bytes()[at];

			for (n = 0; n < (at < SECS_FIELDS ? ALL : FEW); n++) {
				secs_bytes()[at] = value_nth(n);
				compare_secs(at, value_nth(n));
			}
			secs_bytes()[at] = was;
		}
	}
	whole_domain("avow_args_create: every byte", 2 * (SECS_FIELDS * ALL + (M_SECS_SIZE - SECS_FIELDS) * FEW));
}

/* Every power of two and its neighbours; bases on and around its multiples. */
static void places_of_a_secs(void **state)
{
	u32 size_bit, delta, bit, around;

	(void)state;
	for (size_bit = 0; size_bit < 64; size_bit++)
		for (delta = 0; delta < 3; delta++) {
			u64 size = (1ULL << size_bit) + delta - 1;

			for (bit = 0; bit < 64; bit++)
				for (around = 0; around < 5; around++) {
					static const u64 offset[] = { 0, 1, -1ULL };
					u64 place = 1ULL << bit;

					good_secs(false);
					m_put(secs_bytes(), 8, size);
					m_put(secs_bytes() + 8, 8, around < 3 ? place + offset[around] :
					      around == 3 ? place - size : 0 - place);
					compare_secs(size, bit);
				}
		}
	whole_domain("avow_args_create: size and base", 64 * 3 * 64 * 5);
}

/* Bits that must agree with each other: of attributes, XFRM and MISCSELECT, with what the machine has. */
static void features_of_a_secs(void **state)
{
	u32 attributes, offered, xfrm, misc, frame;

	(void)state;
	for (attributes = 0; attributes < 512; attributes++)
		for (offered = 0; offered < 256; offered++) {
			set_machine(offered, 7, 1);
			good_secs(false);
			m_put(secs_bytes() + 48, 8, attributes & 255);
			/* CONFIGID needs KSS. */
			secs.config_id[63] = attributes >> 8;
			compare_secs(attributes, offered);
		}
	for (xfrm = 0; xfrm < 16; xfrm++)
		for (offered = 0; offered < 16; offered++)
			for (misc = 0; misc < 16; misc++)
				/* Frames around what XSAVE area, GPRs and EXINFO need. */
				for (frame = 3880; frame < 3920; frame++) {
					set_machine(ATTRIBUTES, offered, misc >> 2);
					machine.xsave_size = m_machine.xsave_size = frame;
					good_secs(false);
					m_put(secs_bytes() + 56, 8, xfrm);
					m_put(secs_bytes() + 20, 4, misc & 3);
					compare_secs(xfrm, frame);
				}
	/* Frames of very many pages: no product overflows. */
	for (frame = 0; frame < 32; frame++) {
		set_machine(ATTRIBUTES, 7, 1);
		good_secs(false);
		m_put(secs_bytes() + 16, 4, 1ULL << frame);
		compare_secs(frame, 0);
	}
	whole_domain("avow_args_create: features", 512 * 256 + 16 * 16 * 16 * 40 + 32);
}

/* ---- SECINFO, TCS ---- */

static void secinfos(void **state)
{
	struct avow_secinfo info = { 0 };
	u32 flags, at, value;

	(void)state;
	for (flags = 0; flags < 1U << 16; flags++) {
		m_put((u8 *)&info, 8, flags);
		expect_verdict(avow_args_secinfo(&info), m_secinfo_check((u8 *)&info), "FLAGS", flags, 0);
	}
	for (flags = 0; flags < 16; flags++)
		for (at = 2; at < M_SECINFO_SIZE; at++)
			for (value = 0; value < 256; value++) {
				m_put((u8 *)&info, 8, (flags & 8 ? 2 << 8 : 1 << 8) | (flags & 7));
				((u8 *)&info)[at] = (u8)value;
				expect_verdict(avow_args_secinfo(&info), m_secinfo_check((u8 *)&info), "byte", at, value);
				((u8 *)&info)[at] = 0;
			}
	whole_domain("avow_args_secinfo", (1 << 16) + 16 * (M_SECINFO_SIZE - 2) * 256);
}

#define TCS_FIELDS	72	/* bytes; what follows is reserved */

static void tcses(void **state)
{
	static const u32 free_fields[] = { 28, 32, 64, 68 };	/* NSSA, OENTRY, FSLIMIT, GSLIMIT */
	struct avow_tcs tcs = { 0 };
	u8 *bytes = (u8 *)&tcs;
	u32 at, n;

	(void)state;
	for (at = 0; at < 4; at++)
		memset(bytes + free_fields[at], 0xff, 4);
	for (at = 0; at < M_TCS_SIZE; at++) {
		u8 was = bytes[at];

		for (n = 0; n < (at < TCS_FIELDS ? ALL : FEW); n++) {
			bytes[at] = value_nth(n);
			expect_verdict(avow_args_tcs(&tcs), m_tcs_check(bytes), "TCS", at, n);
		}
		bytes[at] = was;
	}
	whole_domain("avow_args_tcs", TCS_FIELDS * ALL + (M_TCS_SIZE - TCS_FIELDS) * FEW);
}

/* ---- SIGSTRUCT ---- */

static void good_sig(void)
{
	static const u8 header[16] = { 6, 0, 0, 0, 0xe1, 0, 0, 0, 0, 0, 1 };
	static const u8 header2[16] = { 1, 1, 0, 0, 0x60, 0, 0, 0, 0x60, 0, 0, 0, 1 };
	u32 i;

	memset(&sig, 0, sizeof(sig));
	memcpy(sig_bytes(), header, 16);
	memcpy(sig_bytes() + 24, header2, 16);
	m_put(sig_bytes() + 512, 4, 3);
	m_put(sig_bytes() + 904, 4, 0xffffffff);
	m_put(sig_bytes() + 928, 8, 4);
	m_put(sig_bytes() + 936, 8, 3);
	memset(sig_bytes() + 944, 0xff, 16);
	for (i = 0; i < 32; i++)
		sig_bytes()[960 + i] = (u8)(i * 7 + 1);
}

static void compare_sig(const u8 *mrenclave, u64 a, u64 b)
{
	expect_verdict(avow_sigstruct_vendor(&sig), m_sig_vendor(sig_bytes()), "vendor", a, b);
	expect_verdict(avow_sigstruct_supported(&sig, &machine), m_sig_supported(sig_bytes(), &m_machine),
		       "supported", a, b);
	expect_verdict(avow_sigstruct_layout(&sig), m_sig_layout(sig_bytes()), "layout", a, b);
	expect_verdict(avow_sigstruct_measurement(&sig, mrenclave), m_sig_measurement(sig_bytes(), mrenclave),
		       "measurement", a, b);
	/* Nobody has INIT before EINIT, so who demands it was refused before (R23.5). */
	if (!m_sig_supported(sig_bytes(), &m_machine).err)
		expect_verdict(avow_sigstruct_match(&sig, &secs), m_sig_match(sig_bytes(), secs_bytes()), "match",
			       a, b);
	else
		compared++;
}

static void bytes_of_a_sigstruct(void **state)
{
	u8 mrenclave[32];
	u32 kss, at, value;

	(void)state;
	set_machine(ATTRIBUTES, 7, 1);
	good_sig();
	memcpy(mrenclave, sig_bytes() + 960, 32);
	for (kss = 0; kss < 2; kss++) {
		good_secs(kss);
		m_put(sig_bytes() + 928, 8, kss ? 0x84 : 4);
		assert_int_equal(avow_sigstruct_match(&sig, &secs), AVOW_OK);
		for (at = 0; at < M_SIGSTRUCT_SIZE; at++) {
			u8 was = sig_bytes()[at];

			for (value = 0; value < 256; value++) {
				sig_bytes()[at] = (u8)value;
				compare_sig(mrenclave, at, value);
			}
			sig_bytes()[at] = was;
		}
	}
	whole_domain("avow_sigstruct_*: every byte", 2 * M_SIGSTRUCT_SIZE * 256 * 5);
}

/*
 * The three masked words: each bit of SIGSTRUCT, mask, machine and SECS in every combination,
 * and beside it the same bit, one of the same byte, of another byte, of the other half, in
 * every combination.
 */
static void masks(void **state)
{
	static const struct { u32 sig, mask, secs, bits; } words[] = {
		{ 928, 944, 48, 64 }, { 936, 952, 56, 64 }, { 900, 904, 20, 32 },
	};
	u32 w, a, b, n;

	(void)state;
	good_secs(true);
	good_sig();
	for (w = 0; w < 3; w++)
		for (a = 0; a < words[w].bits; a++)
			for (b = 0; b < 4; b++)
				for (n = 0; n < 256; n++) {
					u32 bytes = words[w].bits / 8;
					u64 one = 1ULL << a, two = 1ULL << (a ^ (b == 3 ? bytes * 4 : b == 2 ? 8 : b));
					/* There is no machine, and before EINIT no SECS, with INIT. */
					u64 never = w == 0;
					u64 have = (n & 1 ? one : 0) | (n & 16 ? two : 0);

					set_machine(w == 0 ? have & ~never : ~1ULL, w == 1 ? have : ~0ULL,
						    w == 2 ? (u32)have : ~0U);
					m_put(sig_bytes() + words[w].sig, bytes, (n & 2 ? one : 0) | (n & 32 ? two : 0));
					m_put(sig_bytes() + words[w].mask, bytes, (n & 4 ? one : 0) | (n & 64 ? two : 0));
					m_put(secs_bytes() + words[w].secs, bytes,
					      ((n & 8 ? one : 0) | (n & 128 ? two : 0)) & ~never);
					compare_sig(sig_bytes() + 960, a, b);
				}
	whole_domain("avow_sigstruct_*: masks", (64 + 64 + 32) * 4 * 256 * 5);
}

static void allowed(void **state)
{
	u32 attributes, leave, bit;

	(void)state;
	for (attributes = 0; attributes < 256; attributes++)
		for (leave = 0; leave < 256; leave++)
			for (bit = 0; bit < 64; bit++) {
				u64 a = (u64)attributes << bit | (u64)attributes >> 1 << (63 - bit);
				u64 b = (u64)leave << bit | (u64)leave >> 1 << (63 - bit);

				expect_verdict(avow_sigstruct_allowed(a, b), m_sig_allowed(a, b), "allowed", a, b);
			}
	whole_domain("avow_sigstruct_allowed", 256 * 256 * 64);
}

/* ---- MRENCLAVE ---- */

static void expect_record(const u8 *got, const u8 *want, u32 bit)
{
	if (memcmp(got, want, M_RECORD_SIZE))
		fail_msg("another record with bit %u", bit);
	compared++;
}

/* All is copied and nothing decided: bits of each input alone, and all at once. */
static void records(void **state)
{
	u8 got[M_RECORD_SIZE], want[M_RECORD_SIZE];
	u32 bit, value;

	(void)state;
	for (bit = 0; bit <= 64; bit++) {
		u64 number = bit < 64 ? 1ULL << bit : ~0ULL;
		struct avow_secinfo info;

		for (value = 0; value <= 32; value++) {
			u32 frame = value < 32 ? 1U << value : ~0U;

			memset(got, 0xaa, sizeof(got));
			avow_measure_ecreate(got, frame, number);
			m_record_ecreate(want, frame, number);
			expect_record(got, want, bit);
		}
		avow_measure_eextend(got, number);
		m_record_eextend(want, number);
		expect_record(got, want, bit);
		for (value = 0; value <= 512; value++) {
			memset(&info, value < 512 ? 0 : 0xff, sizeof(info));
			((u8 *)&info)[value / 8 % 64] |= 1U << value % 8;
			memset(got, 0xaa, sizeof(got));
			avow_measure_eadd(got, number, &info);
			m_record_eadd(want, number, (u8 *)&info);
			expect_record(got, want, bit);
		}
	}
	whole_domain("avow_measure_*", 65 * (33 + 1 + 513));
}

/* ---- RSA ---- */

/* In a byte of each number, others zero: s, m, q1, q2 below 14, at both ends of the number. */
static bool quotients_right(u32 s, u32 m, u32 q1, u32 q2)
{
	return s < m && q1 == s * s / m && q2 == s * (s * s % m) / m;
}

static void small_numbers(void **state)
{
	static struct avow_rsa3_work work;
	u8 cube[SGX_MODULUS_BYTES];
	u32 s, m, q1, q2, i;

	(void)state;
	memset(&sig, 0, sizeof(sig));
	for (m = 0; m < 12; m++)
		for (s = 0; s < m + 2; s++)
			for (q1 = 0; q1 < m + 2; q1++)
				for (q2 = 0; q2 < m + 2; q2++) {
					bool right = quotients_right(s, m, q1, q2);

					sig.signature[0] = (u8)s;
					sig.modulus[0] = (u8)m;
					sig.q1[0] = (u8)q1;
					sig.q2[0] = (u8)q2;
					expect_verdict(avow_rsa3_check(&sig, &work, cube),
						       right ? M_ALLOWED : (struct m_verdict){ EPERM, 2307 }, "s, m",
						       s, m);
					for (i = 0; right && i < sizeof(cube); i++)
						assert_int_equal(cube[i], i ? 0 : s * s * s % m);
				}
	whole_domain("avow_rsa3_check: small numbers", 8280);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bytes_of_a_secs, whole_begin),
		cmocka_unit_test_setup(places_of_a_secs, whole_begin),
		cmocka_unit_test_setup(features_of_a_secs, whole_begin),
		cmocka_unit_test_setup(secinfos, whole_begin),
		cmocka_unit_test_setup(tcses, whole_begin),
		cmocka_unit_test_setup(bytes_of_a_sigstruct, whole_begin),
		cmocka_unit_test_setup(masks, whole_begin),
		cmocka_unit_test_setup(allowed, whole_begin),
		cmocka_unit_test_setup(records, whole_begin),
		cmocka_unit_test_setup(small_numbers, whole_begin),
	};

	return cmocka_run_group_tests_name("whole_einit", tests, NULL, NULL);
}
