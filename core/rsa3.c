// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/*
 * R23.7: are Q1 and Q2 what EINIT wants? A quotient that is given needs no
 * division to check: q = floor(a / m) if and only if q * m <= a and a - q * m < m.
 * Nothing here is secret, so nothing needs constant time.
 */
#include "core.h"

#define LIMBS	96	/* of 32 bits: 3072 */

static void load(u32 *limbs, const u8 *bytes)
{
	u32 i;

	for (i = 0; i < LIMBS; i++)
		limbs[i] = bytes[4 * i] | (u32)bytes[4 * i + 1] << 8 |
			   (u32)bytes[4 * i + 2] << 16 | (u32)bytes[4 * i + 3] << 24;
}

/* product (2 * LIMBS) = a * b; no overlap. */
static void multiply(u32 *product, const u32 *a, const u32 *b)
{
	u32 i, j;

	for (i = 0; i < 2 * LIMBS; i++)
		product[i] = 0;
	for (i = 0; i < LIMBS; i++) {
		u64 carry = 0;

		/* (2^32 - 1)^2 + 2 * (2^32 - 1) is just below 2^64. */
		for (j = 0; j < LIMBS; j++) {
			carry += (u64)a[i] * b[j] + product[i + j];
			product[i + j] = (u32)carry;
			carry >>= 32;
		}
		product[i + LIMBS] = (u32)carry;
	}
}

/* a -= b, both of 2 * LIMBS; false: b was greater. */
static bool subtract(u32 *a, const u32 *b)
{
	u64 borrow = 0;
	u32 i;

	for (i = 0; i < 2 * LIMBS; i++) {
		u64 t = (u64)a[i] - b[i] - borrow;

		a[i] = (u32)t;
		borrow = t >> 63;
	}
	return !borrow;
}

static bool less(const u32 *a, const u32 *m)
{
	u32 i;

	for (i = LIMBS; i-- > 0; )
		if (a[i] != m[i])
			return a[i] < m[i];
	return false;
}

/* Is a number of 2 * LIMBS less than m? */
static bool reduced(const u32 *a, const u32 *m)
{
	u32 i;

	for (i = LIMBS; i < 2 * LIMBS; i++)
		if (a[i])
			return false;
	return less(a, m);
}

avow_verdict avow_rsa3_check(const struct avow_sigstruct *sig, struct avow_rsa3_work *work,
			     u8 cube[SGX_MODULUS_BYTES])
{
	const avow_verdict refused = AVOW_REFUSE(AVOW_RULE(23, 7), EPERM);
	u32 i;

	load(work->s, sig->signature);
	load(work->m, sig->modulus);
	if (!less(work->s, work->m))
		return refused;

	/* product: r1 = s * s - q1 * m */
	load(work->q, sig->q1);
	multiply(work->product, work->s, work->s);
	multiply(work->other, work->q, work->m);
	if (!subtract(work->product, work->other) || !reduced(work->product, work->m))
		return refused;

	/* other: s * r1 - q2 * m */
	load(work->q, sig->q2);
	multiply(work->other, work->s, work->product);
	multiply(work->product, work->q, work->m);
	if (!subtract(work->other, work->product) || !reduced(work->other, work->m))
		return refused;

	for (i = 0; i < SGX_MODULUS_BYTES; i++)
		cube[i] = work->other[i / 4] >> (8 * (i % 4));
	return AVOW_OK;
}
