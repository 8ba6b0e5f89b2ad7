// SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later
/*
 * The 64-byte records that go into MRENCLAVE. Each starts with the leaf's name in
 * eight bytes, NUL-padded; all numbers are little-endian; the rest is zero.
 */
#include "core.h"

#define NAME_ECREATE	0x0045544145524345ULL	/* "ECREATE" */
#define NAME_EADD	0x0000000044444145ULL	/* "EADD" */
#define NAME_EEXTEND	0x00444e4554584545ULL	/* "EEXTEND" */

/* The bytes of SECINFO that are measured: FLAGS and 40 reserved ones. */
#define SECINFO_MEASURED	48

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers are stored as they are");

/* By words: a page's records are made of each page that is added. */
static void put64(u8 *at, u64 value)
{
	__builtin_memcpy(at, &value, sizeof(value));
}

static void start(u8 *record, u64 name)
{
	u32 i;

	put64(record, name);
	for (i = 8; i < 64; i += 8)
		put64(record + i, 0);
}

void avow_measure_ecreate(u8 record[64], u32 ssa_frame_size, u64 size)
{
	start(record, NAME_ECREATE);
	put64(record + 8, ssa_frame_size);
	put64(record + 12, size);
}

void avow_measure_eadd(u8 record[64], u64 offset, const struct avow_secinfo *secinfo)
{
	start(record, NAME_EADD);
	put64(record + 8, offset);
	__builtin_memcpy(record + 16, secinfo, SECINFO_MEASURED);
}

void avow_measure_eextend(u8 record[64], u64 offset)
{
	start(record, NAME_EEXTEND);
	put64(record + 8, offset);
}
