/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Enclaves for test cases, in the contract of the running case. What goes wrong
 * while a scene is set up ends the case as a failure.
 */
#ifndef SCENE_H
#define SCENE_H

#include "enclave.h"
#include "test.h"

#define PAGE	4096ULL

struct scene {
	struct avow_enclave e;
	struct avow_image image;	/* nr is 0 where there is none */
	u64 play;			/* offset of the first page that the image leaves free */
};

/* The device, the contract chosen. */
void scene_open(struct scene *s);
/* The same and CREATE, of a power of two of pages. */
void scene_create(struct scene *s, u64 pages);
/* The same and the test enclave's pages, with at least this many free pages behind. */
void scene_image(struct scene *s, u64 free_pages);
void scene_image_with(struct scene *s, u64 free_pages, const struct avow_params *params);

/* Pages of source_code(); intent as SECINFO says, or explicit. Measured. */
void scene_add(struct scene *s, u64 offset, u64 pages, u32 rwx);
void scene_add_intent(struct scene *s, u64 offset, u64 pages, u32 rwx, u32 intent);
/* INIT, which proves the measurement; maps the image where there is one. */
void scene_init(struct scene *s);
void scene_map(struct scene *s, u64 offset, u64 pages, int prot);
/* All in one: image, `pages` pages at s->play of these rights and intent, INIT; not mapped. */
void scene_ready(struct scene *s, u64 pages, u32 rwx, u32 intent);
void scene_close(struct scene *s);

static inline u64 scene_at(const struct scene *s, u64 offset)
{
	return s->e.base + offset;
}

/* ADD_PAGES of a range from a source, as the kernel answers it: -1 and errno. */
int raw_add(struct scene *s, const void *src, u64 offset, u64 length, u64 secinfo, u64 flags,
	    u64 *count);
int raw_protect(struct scene *s, u64 offset, u64 pages, int prot);
/* mmap() at the enclave's own address; -1 and errno. Keeps what is mapped there. */
int raw_map(struct scene *s, u64 offset, u64 pages, int prot);
void scene_unmap(struct scene *s, u64 offset, u64 pages);

int raw_restrict(struct scene *s, u64 offset, u64 pages, u32 rwx);
int raw_modify(struct scene *s, u64 offset, u64 pages, u32 type);
int raw_remove(struct scene *s, u64 offset, u64 pages);

/* The key that the tests sign with. */
EVP_PKEY *scene_key(void);

/*
 * Page-aligned bytes to copy from, mapped R|X, so that any intent is allowed in both
 * contracts. Each page begins with a RET and then differs from every other page.
 */
const u8 *source_code(u64 pages);
/* Private anonymous memory of these rights, filled in the same way. */
u8 *source_anon(u64 pages, int prot);
/* A new file in a directory, filled in the same way; returns its descriptor, path kept in path. */
int source_file(const char *dir, u64 pages, char path[64]);
/* What the byte at this position of a source is. */
u8 source_byte(u64 page, u64 at);

/* One slot's run; type 0 and intent 0 where it is a hole. */
struct avow_run scene_run(struct scene *s, u64 offset);
/* intent, EPCM and state of one slot. */
#define EXPECT_SLOT(scene, offset, want_intent, want_epcm, want_state)		\
	expect_slot(__FILE__, __LINE__, scene, offset, want_intent, want_epcm, want_state)
void expect_slot(const char *file, int line, struct scene *s, u64 offset, u32 intent, u32 epcm,
		 u32 state);

#define EXPECT_HOLE(scene, offset)						\
	expect_slot(__FILE__, __LINE__, scene, offset, 0, 0, ~0U)

u64 epc_used(struct scene *s);

#endif
