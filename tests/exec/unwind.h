/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unwind information as linkers make it, for two functions: .eh_frame_hdr at HEADER of
 * some bytes that begin at address 0, with a CIE and two FDEs in .eh_frame behind it.
 */
#ifndef UNWIND_H
#define UNWIND_H

#include <stdint.h>
#include <string.h>

#define HEADER		0x200
#define HEADER_SIZE	0x1c
#define CIE		0x240
#define FDE1		0x260
#define FDE2		0x280

static inline void put_word(uint8_t *bytes, unsigned int at, int32_t value)
{
	memcpy(bytes + at, &value, sizeof(value));
}

static inline void put_fde(uint8_t *bytes, unsigned int at, unsigned int start, unsigned int size)
{
	put_word(bytes, at, 0x14);
	put_word(bytes, at + 4, (int32_t)(at + 4 - CIE));
	put_word(bytes, at + 8, (int32_t)(start - (at + 8)));
	put_word(bytes, at + 12, (int32_t)size);
}

/* Of 16 bytes at first, and 32 at second. */
static inline void put_unwind(uint8_t *bytes, unsigned int first, unsigned int second)
{
	static const uint8_t header[] = { 1, 0x1b, 0x03, 0x3b };
	static const uint8_t cie[] = { 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b };

	memcpy(bytes + HEADER, header, sizeof(header));
	put_word(bytes, HEADER + 4, CIE - (HEADER + 4));
	put_word(bytes, HEADER + 8, 2);
	put_word(bytes, HEADER + 12, (int32_t)first - HEADER);
	put_word(bytes, HEADER + 16, FDE1 - HEADER);
	put_word(bytes, HEADER + 20, (int32_t)second - HEADER);
	put_word(bytes, HEADER + 24, FDE2 - HEADER);
	put_word(bytes, CIE, 0x14);
	memcpy(bytes + CIE + 8, cie, sizeof(cie));
	put_fde(bytes, FDE1, first, 16);
	put_fde(bytes, FDE2, second, 32);
}

#endif
