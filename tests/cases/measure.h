/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* The records that go into MRENCLAVE, byte for byte: core/measure.c */
#ifndef AVOW_CASES_MEASURE_H
#define AVOW_CASES_MEASURE_H

#include "case.h"

#define UNTOUCHED	0xee

enum case_record { RECORD_ECREATE, RECORD_EADD, RECORD_EEXTEND };

struct measure_case {
	CASE_HEAD;
	enum case_record record;
	u64 number;		/* size, or offset */
	u32 ssa_frame_size;
	struct avow_secinfo secinfo;
	u8 want[65];		/* 64, and the NUL of the string */
};

CASE_TABLE struct measure_case measure_cases[] = {
	{ .name = "ECREATE", .rule = AVOW_RULE(23, 8), .record = RECORD_ECREATE,
	  .ssa_frame_size = 0x04030201, .number = 0x1122334455667788,
	  .want = "ECREATE\0" "\x01\x02\x03\x04" "\x88\x77\x66\x55\x44\x33\x22\x11" },
	{ .name = "EADD of RX", .rule = AVOW_RULE(23, 8), .record = RECORD_EADD,
	  .number = 0x7654321000, .secinfo = { .flags = CASE_SECINFO(PT_REG, RX_) },
	  .want = "EADD\0\0\0\0" "\x00\x10\x32\x54\x76\0\0\0" "\x05\x02" },
	{ .name = "EADD takes 48 bytes of SECINFO", .rule = AVOW_RULE(23, 8),
	  .record = RECORD_EADD, .number = 0xff00000000000000,
	  .secinfo = { .flags = 0x8070605040302010,
		       .reserved = { [0] = 0xa1, [39] = 0xa2, [40] = 0xa3, [55] = 0xa4 } },
	  .want = "EADD\0\0\0\0" "\0\0\0\0\0\0\0\xff" "\x10\x20\x30\x40\x50\x60\x70\x80"
		  "\xa1\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0" "\0\0\0\0\0\0\0\0"
		  "\0\0\0\0\0\0\0\xa2" },
	{ .name = "EEXTEND", .rule = AVOW_RULE(23, 8), .record = RECORD_EEXTEND,
	  .number = 0x123456789abcdf00,
	  .want = "EEXTEND\0" "\x00\xdf\xbc\x9a\x78\x56\x34\x12" },
};

CASE_FUNCTION void case_measure(const struct measure_case *c,
				struct case_seen *seen, struct case_scratch *scratch)
{
	u8 *record = scratch->bytes;
	u32 i;

	for (i = 0; i < 128; i++)
		record[i] = UNTOUCHED;
	if (c->record == RECORD_ECREATE)
		avow_measure_ecreate(record, c->ssa_frame_size, c->number);
	else if (c->record == RECORD_EADD)
		avow_measure_eadd(record, c->number, &c->secinfo);
	else
		avow_measure_eextend(record, c->number);

	case_begin(seen, c->name, c->rule, false);
	for (i = 0; i < 63 && record[i] == c->want[i]; i++)
		;
	case_note(seen, "first byte that differs, or the last", (u64)i << 8 | c->want[i],
		  (u64)i << 8 | record[i]);
	for (i = 64; i < 127 && record[i] == UNTOUCHED; i++)
		;
	case_note(seen, "first byte that was written behind, or the last",
		  (u64)i << 8 | UNTOUCHED, (u64)i << 8 | record[i]);
}

#undef UNTOUCHED

#endif
