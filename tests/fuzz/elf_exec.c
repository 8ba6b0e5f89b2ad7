// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * exec/: which CPUIDs avow exec replaces. A wrong one corrupts a program, so each is judged
 * a second time: the unwind information is read row after row and not searched, and a function
 * is followed from its start, and not passed over until nothing changes. What is an instruction
 * is Zydis' word in both; tests/exec compares that with objdump.
 *
 * Each site must be right whatever the file is. That none is forgotten, and the counts, are
 * compared where the table is as linkers make it: ascending, its functions apart.
 */
#include <string.h>
#include <sanitizer/asan_interface.h>
#include <Zydis/Zydis.h>

#include "../../exec/object.h"
#include "elf_fuzz.h"

#define SEGMENTS_MAX	16
#define ROOM		(1u << 16)	/* addresses of an object */
#define SITES_MAX	4096

/* An object as a loader leaves it: at 0, of which it knows no better. */
static struct {
	Elf64_Phdr phdr[SEGMENTS_MAX];
	unsigned int nr;
	uint8_t *room;
} loaded;

static bool load_segment(const struct file *file, const Elf64_Phdr *s)
{
	const void *from = file_at(file, s->p_offset, s->p_filesz);

	if (!from || s->p_vaddr > ROOM || s->p_filesz > ROOM - s->p_vaddr)
		return false;
	memcpy(loaded.room + s->p_vaddr, from, s->p_filesz);
	return true;
}

/* Only what a segment that can be read has from the file may be looked at. */
static void poison(void)
{
	ASAN_POISON_MEMORY_REGION(loaded.room, ROOM);
	for (unsigned int i = 0; i < loaded.nr; i++)
		if (loaded.phdr[i].p_type == PT_LOAD && (loaded.phdr[i].p_flags & PF_R))
			ASAN_UNPOISON_MEMORY_REGION(loaded.room + loaded.phdr[i].p_vaddr, loaded.phdr[i].p_filesz);
}

static bool load(const struct file *file)
{
	Elf64_Ehdr header;

	if (!file_header(file, &header) || header.e_phnum > SEGMENTS_MAX)
		return false;
	if (!loaded.room)
		loaded.room = malloc(ROOM);
	MUST(loaded.room);
	ASAN_UNPOISON_MEMORY_REGION(loaded.room, ROOM);
	memset(loaded.room, 0, ROOM);
	for (loaded.nr = 0; loaded.nr < header.e_phnum; loaded.nr++) {
		Elf64_Phdr *s = &loaded.phdr[loaded.nr];

		if (!file_segment(file, &header, loaded.nr, s) || (s->p_type == PT_LOAD && !load_segment(file, s)))
			return false;
	}
	poison();
	return true;
}

/* ---- the second opinion: bytes ---- */

static const uint8_t *at(int64_t address, uint64_t size)
{
	for (unsigned int i = 0; i < loaded.nr; i++) {
		const Elf64_Phdr *s = &loaded.phdr[i];

		if (s->p_type == PT_LOAD && (s->p_flags & PF_R) && address >= (int64_t)s->p_vaddr &&
		    (unsigned __int128)address + size <= (unsigned __int128)s->p_vaddr + s->p_filesz)
			return loaded.room + address;
	}
	return NULL;
}

static int32_t word(const uint8_t *from)
{
	return (int32_t)(from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24);
}

/* A record of .eh_frame: what follows its length. */
struct record {
	int64_t address;
	const uint8_t *bytes;
	uint32_t size, used;
	bool bad;
};

static bool open_record(int64_t address, struct record *r)
{
	const uint8_t *length = at(address, 4);
	uint32_t size = length ? (uint32_t)word(length) : 0;

	*r = (struct record){ .address = address + 4, .size = size };
	if (!size || size > 4096)
		return false;
	length = at(address, 4ull + size);
	r->bytes = length ? length + 4 : NULL;
	return length;
}

static uint64_t next(struct record *r, unsigned int size)
{
	uint64_t value = 0;

	if (r->bad || r->size - r->used < size) {
		r->bad = true;
		return 0;
	}
	for (unsigned int i = size; i--;)
		value = value << 8 | r->bytes[r->used + i];
	r->used += size;
	return value;
}

static void pass_leb128(struct record *r)
{
	while (next(r, 1) >= 0x80)
		;
}

/* How many bytes a number of this encoding has; 0: not one that is known. */
static unsigned int width(unsigned int encoding)
{
	switch (encoding & 15) {
	case 3:
	case 11:
		return 4;
	case 0:
	case 4:
	case 12:
		return 8;
	default:
		return 0;
	}
}

static int64_t next_number(struct record *r, unsigned int encoding)
{
	unsigned int size = width(encoding);
	uint64_t value = next(r, size);

	if (!size)
		r->bad = true;
	return (encoding & 15) == 11 ? (int64_t)(int32_t)value : (int64_t)value;
}

/* The encoding of its FDEs' starts; -1: the CIE is not known. */
static int cie_encoding(int64_t address)
{
	struct record r;
	int encoding = 0;
	uint32_t letters;
	uint64_t version;

	if (!open_record(address, &r) || next(&r, 4))
		return -1;
	version = next(&r, 1);
	letters = r.used;
	while (next(&r, 1))
		;
	pass_leb128(&r);
	pass_leb128(&r);
	pass_leb128(&r);
	if (r.bad || (version != 1 && version != 3) || (r.bytes[letters] && r.bytes[letters] != 'z'))
		return -1;
	if (!r.bytes[letters])
		return 0;
	pass_leb128(&r);
	while (r.bytes[++letters])
		switch (r.bytes[letters]) {
		case 'R':
			encoding = (int)next(&r, 1);
			break;
		case 'L':
			next(&r, 1);
			break;
		case 'P':
			next_number(&r, (unsigned int)next(&r, 1));
			break;
		case 'S':
		case 'B':
			break;
		default:
			return -1;
		}
	return r.bad ? -1 : encoding;
}

static bool read_fde(int64_t address, struct range *function)
{
	struct record r;
	int64_t cie, start, length;
	int encoding;

	if (!open_record(address, &r))
		return false;
	cie = r.address - (int32_t)next(&r, 4);
	encoding = r.bad ? -1 : cie_encoding(cie);
	/* Absolute, or relative to the number's own place. */
	if (encoding < 0 || ((encoding & 0xf0) && (encoding & 0xf0) != 0x10))
		return false;
	start = encoding & 0xf0 ? r.address + r.used : 0;
	start = (int64_t)((uint64_t)start + (uint64_t)next_number(&r, (unsigned int)encoding));
	length = next_number(&r, (unsigned int)encoding);
	function->start = (uint64_t)start;
	function->end = (uint64_t)start + (uint64_t)length;
	return !r.bad && function->end > function->start;
}

/* ---- the second opinion: functions ---- */

struct table {
	const uint8_t *rows;
	int64_t header;
	uint32_t nr;
	bool plain;	/* ascending, functions apart */
};

static int64_t row(const struct table *t, uint32_t i, unsigned int column)
{
	return t->header + word(t->rows + 8ull * i + 4 * column);
}

/* The function of a row, if its FDE says the same. */
static bool function_of(const struct table *t, uint32_t i, struct range *function)
{
	return read_fde(row(t, i, 1), function) && (int64_t)function->start == row(t, i, 0);
}

static bool apart(const struct table *t)
{
	struct range function;

	if (t->nr && row(t, 0, 0) < 0)
		return false;
	/* An end may be anything, up to the last address there is. */
	for (uint32_t i = 0; i + 1 < t->nr; i++)
		if (row(t, i, 0) >= row(t, i + 1, 0) ||
		    (function_of(t, i, &function) && function.end > (uint64_t)row(t, i + 1, 0)))
			return false;
	return true;
}

static void read_table(struct table *t)
{
	const Elf64_Phdr *s = NULL;
	const uint8_t *header;

	*t = (struct table){ .plain = true };
	for (unsigned int i = 0; i < loaded.nr && !s; i++)
		if (loaded.phdr[i].p_type == PT_GNU_EH_FRAME)
			s = &loaded.phdr[i];
	header = s ? at((int64_t)s->p_vaddr, 12) : NULL;
	if (!header || header[0] != 1 || header[1] == 0xff || ((header[1] & 15) != 3 && (header[1] & 15) != 11) ||
	    header[2] != 3 || header[3] != 0x3b)
		return;
	t->header = (int64_t)s->p_vaddr;
	t->rows = at(t->header + 12, 8ull * (uint32_t)word(header + 8));
	t->nr = t->rows ? (uint32_t)word(header + 8) : 0;
	t->plain = apart(t);
}

/* ---- the second opinion: instructions ---- */

struct instruction {
	bool starts, ends, cpuid, targeted, reached;
	unsigned int length;
	int64_t target;
};

struct code {
	const uint8_t *bytes;
	uint64_t size;
	struct instruction *at;		/* one for each byte */
	bool good;
};

static bool stops(const ZydisDecodedInstruction *i)
{
	static const ZydisMnemonic none_after[] = { ZYDIS_MNEMONIC_UD0, ZYDIS_MNEMONIC_UD1, ZYDIS_MNEMONIC_UD2,
						    ZYDIS_MNEMONIC_HLT, ZYDIS_MNEMONIC_INT3 };

	for (size_t n = 0; n < sizeof(none_after) / sizeof(none_after[0]); n++)
		if (i->mnemonic == none_after[n])
			return true;
	return i->meta.category == ZYDIS_CATEGORY_UNCOND_BR || i->meta.category == ZYDIS_CATEGORY_RET ||
	       i->meta.category == ZYDIS_CATEGORY_SYSRET;
}

static bool decode(struct code *c)
{
	ZydisDecoder decoder;
	ZydisDecodedInstruction i;

	ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	for (uint64_t n = 0; n < c->size; n += i.length) {
		if (ZYAN_FAILED(ZydisDecoderDecodeInstruction(&decoder, NULL, c->bytes + n, c->size - n, &i)))
			return false;
		c->at[n] = (struct instruction){
			.starts = true, .ends = stops(&i), .targeted = c->at[n].targeted, .length = i.length,
			.cpuid = i.length == 2 && c->bytes[n] == 0x0f && c->bytes[n + 1] == 0xa2, .target = -1,
		};
		if (i.meta.branch_type != ZYDIS_BRANCH_TYPE_NONE && i.raw.imm[0].is_relative)
			c->at[n].target = (int64_t)(n + i.length) + i.raw.imm[0].value.s;
		if (c->at[n].target < 0 || (uint64_t)c->at[n].target >= c->size)
			c->at[n].target = -1;
		else
			c->at[c->at[n].target].targeted = true;
	}
	return true;
}

/* The instruction that a jump to this byte comes to; one can go in behind its LOCK. -1: none. */
static int64_t landing(const struct code *c, int64_t n)
{
	if (c->at[n].starts)
		return n;
	return n && c->at[n - 1].starts && c->bytes[n - 1] == 0xf0 ? n - 1 : -1;
}

static void follow(struct code *c)
{
	static int64_t todo[2 * ROOM];
	size_t nr = 0;

	todo[nr++] = 0;
	while (nr) {
		struct instruction *i = &c->at[todo[--nr]];
		int64_t n = i - c->at, after = n + i->length;

		if (i->reached)
			continue;
		i->reached = true;
		if (i->target >= 0)
			todo[nr++] = landing(c, i->target);
		if (!i->ends && (uint64_t)after < c->size)
			todo[nr++] = after;
	}
}

static void read_code(struct code *c, const struct range *function)
{
	c->size = function->end - function->start;
	c->bytes = at((int64_t)function->start, c->size);
	c->at = NULL;
	c->good = false;
	if (!c->bytes)
		return;
	c->at = calloc(c->size, sizeof(*c->at));
	MUST(c->at);
	c->good = decode(c);
	for (uint64_t n = 0; n < c->size && c->good; n++)
		if (c->at[n].targeted && landing(c, (int64_t)n) < 0)
			c->good = false;
	if (c->good)
		follow(c);
}

/* ---- both together ---- */

static uint64_t found[SITES_MAX];
static size_t nr_found;

static void note(void *arg, uint64_t address)
{
	(void)arg;
	MUST(nr_found < SITES_MAX);
	found[nr_found++] = address;
}

static bool is_site(const struct code *c, uint64_t n)
{
	return c->good && c->at[n].starts && c->at[n].cpuid && c->at[n].reached;
}

/* In some function that the file tells of. */
static void check_site(const struct table *t, uint64_t address)
{
	const uint8_t *bytes = at((int64_t)address, 2);
	struct range function;
	bool right = false;

	MUST(bytes && bytes[0] == 0x0f && bytes[1] == 0xa2);
	for (uint32_t i = 0; i < t->nr && !right; i++)
		if (function_of(t, i, &function) && address >= function.start && address < function.end) {
			struct code c;

			read_code(&c, &function);
			right = is_site(&c, address - function.start);
			free(c.at);
		}
	MUST(right);
}

/* What there is to say of two bytes 0f a2. */
static void count(const struct table *t, uint64_t address, struct sites *sites)
{
	struct range function = { 0 };
	struct code c = { 0 };
	uint32_t i;

	for (i = 0; i < t->nr; i++)
		if (function_of(t, i, &function) && address >= function.start && address < function.end)
			break;
	if (i < t->nr)
		read_code(&c, &function);
	if (!c.bytes) {
		sites->no_function++;
	} else if (!c.good) {
		sites->not_decoded++;
	} else if (!c.at[address - function.start].starts || !c.at[address - function.start].cpuid) {
		sites->other++;
	} else if (!c.at[address - function.start].reached) {
		sites->not_reached++;
	} else {
		MUST(sites->cpuid < nr_found && found[sites->cpuid] == address);
		sites->cpuid++;
	}
	free(c.at);
}

static void check_counts(const struct table *t, const struct sites *sites)
{
	struct sites want = { 0 };

	for (unsigned int i = 0; i < loaded.nr; i++) {
		const Elf64_Phdr *s = &loaded.phdr[i];
		const uint8_t *bytes;

		if (s->p_type != PT_LOAD || !(s->p_flags & PF_X))
			continue;
		bytes = at((int64_t)s->p_vaddr, s->p_filesz);
		want.not_readable += !bytes;
		for (uint64_t n = 0; bytes && n + 1 < s->p_filesz; n++)
			if (bytes[n] == 0x0f && bytes[n + 1] == 0xa2)
				count(t, s->p_vaddr + n, &want);
	}
	MUST(!memcmp(&want, sites, sizeof(want)));
}

void fuzz_exec(const struct file *file)
{
	struct sites sites;
	struct object object;
	struct table table;

	if (!load(file))
		return;
	object = (struct object){ (uintptr_t)loaded.room, loaded.phdr, loaded.nr };
	nr_found = 0;
	sites_find(&object, note, NULL, &sites);
	MUST(sites.cpuid == nr_found);
	read_table(&table);
	for (size_t i = 0; i < nr_found; i++)
		check_site(&table, found[i]);
	if (table.plain)
		check_counts(&table, &sites);
}
