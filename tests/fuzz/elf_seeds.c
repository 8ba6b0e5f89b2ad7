// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * elf_seeds DIR: ELF files for elf_fuzz. One is an enclave of three segments; one a program
 * that names glibc's loader; others have functions with CPUID, unwind information and bytes
 * that only look like CPUID.
 */
#include <elf.h>
#include <string.h>

#include "fuzz.h"

#define SIZE	0x3000
#define HEADER	0x200	/* .eh_frame_hdr, then .eh_frame */
#define CIE	0x240
#define FDE1	0x260
#define FDE2	0x280
#define TEXT	0x300	/* two functions: 16 bytes, a gap, 32 bytes */
#define SECOND	0x320
#define NAME	0x400

static uint8_t bytes[SIZE];
static Elf64_Phdr segments[4];
static const char *directory;

static void put(unsigned int at, int32_t value)
{
	memcpy(bytes + at, &value, sizeof(value));
}

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

static void put_fde(unsigned int at, unsigned int start, unsigned int size)
{
	put(at, 0x14);
	put(at + 4, (int32_t)(at + 4 - CIE));
	put(at + 8, (int32_t)(start - (at + 8)));
	put(at + 12, (int32_t)size);
}

static void unwind_information(void)
{
	static const uint8_t header[] = { 1, 0x1b, 0x03, 0x3b };
	static const uint8_t cie[] = { 1, 'z', 'R', 0, 1, 0x78, 16, 1, 0x1b };

	memcpy(bytes + HEADER, header, sizeof(header));
	put(HEADER + 4, CIE - (HEADER + 4));
	put(HEADER + 8, 2);
	put(HEADER + 12, TEXT - HEADER);
	put(HEADER + 16, FDE1 - HEADER);
	put(HEADER + 20, SECOND - HEADER);
	put(HEADER + 24, FDE2 - HEADER);
	put(CIE, 0x14);
	memcpy(bytes + CIE + 8, cie, sizeof(cie));
	put_fde(FDE1, TEXT, 16);
	put_fde(FDE2, SECOND, 32);
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

int main(int argc, char **argv)
{
	MUST(argc == 2);
	directory = argv[1];

	unwind_information();
	functions();
	segments[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = 0x500, .p_memsz = 0x500 };
	segments[1] = (Elf64_Phdr){ .p_type = PT_GNU_EH_FRAME, .p_vaddr = HEADER, .p_offset = HEADER,
				    .p_filesz = 0x1c };
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
	return EXIT_SUCCESS;
}
