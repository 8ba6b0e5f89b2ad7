// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * <libavow.h>, avow_image_new(): an ELF file is the segments that it says, with what the note of
 * libavow-enclave says besides (runtime/abi.h), or ENOEXEC with one message that says why.
 */
#include "told.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "enclave.h"

#define PAGE	4096
#define NOTE	(2 * PAGE + 0x800)	/* where in the file it is, behind what the segments have of it */
#define WHOLE	(3 * PAGE)

static char work[] = "/tmp/image-XXXXXX";
static struct evp_pkey_st *key;

/* ---- files ---- */

struct file {
	Elf64_Ehdr header;
	Elf64_Phdr segments[4];
};

/* Two segments: a page of TCSs, then code with 100 bytes in the file. */
static struct file good_file(void)
{
	struct file f = {
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_phoff = offsetof(struct file, segments),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
		},
		.segments = {
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_offset = PAGE, .p_filesz = PAGE, .p_memsz = PAGE },
			{ .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_offset = 2 * PAGE, .p_vaddr = PAGE,
			  .p_filesz = 100, .p_memsz = 2 * PAGE },
		},
	};

	return f;
}

/* note may be NULL. */
static const char *written(const struct file *f, size_t length, const void *note, size_t note_size)
{
	FILE *file = fopen("file.elf", "we");
	unsigned char bytes[WHOLE];

	memset(bytes, 0x5a, sizeof(bytes));
	memcpy(bytes, f, sizeof(*f));
	if (note)
		memcpy(bytes + NOTE, note, note_size);
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	return "file.elf";
}

/* All at once goes as far as it goes without a device; what was signed by then. */
static struct avow_sigstruct_fields loaded(const struct avow_image *image)
{
	unsigned char sig[AVOW_SIGSTRUCT_BYTES];
	struct avow_sigstruct_fields fields;
	struct avow_enclave *e;

	ALLOWED(avow_enclave_new_offline(&e));
	REFUSED(avow_enclave_load(e, image, NULL, key), ENODEV, "INIT");
	ALLOWED(avow_enclave_get_sigstruct(e, sig));
	ALLOWED(avow_sigstruct_read(sig, &fields));
	assert_int_equal(e->nr_tcs, image->has_layout ? 1 : 0);
	avow_enclave_free(e);
	return fields;
}

static void images_as_their_files_say(void **state)
{
	struct file f = good_file();
	struct avow_image *image;
	struct avow_segment *s;

	(void)state;
	ALLOWED(avow_image_new(&image, written(&f, WHOLE, NULL, 0)));
	assert_int_equal(avow_image_nr_segments(image), 2);
	assert_int_equal(avow_image_size(image), 4 * PAGE);
	s = avow_image_segment(image, 0);
	assert_int_equal(s->pages.offset, 0);
	assert_int_equal(s->pages.length, PAGE);
	assert_int_equal(s->pages.secinfo, AVOW_SECINFO_TCS);
	assert_int_equal(s->prot, AVOW_R | AVOW_W);
	s = avow_image_segment(image, 1);
	assert_int_equal(s->pages.offset, PAGE);
	assert_int_equal(s->pages.length, 2 * PAGE);
	assert_int_equal(s->pages.secinfo, avow_secinfo_reg(AVOW_R | AVOW_X));
	assert_int_equal(s->prot, AVOW_R | AVOW_X);
	assert_int_equal(((const unsigned char *)s->pages.src)[99], 0x5a);
	assert_int_equal(((const unsigned char *)s->pages.src)[100], 0);
	assert_null(avow_image_segment(image, 2));
	/* The code has 100 bytes in the file, so that its pages are a copy. */
	assert_int_equal(avow_image_source_class(image, 0), AVOW_SRC_FILE_NOEXEC);
	assert_int_equal(avow_image_source_class(image, 1), AVOW_SRC_ANON);
	assert_int_equal(avow_image_source_class(image, 2), AVOW_SRC_NONE);
	assert_int_equal(loaded(image).miscselect, 0);
	avow_image_free(image);
	avow_image_free(NULL);
}

/* Of a segment the whole pages in the file are a mapping of it, and the rest is a copy with zeros. */
static void segments_in_two_parts(void **state)
{
	struct file f = good_file();
	struct avow_image *image;
	const struct avow_segment *s;
	unsigned char page[PAGE];

	(void)state;
	memset(page, 0x17, sizeof(page));
	f.segments[1].p_offset = PAGE;
	f.segments[1].p_filesz = PAGE + 0x800 + 100;
	f.segments[1].p_memsz = 3 * PAGE;
	ALLOWED(avow_image_new(&image, written(&f, WHOLE, page, 100)));
	assert_int_equal(avow_image_nr_segments(image), 3);
	assert_int_equal(avow_image_size(image), 4 * PAGE);
	s = avow_image_segment(image, 1);
	assert_true(s->pages.offset == PAGE && s->pages.length == PAGE);
	assert_int_equal(avow_image_source_class(image, 1), AVOW_SRC_FILE_EXEC);
	assert_int_equal(((const unsigned char *)s->pages.src)[0x800], 0x5a);
	s = avow_image_segment(image, 2);
	assert_true(s->pages.offset == 2 * PAGE && s->pages.length == 2 * PAGE);
	assert_int_equal(s->pages.secinfo, avow_secinfo_reg(AVOW_R | AVOW_X));
	assert_int_equal(avow_image_source_class(image, 2), AVOW_SRC_ANON);
	assert_int_equal(((const unsigned char *)s->pages.src)[0x800 - 1], 0x5a);
	assert_int_equal(((const unsigned char *)s->pages.src)[0x800 + 99], 0x17);
	assert_int_equal(((const unsigned char *)s->pages.src)[0x800 + 100], 0);
	avow_image_free(image);
}

static void refuse(const struct file *f, size_t length, const char *words)
{
	struct avow_image *image = (void *)1;

	REFUSED(avow_image_new(&image, written(f, length, NULL, 0)), ENOEXEC, words);
	assert_null(image);
}

static void files_that_are_refused(void **state)
{
	struct avow_image *image = (void *)1;
	struct file f = good_file();

	(void)state;
	REFUSED(avow_image_new(&image, "nowhere"), ENOENT, "nowhere: No such file");
	assert_null(image);
	refuse(&f, 10, "ends before");
	refuse(&f, 2 * PAGE, "program header 1");
	f.header.e_machine = EM_AARCH64;
	refuse(&f, WHOLE, "not an ELF64 file for x86-64");
	f = good_file();
	f.header.e_ident[EI_CLASS] = ELFCLASS32;
	refuse(&f, WHOLE, "not an ELF64 file for x86-64");
	f = good_file();
	f.segments[1].p_vaddr = 0;
	refuse(&f, WHOLE, "program header 1");
	f = good_file();
	f.segments[0].p_offset = 8;
	refuse(&f, WHOLE, "program header 0");
	f = good_file();
	f.header.e_phentsize++;
	refuse(&f, WHOLE, "not an ELF64 file for x86-64");
	f = good_file();
	f.segments[1].p_filesz = f.segments[1].p_memsz = 100;
	f.segments[1].p_memsz--;
	refuse(&f, WHOLE, "program header 1");
	f.segments[1].p_memsz = 0;
	refuse(&f, WHOLE, "program header 1");
	f.segments[1].p_memsz = AVOW_IMAGE_LIMIT;
	refuse(&f, WHOLE, "program header 1");
	f = good_file();
	f.segments[1].p_vaddr = AVOW_IMAGE_LIMIT;
	refuse(&f, WHOLE, "program header 1");
	f = good_file();
	f.segments[0].p_type = f.segments[1].p_type = PT_NOTE;
	refuse(&f, WHOLE, "no segment");
}

/* ---- notes, word by word ---- */

enum word {
	NAME_SIZE, SIZE, TYPE, NAME, NAME_REST,
	MISC, NR,
	AT, AT_HIGH, LENGTH, LENGTH_HIGH, STRIDE, STRIDE_HIGH, COUNT, FLAGS,	/* of the first area */
	AREA_WORDS = FLAGS + 1 - AT,
	LATER = AT + AREA_WORDS,						/* of the second: of run time */
	THIRD = LATER + AREA_WORDS,
	WORDS = THIRD + 8 * AREA_WORDS,
};

#define HEAD_BYTES	(4 * MISC)
#define NOTE_BYTES	(4 * THIRD)

struct note {
	u32 words[WORDS];
};

/* Two pages behind a hole; between them one for run time. */
static struct note good_note(void)
{
	return (struct note){ {
		5, NOTE_BYTES - HEAD_BYTES, 1, 0x776f7641, 0,
		1, 2,
		4 * PAGE, 0, PAGE, 0, 2 * PAGE, 0, 2, 3,
		5 * PAGE, 0, PAGE, 0, 0, 0, 1, 0x103,
	} };
}

static struct file file_with_note(void)
{
	struct file f = good_file();

	f.header.e_phnum = 3;
	f.segments[2] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = NOTE, .p_filesz = NOTE_BYTES };
	return f;
}

static void refuse_note(const struct note *note, const char *words)
{
	struct file f = file_with_note();
	struct avow_image *image = (void *)1;

	REFUSED(avow_image_new(&image, written(&f, WHOLE, note, sizeof(*note))), ENOEXEC, words);
	assert_null(image);
}

/* The file alone, as if it had no note. */
static void not_ours(const struct file *f, size_t length, const struct note *note)
{
	struct avow_image *image;

	ALLOWED(avow_image_new(&image, written(f, length, note, sizeof(*note))));
	assert_int_equal(avow_image_nr_segments(image), 2);
	assert_int_equal(avow_image_size(image), 4 * PAGE);
	assert_int_equal(loaded(image).miscselect, 0);
	avow_image_free(image);
}

static void a_note_is_more_segments(void **state)
{
	const struct file f = file_with_note();
	const struct note note = good_note();
	struct avow_image *image;
	unsigned int i;

	(void)state;
	ALLOWED(avow_image_new(&image, written(&f, WHOLE, &note, sizeof(note))));
	assert_int_equal(avow_image_nr_segments(image), 4);
	assert_int_equal(avow_image_size(image), 8 * PAGE);
	for (i = 2; i < 4; i++) {
		const struct avow_segment *s = avow_image_segment(image, i);
		static const unsigned char zeros[PAGE];

		assert_int_equal(s->pages.offset, i * 2 * PAGE);
		assert_int_equal(s->pages.length, PAGE);
		assert_int_equal(s->pages.secinfo, avow_secinfo_reg(AVOW_R | AVOW_W));
		assert_int_equal(s->pages.flags, SGX_PAGE_MEASURE);
		assert_int_equal(s->prot, AVOW_R | AVOW_W);
		assert_memory_equal(s->pages.src, zeros, PAGE);
		assert_int_equal(avow_image_source_class(image, i), AVOW_SRC_ANON);
	}
	assert_int_equal(image->nr_dynamic, 1);
	assert_int_equal(image->dynamic[0].offset, 5 * PAGE);
	assert_int_equal(image->dynamic[0].length, PAGE);
	assert_int_equal(loaded(image).miscselect, 1);
	avow_image_free(image);
}

static void notes_of_others(void **state)
{
	static const struct { enum word word; u32 value; } others[] = {
		{ NAME_SIZE, 4 }, { NAME_SIZE, 6 }, { NAME, 0x776f7661 }, { NAME_REST, '!' },
	};
	struct file f = file_with_note();
	struct note note;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		note = good_note();
		note.words[others[i].word] = others[i].value;
		not_ours(&f, WHOLE, &note);
	}
	note = good_note();
	f.segments[2].p_type = PT_LOPROC;
	not_ours(&f, WHOLE, &note);
	/* Of what is shorter than its own head nobody knows whose it is. */
	f = file_with_note();
	not_ours(&f, NOTE + HEAD_BYTES - 1, &note);
	f.segments[2].p_filesz = HEAD_BYTES - 1;
	not_ours(&f, WHOLE, &note);
	f.segments[2].p_filesz = NOTE_BYTES;
	f.segments[2].p_offset = ~0ULL - 8;
	not_ours(&f, WHOLE, &note);
}

static void notes_that_are_cut(void **state)
{
	const struct note note = good_note();
	struct avow_image *image = (void *)1;
	struct file f = file_with_note();
	size_t size;

	(void)state;
	for (size = HEAD_BYTES; size < NOTE_BYTES; size++) {
		f.segments[2].p_filesz = size;
		REFUSED(avow_image_new(&image, written(&f, WHOLE, &note, sizeof(note))), ENOEXEC, "not of this size");
		f.segments[2].p_filesz = NOTE_BYTES;
		REFUSED(avow_image_new(&image, written(&f, NOTE + size, &note, sizeof(note))), ENOEXEC, "ends before");
		assert_null(image);
	}
}

static void two_notes(void **state)
{
	struct note twice[2] = { good_note() };
	struct avow_image *image = (void *)1;
	struct file f = file_with_note();

	(void)state;
	f.header.e_phnum = 4;
	f.segments[3] = f.segments[2];
	REFUSED(avow_image_new(&image, written(&f, WHOLE, twice, sizeof(twice))), ENOEXEC, "a second one");
	assert_null(image);
	/* One behind the other in one program header. */
	f.header.e_phnum = 3;
	f.segments[2].p_filesz = 2 * NOTE_BYTES;
	memcpy((char *)twice + NOTE_BYTES, twice, NOTE_BYTES);
	REFUSED(avow_image_new(&image, written(&f, WHOLE, twice, sizeof(twice))), ENOEXEC, "not of this size");
	assert_null(image);
}

static void notes_that_are_damaged(void **state)
{
	static const struct { u32 word, value; const char *words; } damage[] = {
		{ TYPE, 0, "of another version" },
		{ TYPE, 2, "of another version" },
		{ SIZE, 0, "not of this size" },
		{ SIZE, NOTE_BYTES - HEAD_BYTES - 4, "not of this size" },
		{ SIZE, NOTE_BYTES - HEAD_BYTES + 4, "not of this size" },
		{ SIZE, 0u - HEAD_BYTES, "not of this size" },
		{ NR, 0, "not of this size" },
		{ NR, 1, "not of this size" },
		{ NR, 3, "not of this size" },
		{ NR, 0x08000002, "not of this size" },		/* as good in 32 bits of bytes */
		{ AT, 4 * PAGE + 8, "an area that is none" },
		{ AT_HIGH, 0x100, "an area that is none" },
		{ LENGTH, 0, "an area that is none" },
		{ LENGTH, PAGE - 1, "an area that is none" },
		{ LENGTH_HIGH, 0x100, "an area that is none" },
		{ STRIDE, PAGE / 2, "an area that is none" },
		{ STRIDE_HIGH, 0x100, "an area that is none" },
		{ COUNT, 0, "an area that is none" },
		{ COUNT, 33, "an area that is none" },
		{ COUNT, ~0u, "an area that is none" },
		{ FLAGS, 0, "an area that is none" },
		{ FLAGS, AVOW_W, "an area that is none" },
		{ FLAGS, AVOW_W | AVOW_X, "an area that is none" },
		{ FLAGS, AVOW_R | 8, "an area that is none" },
		{ FLAGS, AVOW_R | 0x200, "an area that is none" },
		{ FLAGS, AVOW_R | 0x80000000, "an area that is none" },
		{ AT, 0, "areas that overlap" },
		{ AT, 2 * PAGE, "areas that overlap" },
		{ STRIDE, 0, "areas that overlap" },
		{ LENGTH, 3 * PAGE, "areas that overlap" },
		{ LATER, 6 * PAGE, "pages for run time where there are others" },
		{ LATER + LENGTH - AT, 2 * PAGE, "pages for run time where there are others" },
		{ LATER, 0, "pages for run time where there are others" },
		{ LATER + COUNT - AT, 2, "pages for run time where there are others" },
	};
	struct note note;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damage) / sizeof(damage[0]); i++) {
		note = good_note();
		assert_true(note.words[damage[i].word] != damage[i].value);
		note.words[damage[i].word] = damage[i].value;
		refuse_note(&note, damage[i].words);
	}
}

/* A note of so many areas, the first one at other places; words NULL: it is good. */
static void note_of_areas(u32 nr, u32 count, u32 flags, const char *words)
{
	struct file f = file_with_note();
	struct avow_image *image = (void *)1;
	struct note note = good_note();
	u32 i;

	note.words[NR] = nr;
	note.words[SIZE] = 8 + nr * 4 * AREA_WORDS;
	f.segments[2].p_filesz = HEAD_BYTES + note.words[SIZE];
	for (i = 0; i < nr; i++) {
		u32 *area = note.words + AT + i * AREA_WORDS;

		memcpy(area, note.words + AT, 4 * AREA_WORDS);
		area[0] = (4 + 100 * i) * PAGE;
		area[COUNT - AT] = count;
		area[FLAGS - AT] = flags;
	}
	if (words)
		REFUSED(avow_image_new(&image, written(&f, WHOLE, &note, sizeof(note))), ENOEXEC, words);
	else
		ALLOWED(avow_image_new(&image, written(&f, WHOLE, &note, sizeof(note))));
	assert_int_equal(!image, !!words);
	if (image) {
		u64 end = (4 + 100 * (nr - 1) + 2 * (count - 1) + 1) * PAGE, size = PAGE;

		while (size < end)
			size *= 2;
		assert_int_equal(avow_image_size(image), size);
	}
	avow_image_free(image);
}

static void notes_of_too_much(void **state)
{
	(void)state;
	note_of_areas(8, 1, AVOW_R | 0x100, NULL);
	note_of_areas(9, 1, AVOW_R | 0x100, "not of this size");
	note_of_areas(9, 1, AVOW_R, "not of this size");
	/* 96 segments, of which the file has two. */
	note_of_areas(2, 32, AVOW_R, NULL);
	note_of_areas(3, 31, AVOW_R, NULL);
	note_of_areas(3, 32, AVOW_R, "too many areas");
}

/* Neither over each other, nor mapped W and X at once. */
static void pages_for_run_time(void **state)
{
	struct note note = good_note();
	struct avow_area area = { .flags = 0x107 };

	(void)state;
	note.words[COUNT] = 1;
	note.words[FLAGS] = 0x103;
	note.words[AT] = note.words[LATER];
	refuse_note(&note, "pages for run time where there are others");
	assert_int_equal(avow_area_prot(&area), AVOW_R | AVOW_W);
	area.flags = 0x105;
	assert_int_equal(avow_area_prot(&area), AVOW_R | AVOW_X);
}

static int setup(void **state)
{
	(void)state;
	listen_to_library();
	return !mkdtemp(work) || chdir(work) || avow_key_generate(&key);
}

static int teardown(void **state)
{
	(void)state;
	avow_key_free(key);
	return unlink("file.elf") | chdir("/") | rmdir(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(images_as_their_files_say),
		cmocka_unit_test(segments_in_two_parts),
		cmocka_unit_test(files_that_are_refused),
		cmocka_unit_test(a_note_is_more_segments),
		cmocka_unit_test(notes_of_others),
		cmocka_unit_test(notes_that_are_cut),
		cmocka_unit_test(two_notes),
		cmocka_unit_test(notes_that_are_damaged),
		cmocka_unit_test(notes_of_too_much),
		cmocka_unit_test(pages_for_run_time),
	};

	return cmocka_run_group_tests_name("ELF files and notes", tests, setup, teardown);
}
