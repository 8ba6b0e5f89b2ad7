// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Functions by .eh_frame_hdr: a table of (start, FDE), sorted by start, made by every
 * linker in one form. The FDE in .eh_frame has the function's length; how its start is
 * written is in the CIE that it refers to. What is of another form is not known.
 */
#include <string.h>

#include "object.h"

/* How a pointer is encoded (LSB, "DWARF exception header encoding"). */
#define FORMAT(encoding)	((encoding) & 0x0f)
#define RELATIVE(encoding)	((encoding) & 0x70)
enum { ABSOLUTE = 0x00, ULEB128 = 0x01, UDATA2 = 0x02, UDATA4 = 0x03, UDATA8 = 0x04,
       SDATA2 = 0x0a, SDATA4 = 0x0b, SDATA8 = 0x0c };
enum { PC_RELATIVE = 0x10, DATA_RELATIVE = 0x30, INDIRECT = 0x80, OMITTED = 0xff };

#define HEADER_VERSION	1
#define HEADER_SIZE	12	/* version, three encodings, .eh_frame's place, count */
#define ROW_SIZE	8	/* two 32-bit numbers, relative to the header */
#define RECORD_MAX	4096	/* of a CIE or FDE; longer ones are not known */

/* Bytes that are read one after the other; at the end it is broken and gives zeros. */
struct cursor {
	const uint8_t *at, *end;
	uint64_t address;	/* of at */
	bool broken;
};

static void take(struct cursor *c, void *value, size_t size)
{
	if (c->broken || (size_t)(c->end - c->at) < size) {
		c->broken = true;
		memset(value, 0, size);
		return;
	}
	memcpy(value, c->at, size);
	c->at += size;
	c->address += size;
}

static uint8_t take_byte(struct cursor *c)
{
	uint8_t value;

	take(c, &value, sizeof(value));
	return value;
}

static int32_t take_word(struct cursor *c)
{
	int32_t value;

	take(c, &value, sizeof(value));
	return value;
}

/* Signed or not does not matter: it is only skipped. */
static void skip_leb128(struct cursor *c)
{
	while (take_byte(c) & 0x80)
		;
}

/* The number alone, not yet relative to anything. */
static uint64_t take_number(struct cursor *c, uint8_t encoding)
{
	uint64_t u64;
	uint32_t u32;

	switch (FORMAT(encoding)) {
	case UDATA4:
		take(c, &u32, sizeof(u32));
		return u32;
	case SDATA4:
		return (uint64_t)(int64_t)take_word(c);
	case ABSOLUTE:
	case UDATA8:
	case SDATA8:
		take(c, &u64, sizeof(u64));
		return u64;
	default:
		c->broken = true;
		return 0;
	}
}

/* A place in the object, as an address without the bias. */
static uint64_t take_pointer(struct cursor *c, uint8_t encoding)
{
	uint64_t base;

	switch (encoding & ~0x0f) {
	case 0:
		base = 0;
		break;
	case PC_RELATIVE:
		base = c->address;
		break;
	default:
		c->broken = true;
		return 0;
	}
	return base + take_number(c, encoding);
}

/* The contents of the CIE or FDE at an address, without its length. */
static bool open_record(const struct object *object, uint64_t address, struct cursor *c)
{
	const uint8_t *at = object_at(object, address, sizeof(uint32_t));
	uint32_t length;

	if (!at)
		return false;
	memcpy(&length, at, sizeof(length));
	/* 0 ends the section, and 0xffffffff begins a form that no linker here makes. */
	if (!length || length > RECORD_MAX || !object_at(object, address, sizeof(length) + length))
		return false;
	c->at = at + sizeof(length);
	c->end = c->at + length;
	c->address = address + sizeof(length);
	c->broken = false;
	return true;
}

/* Skips what an augmentation letter stands for; 'R' gives *encoding. */
static void take_augmentation(struct cursor *c, char letter, uint8_t *encoding)
{
	switch (letter) {
	case 'R':
		*encoding = take_byte(c);
		break;
	case 'L':
		take_byte(c);
		break;
	case 'P':
		take_number(c, take_byte(c));
		break;
	case 'S':
	case 'B':
		break;
	default:
		c->broken = true;
	}
}

/* How the FDEs of a CIE write their function's start. */
static bool cie_encoding(const struct object *object, uint64_t address, uint8_t *encoding)
{
	const char *letters;
	struct cursor c;
	uint8_t version;

	if (!open_record(object, address, &c) || take_word(&c) != 0)
		return false;
	version = take_byte(&c);
	if (version != 1 && version != 3)
		return false;
	letters = (const char *)c.at;
	while (take_byte(&c))
		;
	skip_leb128(&c);	/* code alignment */
	skip_leb128(&c);	/* data alignment */
	skip_leb128(&c);	/* return address; a byte in version 1, and below 128 */
	*encoding = ABSOLUTE;
	if (c.broken || (*letters && *letters != 'z'))
		return false;
	if (*letters)
		skip_leb128(&c);
	while (*letters && *++letters)
		take_augmentation(&c, *letters, encoding);
	return !c.broken;
}

static bool fde_range(const struct object *object, uint64_t address, struct range *function)
{
	uint64_t cie;
	uint8_t encoding;
	struct cursor c;

	if (!open_record(object, address, &c))
		return false;
	cie = c.address;
	cie -= (uint64_t)(int64_t)take_word(&c);
	if (c.broken || !cie_encoding(object, cie, &encoding))
		return false;
	function->start = take_pointer(&c, encoding);
	function->end = function->start + take_number(&c, encoding);
	return !c.broken && function->end > function->start;
}

void frames_open(struct frames *frames, const struct object *object)
{
	const Elf64_Phdr *segment = object_segment(object, PT_GNU_EH_FRAME);
	const uint8_t *header;

	memset(frames, 0, sizeof(*frames));
	frames->object = object;
	header = segment ? object_at(object, segment->p_vaddr, HEADER_SIZE) : NULL;
	if (!header || header[0] != HEADER_VERSION || header[1] == OMITTED ||
	    (FORMAT(header[1]) != SDATA4 && FORMAT(header[1]) != UDATA4) ||
	    header[2] != UDATA4 || header[3] != (DATA_RELATIVE | SDATA4))
		return;
	memcpy(&frames->count, header + 8, sizeof(frames->count));
	frames->header = segment->p_vaddr;
	frames->table = object_at(object, frames->header + HEADER_SIZE,
				  (size_t)frames->count * ROW_SIZE);
}

/* A row's column: 0 the function's start, 1 the place of its FDE. */
static uint64_t row(const struct frames *frames, uint32_t i, unsigned int column)
{
	int32_t value;

	memcpy(&value, frames->table + (size_t)i * ROW_SIZE + column * sizeof(value), sizeof(value));
	return frames->header + (uint64_t)(int64_t)value;
}

bool frames_function(const struct frames *frames, uint64_t address, struct range *function)
{
	uint32_t low = 0, high = frames->table ? frames->count : 0, middle;
	struct range found;

	/* Rows before low start at the address or below it, those from high on above. */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (row(frames, middle, 0) <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !fde_range(frames->object, row(frames, low - 1, 1), &found) ||
	    found.start != row(frames, low - 1, 0) || address >= found.end)
		return false;
	*function = found;
	return true;
}
