// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * elf_seeds DIR: ELF files for elf_fuzz. One is an enclave of three segments, one with a note besides; one a program
 * that names glibc's loader; others have functions with CPUID, unwind information and bytes
 * that only look like CPUID.
 */
#include <elf.h>
#include <string.h>

#include "../exec/unwind.h"
#include "fuzz.h"

#define SIZE	0x3000
#define TEXT	0x300	/* two functions: 16 bytes, a gap, 32 bytes */
#define SECOND	0x320
#define NAME	0x400
#define NOTE	0x1a00

static uint8_t bytes[SIZE];
static Elf64_Phdr segments[4];
static const char *directory;

static void keep(const char *name, unsigned int nr, size_t size)
{
	Elf64_Ehdr header = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT }, .e_type = ET_DYN,
		.e_machine = EM_X86_64, .e_version = EV_CURRENT, .e_phoff = sizeof(header),
		.e_ehsize = sizeof(header), .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = (Elf64_Half)nr,
	};
	char path[4096];
	FILE *file;

	memcpy(bytes, &header, sizeof(header));
	memcpy(bytes + sizeof(header), segments, nr * sizeof(segments[0]));
	snprintf(path, sizeof(path), "%s/elf-%s", directory, name);
	file = fopen(path, "w");
	MUST(file && fwrite(bytes, size, 1, file) == 1 && !fclose(file));
}

/* CPUID; one in an operand, one behind RET; one between functions; one that a jump back reaches. */
static void functions(void)
{
	static const uint8_t first[16] = { 0x90, 0x0f, 0xa2, 0xb8, 0x0f, 0xa2, 0, 0, 0xc3, 0x0f, 0xa2, 0x90, 0x90, 0x90,
					   0x90, 0xc3 };
	static const uint8_t second[] = { 0xeb, 0x03, 0x0f, 0xa2, 0xc3, 0x74, 0xfb };

	memcpy(bytes + TEXT, first, sizeof(first));
	memcpy(bytes + TEXT + 18, "\x0f\xa2", 2);
	memset(bytes + SECOND, 0x90, 32);
	memcpy(bytes + SECOND, second, sizeof(second));
	bytes[SECOND + 31] = 0xc3;
}

/* runtime/abi.h */
static const uint32_t note[] = {
	5, 8 + 3 * 32, 1, 0x776f7641, 0, 1, 3,
	0x6000, 0, 0x2000, 0, 0x4000, 0, 2, 3,
	0x10000, 0, 0x8000, 0, 0, 0, 1, 0x103,
	0x20000, 0, 0x1000, 0, 0, 0, 1, 0x107,
};

static void put_note(void)
{
	memcpy(bytes + NOTE, note, sizeof(note));
}

int main(int argc, char **argv)
{
	MUST(argc == 2);
	directory = argv[1];

	put_unwind(bytes, TEXT, SECOND);
	functions();
	segments[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 0x500, .p_memsz = 0x500 };
	segments[1] = (Elf64_Phdr){ .p_type = PT_GNU_EH_FRAME, .p_vaddr = HEADER, .p_offset = HEADER,
				    .p_filesz = HEADER_SIZE };
	keep("cpuid", 2, 0x500);
	bytes[SECOND + 9] = 0x06;
	keep("cpuid-not-decoded", 2, 0x500);
	bytes[SECOND + 9] = 0x90;
	segments[1].p_type = PT_NULL;
	keep("cpuid-no-unwind", 2, 0x500);

	strcpy((char *)bytes + NAME, "/lib64/ld-linux-x86-64.so.2");
	segments[1] = (Elf64_Phdr){ .p_type = PT_INTERP, .p_offset = NAME, .p_filesz = 28 };
	keep("program", 2, 0x500);

	segments[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_filesz = 0x1000, .p_memsz = 0x1000 };
	segments[1] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = 0x1000, .p_vaddr = 0x1000,
				    .p_filesz = 0x800, .p_memsz = 0x800 };
	segments[2] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = 0x2000, .p_vaddr = 0x3000,
				    .p_filesz = 0x123, .p_memsz = 0x1800 };
	keep("enclave", 3, 0x2200);

	/* The same with two threads' stacks, a heap, and where code can be made. */
	put_note();
	segments[3] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = NOTE, .p_filesz = sizeof(note) };
	keep("runtime", 4, 0x2200);
	return EXIT_SUCCESS;
}
