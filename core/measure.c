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

static void put(u8 *at, u64 value, u32 bytes)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		at[i] = value >> (8 * i);
}

static void start(u8 *record, u64 name)
{
	u32 i;

	put(record, name, 8);
	for (i = 8; i < 64; i++)
		record[i] = 0;
}

void avow_measure_ecreate(u8 record[64], u32 ssa_frame_size, u64 size)
{
	start(record, NAME_ECREATE);
	put(record + 8, ssa_frame_size, 4);
	put(record + 12, size, 8);
}

void avow_measure_eadd(u8 record[64], u64 offset, const struct avow_secinfo *secinfo)
{
	u32 i;

	start(record, NAME_EADD);
	put(record + 8, offset, 8);
	put(record + 16, secinfo->flags, 8);
	for (i = 0; i < SECINFO_MEASURED - 8; i++)
		record[24 + i] = secinfo->reserved[i];
}

void avow_measure_eextend(u8 record[64], u64 offset)
{
	start(record, NAME_EEXTEND);
	put(record + 8, offset, 8);
}
