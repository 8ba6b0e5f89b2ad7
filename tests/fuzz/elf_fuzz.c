// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Any bytes as an ELF file, for each reader of ELF files that are not the kernel's own:
 *
 *	exec/	where avow exec finds CPUID	elf_exec.c: read a second time, in another way
 *	lib/	an enclave to be loaded		elf_image.c: the same
 *	cmd/	can avow exec run it?		elf_image.c
 *
 * What is read outside of what a file gives is poisoned memory, or not mapped.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_fuzz.h"

const void *file_at(const struct file *file, uint64_t offset, uint64_t size)
{
	return offset <= file->size && size <= file->size - offset ? file->bytes + offset : NULL;
}

bool file_header(const struct file *file, Elf64_Ehdr *header)
{
	static const char magic[4] = "\x7f" "ELF";
	const void *at = file_at(file, 0, sizeof(*header));

	if (!at)
		return false;
	memcpy(header, at, sizeof(*header));
	return !memcmp(header->e_ident, magic, 4) && header->e_ident[EI_CLASS] == ELFCLASS64 &&
	       header->e_machine == EM_X86_64 && header->e_phentsize == sizeof(Elf64_Phdr);
}

bool file_segment(const struct file *file, const Elf64_Ehdr *header, unsigned int i, Elf64_Phdr *segment)
{
	unsigned __int128 offset = (unsigned __int128)header->e_phoff + i * sizeof(*segment);
	const void *at = offset <= file->size ? file_at(file, (uint64_t)offset, sizeof(*segment)) : NULL;

	if (!at)
		return false;
	memcpy(segment, at, sizeof(*segment));
	return true;
}

/* One file without a name for all runs. */
static void write_file(const struct file *file, char path[32])
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("elf_fuzz", 0);
	MUST(fd >= 0 && !ftruncate(fd, 0));
	MUST(pwrite(fd, file->bytes, file->size, 0) == (ssize_t)file->size);
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	MUST(!fchmod(fd, 0755));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct file file = { bytes, size };
	char path[32];

	fuzz_exec(&file);
	write_file(&file, path);
	fuzz_image(&file, path);
	/* A script would have other files of this machine opened. */
	if (size < 2 || memcmp(bytes, "#!", 2))
		fuzz_program(&file, path);
	return 0;
}
