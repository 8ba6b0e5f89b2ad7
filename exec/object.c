// SPDX-License-Identifier: LGPL-2.1-or-later
#include "object.h"

const uint8_t *object_at(const struct object *object, uint64_t address, size_t size)
{
	const Elf64_Phdr *segment;

	for (unsigned int i = 0; i < object->phnum; i++) {
		segment = &object->phdr[i];
		if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_R) ||
		    address < segment->p_vaddr || address - segment->p_vaddr > segment->p_filesz)
			continue;
		if (size <= segment->p_filesz - (address - segment->p_vaddr))
			return (const uint8_t *)(object->bias + address);
	}
	return NULL;
}

const Elf64_Phdr *object_segment(const struct object *object, uint32_t type)
{
	for (unsigned int i = 0; i < object->phnum; i++)
		if (object->phdr[i].p_type == type)
			return &object->phdr[i];
	return NULL;
}
