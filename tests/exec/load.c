// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

#define PAGE	4096ul

static bool is_object(const Elf64_Ehdr *header, size_t size)
{
	return size >= sizeof(*header) && !memcmp(header->e_ident, ELFMAG, SELFMAG) &&
	       header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_machine == EM_X86_64 &&
	       (header->e_type == ET_DYN || header->e_type == ET_EXEC) &&
	       header->e_phentsize == sizeof(Elf64_Phdr) && header->e_phoff <= size &&
	       header->e_phnum <= (size - header->e_phoff) / sizeof(Elf64_Phdr);
}

/* The address behind the last segment; 0 where a segment is not as it should be. */
static uint64_t extent(const Elf64_Phdr *phdr, unsigned int phnum, size_t size)
{
	uint64_t end = 0;

	for (unsigned int i = 0; i < phnum; i++) {
		if (phdr[i].p_type != PT_LOAD)
			continue;
		if (phdr[i].p_offset > size || phdr[i].p_filesz > size - phdr[i].p_offset ||
		    phdr[i].p_memsz < phdr[i].p_filesz || phdr[i].p_vaddr % PAGE != phdr[i].p_offset % PAGE)
			return 0;
		if (phdr[i].p_vaddr + phdr[i].p_memsz > end)
			end = phdr[i].p_vaddr + phdr[i].p_memsz;
	}
	return end;
}

/* Room for all of them from address 0 on, then each segment into its place. */
static bool map_segments(struct loaded *loaded, int fd, uint64_t end)
{
	const Elf64_Phdr *phdr = loaded->object.phdr;
	uint8_t *room = mmap(NULL, end, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (room == MAP_FAILED)
		return false;
	loaded->room = room;
	loaded->size = end;
	loaded->object.bias = (uintptr_t)room;
	for (unsigned int i = 0; i < loaded->object.phnum; i++) {
		uint64_t skew = phdr[i].p_vaddr % PAGE;

		if (phdr[i].p_type != PT_LOAD || !phdr[i].p_filesz)
			continue;
		if (mmap(room + phdr[i].p_vaddr - skew, phdr[i].p_filesz + skew, PROT_READ,
			 MAP_PRIVATE | MAP_FIXED, fd, (off_t)(phdr[i].p_offset - skew)) == MAP_FAILED)
			return false;
	}
	return true;
}

enum load load_object(struct loaded *loaded, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum load result = LOAD_FAILED;
	struct stat info;
	uint64_t end;

	memset(loaded, 0, sizeof(*loaded));
	if (fd < 0)
		return LOAD_FAILED;
	if (fstat(fd, &info))
		goto out;
	loaded->file_size = (size_t)info.st_size;
	if (!S_ISREG(info.st_mode) || !loaded->file_size) {
		result = LOAD_NO_OBJECT;
		goto out;
	}
	loaded->file = mmap(NULL, loaded->file_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (loaded->file == MAP_FAILED)
		goto out;
	if (!is_object((const void *)loaded->file, loaded->file_size)) {
		result = LOAD_NO_OBJECT;
		goto out;
	}
	loaded->object.phdr = (const void *)(loaded->file + ((const Elf64_Ehdr *)loaded->file)->e_phoff);
	loaded->object.phnum = ((const Elf64_Ehdr *)loaded->file)->e_phnum;
	end = extent(loaded->object.phdr, loaded->object.phnum, loaded->file_size);
	if (!end)
		result = LOAD_NO_OBJECT;	/* as the halves of debugging symbols are */
	else if (map_segments(loaded, fd, end))
		result = LOAD_DONE;
out:
	close(fd);
	return result;
}

void unload_object(struct loaded *loaded)
{
	if (loaded->room)
		munmap(loaded->room, loaded->size);
	if (loaded->file && loaded->file != MAP_FAILED)
		munmap(loaded->file, loaded->file_size);
}
