// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Looks for CPUID: first for its two bytes, which are rare, then for the function that
 * has them, and only that one is decoded.
 */
#include <string.h>

#include "object.h"

static const uint8_t cpuid[2] = { 0x0f, 0xa2 };

struct search {
	const struct object *object;
	struct frames frames;
	struct range function;		/* the last one, empty before the first */
	enum decoded decoded;		/* what came of it */
	site_fn *fn;
	void *arg;
	struct sites *sites;
};

/* Makes the function with this address the decoded one. */
static bool enter_function(struct search *s, uint64_t address)
{
	const uint8_t *code;
	size_t size;

	if (address >= s->function.start && address < s->function.end)
		return true;
	s->function = (struct range){ 0 };
	if (!frames_function(&s->frames, address, &s->function))
		return false;
	size = s->function.end - s->function.start;
	code = object_at(s->object, s->function.start, size);
	if (!code) {
		s->function = (struct range){ 0 };
		return false;
	}
	s->decoded = decode_function(code, size);
	return true;
}

static void judge(struct search *s, uint64_t address)
{
	if (!enter_function(s, address)) {
		s->sites->no_function++;
	} else if (s->decoded != DECODED) {
		s->sites->not_decoded++;
	} else if (decode_maybe_cpuid(address - s->function.start)) {
		s->sites->not_reached++;
	} else if (!decode_is_cpuid(address - s->function.start)) {
		s->sites->other++;
	} else {
		s->sites->cpuid++;
		s->fn(s->arg, address);
	}
}

static void search_segment(struct search *s, const Elf64_Phdr *segment)
{
	const uint8_t *start = object_at(s->object, segment->p_vaddr, segment->p_filesz);
	const uint8_t *end, *at = start;

	if (!start) {
		s->sites->not_readable++;
		return;
	}
	end = start + segment->p_filesz;
	while ((at = memmem(at, (size_t)(end - at), cpuid, sizeof(cpuid)))) {
		judge(s, segment->p_vaddr + (uint64_t)(at - start));
		at++;
	}
}

void sites_find(const struct object *object, site_fn *fn, void *arg, struct sites *sites)
{
	struct search search = { .object = object, .fn = fn, .arg = arg, .sites = sites };

	memset(sites, 0, sizeof(*sites));
	frames_open(&search.frames, object);
	for (unsigned int i = 0; i < object->phnum; i++)
		if (object->phdr[i].p_type == PT_LOAD && (object->phdr[i].p_flags & PF_X))
			search_segment(&search, &object->phdr[i]);
}
