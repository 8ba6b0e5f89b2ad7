// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * lib/elf.c and cmd/program.c. The first: a file is an enclave or ENOEXEC, as lib/enclave.h
 * says; each page of it is the bytes of the file or zeros, at its place, no two at one place.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "../../cmd/cmd.h"
#include "../../cmd/program.h"
#include "../../lib/enclave.h"
#include "elf_fuzz.h"

#define PAGE		4096ull
#define LIMIT		(1ull << 40)
#define PARTS_MAX	96
#define AREAS_MAX	8
#define NOTE_NAME	20	/* to the end of a note's name */
#define NOTE_HEAD	28	/* and of what is before the areas */
#define AREA_BYTES	32
#define DYNAMIC		0x100

/* A part of a segment, as pages: from the file, or a copy with zeros behind it. */
struct part {
	uint64_t at, length, offset, from_file;
	unsigned int flags;
};

struct parts {
	struct part part[PARTS_MAX + 2];
	unsigned int nr;
	struct part later[AREAS_MAX];	/* for run time: of no bytes yet */
	unsigned int nr_later;
	bool has_note;
	uint32_t miscselect;
	uint64_t end;
	bool big;		/* so much memory that there may be none */
};

static uint64_t up(uint64_t n)
{
	return (n + PAGE - 1) / PAGE * PAGE;
}

static bool add_parts(struct parts *parts, const Elf64_Phdr *s, size_t size)
{
	uint64_t whole = s->p_filesz == s->p_memsz ? up(s->p_filesz) : s->p_filesz / PAGE * PAGE;

	if (s->p_offset % PAGE || s->p_vaddr % PAGE || !s->p_memsz || s->p_filesz > s->p_memsz ||
	    s->p_memsz >= LIMIT || s->p_vaddr >= LIMIT || s->p_offset > size || s->p_filesz > size - s->p_offset ||
	    s->p_vaddr < parts->end || parts->nr + 2 > PARTS_MAX)
		return false;
	parts->end = up(s->p_vaddr + s->p_memsz);
	if (whole)
		parts->part[parts->nr++] = (struct part){ s->p_vaddr, whole, s->p_offset, whole, s->p_flags };
	if (up(s->p_memsz) > whole)
		parts->part[parts->nr++] = (struct part){ s->p_vaddr + whole, up(s->p_memsz) - whole, s->p_offset + whole,
							  s->p_filesz > whole ? s->p_filesz - whole : 0, s->p_flags };
	if (s->p_memsz > 1 << 30)
		parts->big = true;
	return true;
}

/* ---- the note: runtime/abi.h, read byte by byte ---- */

static uint64_t number(const uint8_t *at, unsigned int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | at[bytes];
	return value;
}

static bool meets(const struct part *parts, unsigned int nr, uint64_t at, uint64_t length)
{
	for (unsigned int i = 0; i < nr; i++)
		if (at < parts[i].at + parts[i].length && parts[i].at < at + length)
			return true;
	return false;
}

static bool add_area(struct parts *parts, const uint8_t *area)
{
	uint64_t at = number(area, 8), length = number(area + 8, 8), stride = number(area + 16, 8);
	uint32_t count = (uint32_t)number(area + 24, 4), flags = (uint32_t)number(area + 28, 4);
	unsigned int rwx = (flags & 1 ? PF_R : 0) | (flags & 2 ? PF_W : 0) | (flags & 4 ? PF_X : 0);

	if (at % PAGE || length % PAGE || stride % PAGE || !length || at >= LIMIT || length >= LIMIT || stride >= LIMIT ||
	    !count || count > 32 || (flags & ~(DYNAMIC | 7u)) || !(flags & 1) || ((flags & DYNAMIC) && count != 1) ||
	    (!(flags & DYNAMIC) && parts->nr + count > PARTS_MAX))
		return false;
	for (uint32_t i = 0; i < count; i++, at += stride) {
		if (meets(parts->part, parts->nr, at, length) || meets(parts->later, parts->nr_later, at, length))
			return false;
		if (flags & DYNAMIC)
			parts->later[parts->nr_later++] = (struct part){ at, length, 0, 0, rwx };
		else
			parts->part[parts->nr++] = (struct part){ at, length, 0, 0, rwx };
		if (at + length > parts->end)
			parts->end = at + length;
	}
	if (length > 1 << 30)
		parts->big = true;
	return true;
}

static bool add_note(const struct file *file, struct parts *parts, const Elf64_Phdr *s)
{
	const uint8_t *note = file_at(file, s->p_offset, NOTE_NAME);
	uint64_t nr;

	if (!note || s->p_filesz < NOTE_NAME || number(note, 4) != 5 || memcmp(note + 12, "Avow\0\0\0", 8))
		return true;
	if (parts->has_note || number(note + 8, 4) != 1 || s->p_filesz < NOTE_HEAD || !file_at(file, s->p_offset, s->p_filesz))
		return false;
	nr = number(note + 24, 4);
	if (nr > AREAS_MAX || number(note + 4, 4) != 8 + nr * AREA_BYTES || s->p_filesz != NOTE_HEAD + nr * AREA_BYTES)
		return false;
	parts->has_note = true;
	parts->miscselect = (uint32_t)number(note + 20, 4);
	for (uint64_t i = 0; i < nr; i++)
		if (!add_area(parts, note + NOTE_HEAD + i * AREA_BYTES))
			return false;
	return true;
}

/* What the file must come out as; false: it is no enclave. */
static bool read_parts(const struct file *file, struct parts *parts)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	*parts = (struct parts){ .nr = 0 };
	if (!file_header(file, &header))
		return false;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		if (!file_segment(file, &header, i, &segment))
			return false;
		if (segment.p_type == PT_LOAD && !add_parts(parts, &segment, file->size))
			return false;
	}
	if (!parts->nr)
		return false;
	for (unsigned int i = 0; i < header.e_phnum; i++)
		if (!file_segment(file, &header, i, &segment) ||
		    (segment.p_type == PT_NOTE && !add_note(file, parts, &segment)))
			return false;
	return true;
}

/* The byte of a part, with what the file does not give zero. */
static uint8_t byte_of(const struct file *file, const struct part *part, uint64_t i)
{
	const uint8_t *at = i < part->from_file ? file_at(file, part->offset + i, 1) : NULL;

	return at ? *at : 0;
}

static void check_part(const struct file *file, const struct part *part, const struct avow_segment *segment,
		       bool tcs)
{
	unsigned int rwx = (part->flags & PF_R ? 1 : 0) | (part->flags & PF_W ? 2 : 0) | (part->flags & PF_X ? 4 : 0);
	const uint8_t *src = segment->pages.src;

	MUST(segment->pages.offset == part->at && segment->pages.length == part->length);
	MUST(!((uintptr_t)src % PAGE));
	MUST(segment->pages.secinfo == (tcs ? 1u << 8 : 2u << 8 | rwx));
	MUST((unsigned int)segment->prot == (tcs ? 3 : rwx));
	MUST(segment->pages.flags == 1);
	/* Zeros without end are looked at where they begin and end. */
	for (uint64_t i = 0; i < part->length; i++) {
		if (i == part->from_file + 2 * PAGE && part->length > i + PAGE)
			i = part->length - PAGE;
		MUST(src[i] == byte_of(file, part, i));
	}
}

/* Never mapped W and X at once. */
static void check_later(const struct part *part, const struct avow_area *area)
{
	unsigned int prot = part->flags & PF_W ? PF_R | PF_W : part->flags;

	MUST(area->offset == part->at && area->length == part->length);
	MUST((unsigned int)avow_area_prot(area) == ((prot & PF_R ? 1 : 0) | (prot & PF_W ? 2u : 0) | (prot & PF_X ? 4u : 0)));
}

void fuzz_image(const struct file *file, const char *path)
{
	struct avow_image image;
	struct parts parts;
	bool good = read_parts(file, &parts);
	int err = avow_image_open(&image, path);

	if (err) {
		MUST(err == -ENOEXEC ? !good : err == -ENOMEM && parts.big);
		return;
	}
	MUST(good && image.nr == parts.nr);
	for (unsigned int i = 0; i < image.nr; i++)
		check_part(file, &parts.part[i], &image.segments[i], !i);
	MUST(image.has_layout == parts.has_note && image.miscselect == parts.miscselect);
	MUST(image.nr_dynamic == parts.nr_later);
	for (unsigned int i = 0; i < image.nr_dynamic; i++)
		check_later(&parts.later[i], &image.dynamic[i]);
	MUST(image.size >= parts.end && image.size >= 2 * PAGE && __builtin_popcountll(image.size) == 1);
	MUST(image.size == 2 * PAGE || image.size / 2 < parts.end);
	avow_image_close(&image);
	MUST(image.fd == -1 && !image.nr_maps);
}

/* ---- cmd/program.c ---- */

static unsigned int complaints;

/* The commands' own prints. */
void complain(const char *format, ...)
{
	char text[2 * PATH_MAX];
	va_list arguments;

	va_start(arguments, format);
	MUST(vsnprintf(text, sizeof(text), format, arguments) > 0);
	va_end(arguments);
	complaints++;
}

/* Is the loader that the first PT_INTERP names glibc's? */
static bool runs(const struct file *file)
{
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	const char *name, *end, *last;

	if (!file_header(file, &header))
		return false;
	for (unsigned int i = 0; i < header.e_phnum; i++) {
		if (!file_segment(file, &header, i, &segment))
			return false;
		if (segment.p_type != PT_INTERP || segment.p_filesz >= PATH_MAX)
			continue;
		name = file_at(file, segment.p_offset, segment.p_filesz);
		if (!name)
			return false;
		end = memchr(name, 0, segment.p_filesz);
		end = end ? end : name + segment.p_filesz;
		for (last = name; (name = memchr(last, '/', (size_t)(end - last))); last = name + 1)
			;
		return end - last >= 18 && !memcmp(last, "ld-linux-x86-64.so", 18);
	}
	return false;
}

void fuzz_program(const struct file *file, const char *path)
{
	int status;

	complaints = 0;
	status = program_check(path);
	MUST(status == (runs(file) ? 0 : -1));
	MUST(complaints == (status ? 1 : 0));
}
