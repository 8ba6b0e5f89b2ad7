/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a file, and readers of it that take one field after the other. */
#ifndef AVOW_ELF_FUZZ_H
#define AVOW_ELF_FUZZ_H

#include <elf.h>

#include "fuzz.h"

struct file {
	const uint8_t *bytes;
	size_t size;
};

/* NULL where the file ends before. */
const void *file_at(const struct file *file, uint64_t offset, uint64_t size);
/* An ELF64 file for x86-64? */
bool file_header(const struct file *file, Elf64_Ehdr *header);
bool file_segment(const struct file *file, const Elf64_Ehdr *header, unsigned int i, Elf64_Phdr *segment);

void fuzz_exec(const struct file *file);
void fuzz_image(const struct file *file, const char *path);
void fuzz_program(const struct file *file, const char *path);

#endif
