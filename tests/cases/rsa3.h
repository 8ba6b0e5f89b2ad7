/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* R23.7, the quotients: core/rsa3.c. Numbers small enough, or plain enough, to check by hand. */
#ifndef AVOW_CASES_RSA3_H
#define AVOW_CASES_RSA3_H

#include "case.h"

/* 3072 bits: the low 64, and the byte that all others are. */
struct case_number {
	u64 low;
	u8 fill;
};

struct rsa3_case {
	CASE_HEAD;
	struct case_number s, m, q1, q2;
	struct case_number cube;	/* of an accepted row */
};

/* M is 2^3072 - 1, the greatest. */
#define SMALL(n)	{ .low = (n) }
#define M_MINUS(n)	{ .low = ~0ULL - (n), .fill = 0xff }

CASE_TABLE struct rsa3_case rsa3_cases[] = {
	/* 25 = 3 * 7 + 4, 20 = 2 * 7 + 6 */
	{ .name = "5 cubed mod 7", .rule = AVOW_RULE(23, 7), .s = SMALL(5), .m = SMALL(7),
	  .q1 = SMALL(3), .q2 = SMALL(2), .cube = SMALL(6) },
	{ .name = "0", .rule = AVOW_RULE(23, 7), .s = SMALL(0), .m = SMALL(7) },
	{ .name = "the least modulus", .rule = AVOW_RULE(23, 7), .s = SMALL(0), .m = SMALL(1) },
	/* 16 = 1 * 9 + 7, 28 = 3 * 9 + 1 */
	{ .name = "4 cubed mod 9", .rule = AVOW_RULE(23, 7), .s = SMALL(4), .m = SMALL(9),
	  .q1 = SMALL(1), .q2 = SMALL(3), .cube = SMALL(1) },
	/* (M-1)^2 = (M-2) * M + 1 */
	{ .name = "M-1 mod M", .rule = AVOW_RULE(23, 7), .s = M_MINUS(1), .m = M_MINUS(0),
	  .q1 = M_MINUS(2), .q2 = SMALL(0), .cube = M_MINUS(1) },
	/* (M-2)^2 = (M-4) * M + 4, (M-2) * 4 = 3 * M + M-8 */
	{ .name = "M-2 mod M", .rule = AVOW_RULE(23, 7), .s = M_MINUS(2), .m = M_MINUS(0),
	  .q1 = M_MINUS(4), .q2 = SMALL(3), .cube = M_MINUS(8) },

	{ .name = "s = m", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(7), .m = SMALL(7), .q1 = SMALL(7), .q2 = SMALL(0) },
	/* 64 = 9 * 7 + 1, 8 = 1 * 7 + 1 */
	{ .name = "s > m, with true quotients", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(8), .m = SMALL(7), .q1 = SMALL(9), .q2 = SMALL(1) },
	{ .name = "m = 0", .rule = AVOW_RULE(23, 7), .err = EPERM, .s = SMALL(0), .m = SMALL(0) },
	{ .name = "q1 too great", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = SMALL(4), .q2 = SMALL(2) },
	{ .name = "q1 too small", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = SMALL(2), .q2 = SMALL(2) },
	/* 25 = 2 * 7 + 11, 55 = 7 * 7 + 6: the cube would be right */
	{ .name = "q1 too small, q2 to suit", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = SMALL(2), .q2 = SMALL(7) },
	/* 16 = 2 * 8; with q1 = 1 just m is left over */
	{ .name = "q1 one less than exact", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(4), .m = SMALL(8), .q1 = SMALL(1), .q2 = SMALL(4) },
	{ .name = "q2 too great", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = SMALL(3), .q2 = SMALL(3) },
	{ .name = "q2 too small", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = SMALL(3), .q2 = SMALL(1) },
	/* 36 = 4 * 8 + 4, 24 = 3 * 8 */
	{ .name = "6 cubed mod 8", .rule = AVOW_RULE(23, 7), .s = SMALL(6), .m = SMALL(8),
	  .q1 = SMALL(4), .q2 = SMALL(3), .cube = SMALL(0) },
	{ .name = "q2 one less than exact", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(6), .m = SMALL(8), .q1 = SMALL(4), .q2 = SMALL(2) },
	{ .name = "q1 with high limbs", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = { .low = 3, .fill = 1 }, .q2 = SMALL(2) },
	{ .name = "q2 with high limbs", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = SMALL(5), .m = SMALL(7), .q1 = SMALL(3), .q2 = { .low = 2, .fill = 0x80 } },
	{ .name = "greatest, q1 one less", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = M_MINUS(1), .m = M_MINUS(0), .q1 = M_MINUS(3), .q2 = SMALL(0) },
	{ .name = "greatest, q1 one more", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = M_MINUS(1), .m = M_MINUS(0), .q1 = M_MINUS(1), .q2 = SMALL(0) },
	{ .name = "greatest, q2 one more", .rule = AVOW_RULE(23, 7), .err = EPERM,
	  .s = M_MINUS(2), .m = M_MINUS(0), .q1 = M_MINUS(4), .q2 = SMALL(4) },
};

CASE_FUNCTION u8 case_number_byte(const struct case_number *number, u32 i)
{
	return i < 8 ? (u8)(number->low >> (8 * i)) : number->fill;
}

CASE_FUNCTION void case_rsa3(const struct rsa3_case *c,
			     struct case_seen *seen, struct case_scratch *scratch)
{
	const struct case_number untouched = { .low = 0x5a5a5a5a5a5a5a5a, .fill = 0x5a };
	const struct case_number *want = c->err ? &untouched : &c->cube;
	struct avow_sigstruct *sig = &scratch->sig;
	u8 *cube = scratch->bytes;
	u32 i;

	for (i = 0; i < SGX_MODULUS_BYTES; i++) {
		sig->signature[i] = case_number_byte(&c->s, i);
		sig->modulus[i] = case_number_byte(&c->m, i);
		sig->q1[i] = case_number_byte(&c->q1, i);
		sig->q2[i] = case_number_byte(&c->q2, i);
		cube[i] = untouched.fill;
	}
	case_verdict(seen, c->name, c->rule, c->err, avow_rsa3_check(sig, &scratch->work, cube));
	for (i = 0; i < SGX_MODULUS_BYTES - 1 && cube[i] == case_number_byte(want, i); i++)
		;
	case_note(seen, "first byte of the cube that differs, or the last",
		  (u64)i << 8 | case_number_byte(want, i), (u64)i << 8 | cube[i]);
}

#undef SMALL
#undef M_MINUS

#endif
