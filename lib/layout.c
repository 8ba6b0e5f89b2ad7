// SPDX-License-Identifier: LGPL-2.1-or-later
/* The note by which an enclave of libavow-enclave tells of its stacks, SSA frames and heap: runtime/abi.h. */
#include <string.h>
#include <sys/mman.h>

#include "enclave.h"
#include "message.h"

/* A note's head with the name, padded. */
struct head {
	Elf64_Nhdr nhdr;
	char name[8];
};

static const char name[8] = AVOW_NOTE_NAME;

static int damaged(const char *what)
{
	return avow_fail(-ENOEXEC, "the note of the enclave's layout: %s", what);
}

static bool apart(u64 offset, u64 length, u64 other, u64 other_length)
{
	return offset + length <= other || other + other_length <= offset;
}

static bool is_free(const struct avow_image *image, u64 offset, u64 length)
{
	unsigned int i;

	for (i = 0; i < image->nr; i++)
		if (!apart(offset, length, image->segments[i].pages.offset, image->segments[i].pages.length))
			return false;
	for (i = 0; i < image->nr_dynamic; i++)
		if (!apart(offset, length, image->dynamic[i].offset, image->dynamic[i].length))
			return false;
	return true;
}

static bool area_fits(const struct avow_area *a)
{
	u32 rwx = a->flags & AVOW_RWX;

	return !((a->offset | a->length | a->stride) % SGX_PAGE_SIZE) && a->length && a->length < AVOW_IMAGE_LIMIT &&
	       a->offset < AVOW_IMAGE_LIMIT && a->stride < AVOW_IMAGE_LIMIT && a->count &&
	       a->count <= AVOW_AREA_COUNT_MAX && !(a->flags & ~(u32)(AVOW_RWX | AVOW_AREA_DYNAMIC)) && (rwx & AVOW_R);
}

static int add_dynamic(struct avow_image *image, const struct avow_area *a)
{
	if (a->count != 1 || !is_free(image, a->offset, a->length))
		return damaged("pages for run time where there are others");
	image->dynamic[image->nr_dynamic++] = *a;
	return 0;
}

static int add_zeros(struct avow_image *image, const struct avow_area *a)
{
	u64 offset = a->offset;
	void *zeros;
	u32 i;

	if (image->nr + a->count > AVOW_SEGMENTS_MAX)
		return damaged("too many areas");
	zeros = avow_image_source(image, a->length, PROT_READ, MAP_ANONYMOUS, 0);
	if (zeros == MAP_FAILED)
		return -errno;
	for (i = 0; i < a->count; i++, offset += a->stride) {
		if (!is_free(image, offset, a->length))
			return damaged("areas that overlap");
		avow_image_add(image, zeros, offset, a->length, a->flags & AVOW_RWX, AVOW_SRC_ANON);
	}
	return 0;
}

static int add_area(struct avow_image *image, const struct avow_area *a)
{
	u64 end;
	int err;

	if (!area_fits(a))
		return damaged("an area that is none");
	err = a->flags & AVOW_AREA_DYNAMIC ? add_dynamic(image, a) : add_zeros(image, a);
	end = a->offset + (a->count - 1) * a->stride + a->length;
	if (end > image->end)
		image->end = end;
	return err;
}

/* What is behind the head, and nothing else is in the program header. */
static int read_layout(const struct avow_image *image, const Elf64_Phdr *ph, u32 size, struct avow_layout *layout,
		       struct avow_area areas[AVOW_AREAS_MAX])
{
	u64 at = ph->p_offset + sizeof(struct head);
	int err;

	if (size < sizeof(*layout) || ph->p_filesz != sizeof(struct head) + size)
		return damaged("not of this size");
	err = avow_image_read(image, layout, sizeof(*layout), at);
	if (err)
		return err;
	if (layout->nr > AVOW_AREAS_MAX || size != sizeof(*layout) + layout->nr * sizeof(areas[0]))
		return damaged("not of this size");
	return avow_image_read(image, areas, layout->nr * sizeof(areas[0]), at + sizeof(*layout));
}

int avow_image_note(struct avow_image *image, const Elf64_Phdr *ph, u64 file_size)
{
	struct avow_area areas[AVOW_AREAS_MAX];
	struct avow_layout layout;
	struct head head;
	int err;
	u32 i;

	/* Others' notes are no matter of ours, whatever they are. */
	if (ph->p_filesz < sizeof(head) || ph->p_offset > file_size || sizeof(head) > file_size - ph->p_offset)
		return 0;
	err = avow_image_read(image, &head, sizeof(head), ph->p_offset);
	if (err)
		return err;
	if (head.nhdr.n_namesz != sizeof(AVOW_NOTE_NAME) || memcmp(head.name, name, sizeof(name)))
		return 0;
	if (head.nhdr.n_type != AVOW_NOTE_LAYOUT)
		return damaged("of another version");
	if (image->has_layout)
		return damaged("a second one");
	err = read_layout(image, ph, head.nhdr.n_descsz, &layout, areas);
	if (err)
		return err;
	image->has_layout = true;
	image->miscselect = layout.miscselect;
	for (i = 0; i < layout.nr && !err; i++)
		err = add_area(image, &areas[i]);
	return err;
}

int avow_area_prot(const struct avow_area *area)
{
	u32 rwx = area->flags & AVOW_RWX;

	return (int)(rwx & AVOW_W ? rwx & ~(u32)AVOW_X : rwx);
}
