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
#define PARTS_MAX	32

/* A part of a segment, as pages: from the file, or a copy with zeros behind it. */
struct part {
	uint64_t at, length, offset, from_file;
	unsigned int flags;
};

struct parts {
	struct part part[PARTS_MAX + 2];
	unsigned int nr;
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
	return parts->nr;
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
