// SPDX-License-Identifier: LGPL-2.1-or-later
/* Functions by unwind information: a small object, and what can be wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "object.h"
#include "unwind.h"

#define TEXT		0x100	/* two functions: 16 bytes, a gap of 16, 32 bytes */
#define SECOND		0x120
#define SIZE		0x300

/* An object that begins at address 0 of its file. */
static struct image {
	uint8_t bytes[SIZE];
	Elf64_Phdr phdr[3];
	struct object object;
	struct frames frames;
} image;

static void put(unsigned int at, int32_t value)
{
	put_word(image.bytes, at, value);
}

static int make(void **state)
{
	(void)state;
	memset(&image, 0, sizeof(image));
	memset(image.bytes + TEXT, 0x90, 16);
	memset(image.bytes + SECOND, 0x90, 32);
	put_unwind(image.bytes, TEXT, SECOND);
	image.phdr[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_filesz = SIZE,
				      .p_memsz = SIZE };
	image.phdr[1] = (Elf64_Phdr){ .p_type = PT_GNU_EH_FRAME, .p_vaddr = HEADER, .p_filesz = HEADER_SIZE };
	image.object = (struct object){ (uintptr_t)image.bytes, image.phdr, 2 };
	return 0;
}

/* The function with an address, 0 where there is none. */
static uint64_t start_of(uint64_t address)
{
	struct range function;

	frames_open(&image.frames, &image.object);
	return frames_function(&image.frames, address, &function) ? function.start : 0;
}

static void within_and_between(void **state)
{
	struct range function;

	(void)state;
	assert_int_equal(start_of(TEXT - 1), 0);
	assert_int_equal(start_of(TEXT), TEXT);
	assert_int_equal(start_of(TEXT + 15), TEXT);
	assert_int_equal(start_of(TEXT + 16), 0);
	assert_int_equal(start_of(SECOND - 1), 0);
	assert_int_equal(start_of(SECOND), SECOND);
	assert_int_equal(start_of(SECOND + 31), SECOND);
	assert_int_equal(start_of(SECOND + 32), 0);
	assert_true(frames_function(&image.frames, SECOND, &function));
	assert_int_equal(function.end, SECOND + 32);
}

static void absolute_starts(void **state)
{
	(void)state;
	image.bytes[CIE + 16] = 0x0b;
	put(FDE1 + 8, TEXT);
	assert_int_equal(start_of(TEXT + 1), TEXT);
}

static void other_augmentations(void **state)
{
	/* a personality of 4 bytes, the LSDA's encoding, a signal frame */
	static const uint8_t cie[] = { 1, 'z', 'P', 'L', 'R', 'S', 0, 1, 0x78, 16, 7, 0x1b,
				       0, 0, 0, 0, 0x1b, 0x1b };

	(void)state;
	put(CIE, 0x18);
	memcpy(image.bytes + CIE + 8, cie, sizeof(cie));
	assert_int_equal(start_of(TEXT + 1), TEXT);
	image.bytes[CIE + 13] = '?';
	assert_int_equal(start_of(TEXT + 1), 0);
}

struct damage {
	const char *what;
	unsigned int at;
	int32_t value;
};

/* Each alone: the function is not known, and nothing is read outside. */
static void damaged(void **state)
{
	static const struct damage all[] = {
		{ "a header of another version", HEADER, 0x3b031b02 },
		{ "a table of another form", HEADER, 0x1b031b01 },
		{ "a count of another form", HEADER, 0x3b0b1b01 },
		{ "more rows than bytes", HEADER + 8, 0x10000 },
		{ "more rows than anything", HEADER + 8, -1 },
		{ "no rows", HEADER + 8, 0 },
		{ "a row that leads outside", HEADER + 16, 0x7fffff00 },
		{ "a row that leads to before it all", HEADER + 16, -0x10000 },
		{ "an FDE of another function", HEADER + 16, FDE2 - HEADER },
		{ "an FDE that is a CIE", FDE1 + 4, 0 },
		{ "an FDE without length", FDE1, 0 },
		{ "an FDE of the long form", FDE1, -1 },
		{ "an FDE that is too short", FDE1, 6 },
		{ "an FDE beyond the end", FDE1, SIZE },
		{ "an FDE whose CIE is outside", FDE1 + 4, 0x10000 },
		{ "an empty function", FDE1 + 12, 0 },
		{ "a function elsewhere", FDE1 + 8, 0x1000 },
		{ "a CIE that is none", CIE + 4, 1 },
		{ "a CIE of another version", CIE + 8, 0x00527a07 },
		{ "a CIE of an old compiler", CIE + 8, 0x00686501 },
		{ "a CIE that is too short", CIE, 8 },
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		make(state);
		put(all[i].at, all[i].value);
		if (start_of(TEXT + 1))
			fail_msg("%s: the function is found", all[i].what);
	}
	make(state);
	image.bytes[CIE + 16] = 0x50;	/* aligned, which nobody writes */
	assert_int_equal(start_of(TEXT + 1), 0);
}

static void no_unwind_information(void **state)
{
	(void)state;
	image.object.phnum = 1;
	assert_int_equal(start_of(TEXT), 0);
}

static unsigned int nr_found;
static uint64_t found;

static void note(void *arg, uint64_t address)
{
	(void)arg;
	nr_found++;
	found = address;
}

/* The same two bytes: CPUID, within another one, outside of functions, in one given up. */
static void counts(void **state)
{
	static const uint8_t cpuid[] = { 0x0f, 0xa2 };
	struct sites sites;

	(void)state;
	memcpy(image.bytes + TEXT + 4, cpuid, 2);
	image.bytes[TEXT + 7] = 0xb8;
	memcpy(image.bytes + TEXT + 8, cpuid, 2);
	image.bytes[TEXT + 12] = 0xc3;
	memcpy(image.bytes + TEXT + 13, cpuid, 2);
	memcpy(image.bytes + TEXT + 20, cpuid, 2);
	memcpy(image.bytes + SECOND + 1, cpuid, 2);
	image.bytes[SECOND + 9] = 0x06;
	sites_find(&image.object, note, NULL, &sites);
	assert_int_equal(sites.cpuid, 1);
	assert_int_equal(nr_found, 1);
	assert_int_equal(found, TEXT + 4);
	assert_int_equal(sites.other, 1);
	assert_int_equal(sites.not_reached, 1);
	assert_int_equal(sites.no_function, 1);
	assert_int_equal(sites.not_decoded, 1);
	assert_int_equal(sites.not_readable, 0);
	image.phdr[0].p_flags = PF_X;
	sites_find(&image.object, note, NULL, &sites);
	assert_int_equal(sites.not_readable, 1);
	assert_int_equal(nr_found, 1);
}

/* An FDE that says something else than its row: what it says is not taken for a function. */
static void not_remembered(void **state)
{
	struct range function = { 1, 2 };
	struct sites sites;

	(void)state;
	put(FDE1 + 12, 0x1000);
	memcpy(image.bytes + TEXT + 4, "\x0f\xa2\x0f\xa2", 4);
	memcpy(image.bytes + HEADER - 8, "\x0f\xa2", 2);
	put(FDE1 + 8, TEXT - 16 - (FDE1 + 8));
	frames_open(&image.frames, &image.object);
	assert_false(frames_function(&image.frames, TEXT + 4, &function));
	assert_true(function.start == 1 && function.end == 2);
	sites_find(&image.object, note, NULL, &sites);
	assert_int_equal(sites.no_function, 3);
	assert_int_equal(sites.cpuid + sites.other + sites.not_decoded + sites.not_reached, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(within_and_between, make),
		cmocka_unit_test_setup(absolute_starts, make),
		cmocka_unit_test_setup(other_augmentations, make),
		cmocka_unit_test_setup(damaged, make),
		cmocka_unit_test_setup(no_unwind_information, make),
		cmocka_unit_test_setup(counts, make),
		cmocka_unit_test_setup(not_remembered, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
