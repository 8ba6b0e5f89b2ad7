// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The library that avow exec has the dynamic loader load first, by LD_AUDIT; children
 * inherit that. In every object that the loader maps, CPUID is replaced before anything
 * of the object runs. Exceptions are the loader itself, which has asked the CPU already
 * when it gets here, and what it has asked it keeps.
 *
 * Nothing is replaced where the module does not answer.
 */
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "answer.h"
#include "object.h"
#include "patch.h"
#include "say.h"

#define EXPORT		__attribute__((visibility("default")))
#define VERBOSE		"AVOW_EXEC_VERBOSE"	/* set by avow exec --verbose */

static bool verbose;

static const Elf64_Ehdr *header_in(const struct mapping *m)
{
	const Elf64_Ehdr *header = (const void *)m->start;

	if (m->offset || !(m->prot & PROT_READ) || memcmp(header->e_ident, ELFMAG, SELFMAG) ||
	    header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_machine != EM_X86_64 ||
	    header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phoff > m->end - m->start ||
	    header->e_phnum > (m->end - m->start - header->e_phoff) / sizeof(Elf64_Phdr))
		return NULL;
	return header;
}

/* From the ELF header in memory, the nearest below the object's dynamic section. */
static bool describe(const struct link_map *map, const struct mappings *mappings, struct object *object)
{
	const Elf64_Ehdr *header = NULL;
	const Elf64_Phdr *dynamic;

	for (unsigned int i = 0; i < mappings->nr && mappings->items[i].start <= (uintptr_t)map->l_ld; i++)
		if (header_in(&mappings->items[i]))
			header = header_in(&mappings->items[i]);
	if (!header)
		return false;
	object->bias = map->l_addr;
	object->phdr = (const void *)((uintptr_t)header + header->e_phoff);
	object->phnum = header->e_phnum;
	/* Is it this object's? */
	dynamic = object_segment(object, PT_DYNAMIC);
	return dynamic && object->bias + dynamic->p_vaddr == (uintptr_t)map->l_ld;
}

struct patching {
	const struct object *object;
	const struct mappings *mappings;
	unsigned int done, failed;
};

static void patch_site(void *arg, uint64_t address)
{
	struct patching *p = arg;

	if (patch_cpuid(p->mappings, p->object->bias + address))
		p->done++;
	else
		p->failed++;
}

/* What is left alone looks like CPUID, and may be. */
static void tell(const char *name, unsigned int done, const struct sites *sites)
{
	unsigned int doubtful = sites->not_decoded + sites->not_reached;

	if (done || sites->no_function || doubtful)
		say("cpuid: %s: %u replaced; may be CPUID, left alone: %u without unwind information, "
		    "%u in functions that may have data between their instructions", name, done,
		    sites->no_function, doubtful);
	if (sites->not_readable)
		say("cpuid: %s: left alone: %u segments that can only be executed", name, sites->not_readable);
}

static void patch_object(const struct link_map *map, const char *name)
{
	static struct mappings mappings;	/* the loader's lock is held */
	struct object object;
	struct patching p = { .object = &object, .mappings = &mappings };
	struct sites sites;

	if (!mappings_of(&mappings, (uintptr_t)map->l_ld) || !describe(map, &mappings, &object)) {
		if (verbose)
			say("cpuid: %s: not an object in a file that is mapped here; left alone", name);
		return;
	}
	sites_find(&object, patch_site, &p, &sites);
	if (p.failed)
		say("cpuid: %s: the text cannot be changed: %u CPUID instructions see the CPU", name,
		    p.failed);
	if (verbose)
		tell(name, p.done, &sites);
}

EXPORT unsigned int la_version(unsigned int version)
{
	const char *why = "";
	enum answer answer;

	if (!version)
		return 0;
	verbose = getenv(VERBOSE) != NULL;
	answer = answer_begin(&why);
	if (answer == ANSWER_NONE)
		say("cpuid: %s; CPUID is left alone", why);
	if (answer == ANSWER_FAULTING && verbose)
		say("cpuid: it faults on this CPU, and avow.ko answers; nothing has to be replaced");
	/* With 0 the loader forgets this library. */
	if (answer != ANSWER_UD2)
		return 0;
	return version < LAV_CURRENT ? version : LAV_CURRENT;
}

EXPORT unsigned int la_objopen(struct link_map *map, Lmid_t namespace, uintptr_t *cookie)
{
	(void)namespace;
	(void)cookie;
	patch_object(map, *map->l_name ? map->l_name : "the program");
	return 0;
}
