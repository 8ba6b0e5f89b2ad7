// SPDX-License-Identifier: LGPL-2.1-or-later
/* An enclave in an ELF file: one segment after the other, the TCSs first. */
#include <elf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "enclave.h"
#include "message.h"

u64 avow_page_down(u64 n)
{
	return n & ~(SGX_PAGE_SIZE - 1);
}

u64 avow_page_up(u64 n)
{
	return avow_page_down(n + SGX_PAGE_SIZE - 1);
}

int avow_image_read(const struct avow_image *image, void *to, size_t length, u64 offset)
{
	ssize_t n = pread(image->fd, to, length, (off_t)offset);

	if (n < 0)
		return avow_fail(-errno, "the file cannot be read: %s", strerror(errno));
	if ((size_t)n != length)
		return avow_fail(-ENOEXEC, "the file ends before what its headers name");
	return 0;
}

void *avow_image_source(struct avow_image *image, size_t length, int prot, int flags, u64 offset)
{
	int fd = flags & MAP_ANONYMOUS ? -1 : image->fd;
	void *at = mmap(NULL, length, prot, MAP_PRIVATE | flags, fd, (off_t)offset);

	if (at == MAP_FAILED) {
		avow_fail(-errno, "mmap() of 0x%zx bytes of the file: %s", length, strerror(errno));
		return at;
	}
	image->maps[image->nr_maps].addr = at;
	image->maps[image->nr_maps++].length = length;
	return at;
}

static u32 rights(u32 flags)
{
	return (flags & PF_R ? AVOW_R : 0) | (flags & PF_W ? AVOW_W : 0) | (flags & PF_X ? AVOW_X : 0);
}

void avow_image_add(struct avow_image *image, const void *src, u64 offset, u64 length, u32 rwx, u32 source_class)
{
	struct avow_segment *s = &image->segments[image->nr];
	bool tcs = !image->nr;

	s->pages.src = src;
	s->pages.offset = offset;
	s->pages.length = length;
	s->pages.secinfo = tcs ? AVOW_SECINFO_TCS : avow_secinfo_reg(rwx);
	s->pages.flags = SGX_PAGE_MEASURE;
	s->prot = tcs ? PROT_READ | PROT_WRITE : (int)rwx;
	image->source_class[image->nr++] = source_class;
}

/* Whole pages of the file as a mapping of it; the rest copied, with zeros behind. */
static int load_segment(struct avow_image *image, const Elf64_Phdr *ph)
{
	u64 from_file = ph->p_memsz == ph->p_filesz ? avow_page_up(ph->p_filesz) : avow_page_down(ph->p_filesz);
	u64 rest = avow_page_up(ph->p_memsz) - from_file;
	void *src;

	if (image->nr + 2 > AVOW_SEGMENTS_MAX)
		return avow_fail(-ENOEXEC, "the file has more than %d segments", AVOW_SEGMENTS_MAX);
	if (from_file) {
		src = avow_image_source(image, from_file, PROT_READ | (ph->p_flags & PF_X ? PROT_EXEC : 0),
				 0, ph->p_offset);
		if (src == MAP_FAILED)
			return -errno;
		avow_image_add(image, src, ph->p_vaddr, from_file, rights(ph->p_flags),
			       ph->p_flags & PF_X ? AVOW_SRC_FILE_EXEC : AVOW_SRC_FILE_NOEXEC);
	}
	if (!rest)
		return 0;
	src = avow_image_source(image, rest, PROT_READ | PROT_WRITE, MAP_ANONYMOUS, 0);
	if (src == MAP_FAILED)
		return -errno;
	avow_image_add(image, src, ph->p_vaddr + from_file, rest, rights(ph->p_flags), AVOW_SRC_ANON);
	return avow_image_read(image, src, ph->p_filesz - (from_file < ph->p_filesz ? from_file : ph->p_filesz),
		       ph->p_offset + from_file);
}

static bool segment_fits(const Elf64_Phdr *ph, u64 file_size)
{
	return !(ph->p_offset % SGX_PAGE_SIZE) && !(ph->p_vaddr % SGX_PAGE_SIZE) && ph->p_memsz &&
	       ph->p_filesz <= ph->p_memsz && ph->p_memsz < AVOW_IMAGE_LIMIT && ph->p_vaddr < AVOW_IMAGE_LIMIT &&
	       ph->p_offset <= file_size && ph->p_filesz <= file_size - ph->p_offset;
}

static int load_segments(struct avow_image *image, const Elf64_Ehdr *header, u64 file_size)
{
	Elf64_Phdr ph;
	int err, i;

	for (i = 0; i < header->e_phnum; i++) {
		err = avow_image_read(image, &ph, sizeof(ph), header->e_phoff + i * sizeof(ph));
		if (err)
			return err;
		if (ph.p_type != PT_LOAD)
			continue;
		if (!segment_fits(&ph, file_size) || ph.p_vaddr < image->end)
			return avow_fail(-ENOEXEC,
					 "program header %d: not a segment of whole pages, in the file and ascending", i);
		image->end = avow_page_up(ph.p_vaddr + ph.p_memsz);
		err = load_segment(image, &ph);
		if (err)
			return err;
	}
	return image->nr ? 0 : avow_fail(-ENOEXEC, "the file has no segment to load");
}

/* Behind all segments, so that it can be seen whether they leave room. */
static int load_notes(struct avow_image *image, const Elf64_Ehdr *header, u64 file_size)
{
	Elf64_Phdr ph;
	int err = 0, i;

	for (i = 0; i < header->e_phnum && !err; i++) {
		err = avow_image_read(image, &ph, sizeof(ph), header->e_phoff + i * sizeof(ph));
		if (!err && ph.p_type == PT_NOTE)
			err = avow_image_note(image, &ph, file_size);
	}
	for (image->size = 2 * SGX_PAGE_SIZE; image->size < image->end; image->size *= 2)
		;
	return err;
}

static bool header_fits(const Elf64_Ehdr *header, u64 file_size)
{
	return !memcmp(header->e_ident, ELFMAG, SELFMAG) && header->e_ident[EI_CLASS] == ELFCLASS64 &&
	       header->e_machine == EM_X86_64 && header->e_phentsize == sizeof(Elf64_Phdr) &&
	       header->e_phoff <= file_size;
}

int avow_image_open(struct avow_image *image, const char *path)
{
	Elf64_Ehdr header;
	struct stat st;
	int err;

	memset(image, 0, sizeof(*image));
	image->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (image->fd < 0 || fstat(image->fd, &st)) {
		err = avow_fail(-errno, "%s: %s", path, strerror(errno));
		avow_image_close(image);
		return err;
	}
	err = avow_image_read(image, &header, sizeof(header), 0);
	if (!err && !header_fits(&header, (u64)st.st_size))
		err = avow_fail(-ENOEXEC, "%s: not an ELF64 file for x86-64", path);
	if (!err)
		err = load_segments(image, &header, (u64)st.st_size);
	if (!err)
		err = load_notes(image, &header, (u64)st.st_size);
	if (err)
		avow_image_close(image);
	return err;
}

void avow_image_close(struct avow_image *image)
{
	unsigned int i;

	for (i = 0; i < image->nr_maps; i++)
		munmap(image->maps[i].addr, image->maps[i].length);
	if (image->fd >= 0)
		close(image->fd);
	memset(image, 0, sizeof(*image));
	image->fd = -1;
}

int avow_enclave_add_image(struct avow_enclave *e, const struct avow_image *image)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < image->nr && !err; i++)
		err = avow_enclave_add(e, &image->segments[i].pages, NULL);
	for (i = 0; i < image->nr_dynamic && !err; i++) {
		const struct avow_area *area = &image->dynamic[i];

		err = avow_enclave_declare(e, area->offset, area->length, area->flags & AVOW_RWX);
	}
	if (!err && image->has_layout) {
		e->tcs_offset = image->segments[0].pages.offset;
		e->nr_tcs = (unsigned int)(image->segments[0].pages.length / SGX_PAGE_SIZE);
	}
	return err;
}

int avow_enclave_map_image(struct avow_enclave *e, const struct avow_image *image)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < image->nr && !err; i++) {
		const struct avow_segment *s = &image->segments[i];

		err = avow_enclave_map(e, s->pages.offset, s->pages.length, s->prot);
	}
	for (i = 0; i < image->nr_dynamic && !err; i++) {
		const struct avow_area *area = &image->dynamic[i];

		err = avow_enclave_map(e, area->offset, area->length, avow_area_prot(area));
	}
	return err;
}

int avow_enclave_load(struct avow_enclave *e, const struct avow_image *image,
		      const struct avow_params *params, EVP_PKEY *key)
{
	struct avow_params p = { 0 };
	int err;

	if (params)
		p = *params;
	if (!p.size)
		p.size = image->size;
	if (!p.miscselect)
		p.miscselect = image->miscselect;
	err = avow_enclave_create(e, &p);
	if (!err)
		err = avow_enclave_add_image(e, image);
	if (!err)
		err = avow_enclave_sign(e, key);
	if (!err)
		err = avow_enclave_init(e);
	return err ? err : avow_enclave_map_image(e, image);
}
