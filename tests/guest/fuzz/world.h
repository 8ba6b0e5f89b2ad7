/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a sequence plays in: fixed addresses, the memory that pages are copied from, and
 * beside it the model with the actors that there are.
 */
#ifndef WORLD_H
#define WORLD_H

#include "../../model/model.h"
#include "../lib/scene.h"
#include "step.h"

/* Far from all that a C library maps. */
#define BASE		0x100000000000ULL
#define SOURCES		0x200000000000ULL

#define NR_ACTORS	6
/* The pages behind the image that most steps are about. */
#define PLAY_PAGES	8

/* Where the places of a page are that are looked at: its code and its tag. */
#define TAG_AT		64

struct model_actor {
	bool used;
	int space;
	bool read_implies_exec;
};

struct world {
	struct m_model model;
	struct model_actor actors[NR_ACTORS];
	const struct avow_image *image;
	const struct m_page *sources;	/* NR_SOURCES of them */
	int image_pages, play;		/* the first page behind the image */
	u64 refusals;			/* so far, as the kernel counts them */
};

enum {
	SRC_CODE = 0,		/* private anonymous R|X */
	SRC_DATA = 4,		/* RW */
	SRC_READ = 6,		/* R */
	SRC_NONE = 7,		/* PROT_NONE */
	SRC_GONE = 8,		/* not mapped */
	SRC_TCS_CODE = 9, SRC_TCS_DATA = 10, SRC_TCS_BAD = 11,
	SRC_FILE_CODE = 12, SRC_FILE_WRITTEN = 14, SRC_FILE_SHARED = 15, SRC_FILE_READ = 16,
	SRC_MEMFD = 17, SRC_NOEXEC = 18, SRC_SHARED = 19,
	SRC_ENCLAVE = 20,	/* a mapping of the enclave's own file: VM_PFNMAP */
	NR_SOURCES = 24,	/* what is behind is not mapped */
};

/*
 * The files that pages are copied from have the number of their first page here, and one
 * more, so that there is a 0 for none; the image's comes behind. ino 0: nobody knows.
 */
enum { IMAGE_FILE = NR_SOURCES + 1, NR_FILES };

struct source_file {
	u64 dev, ino;
};

/* Maps them, and describes them; once, before any actor is. */
void sources_map(struct m_page pages[NR_SOURCES], struct source_file files[NR_FILES]);
/* SRC_ENCLAVE, of this descriptor. */
void sources_map_enclave(int fd);

void world_begin(struct world *w, bool pku, const struct avow_image *image,
		 const struct m_page *sources);
/* The model's answer to a step, for which H_SKIPPED means that nobody should do it. */
struct m_outcome world_step(struct world *w, const struct step *step);
/* OP_OUT_ALL: accesses 0, 1, ... of it; false behind the last. */
#define ALL_ACCESSES	((M_END - M_FIRST) * 3)
bool all_access(unsigned int n, const struct step *step, struct step *one);

/* ---- a step as arguments, for the model and for the kernel alike ---- */

struct m_range step_range(const struct step *step);
u64 step_add_flags(const struct step *step);
enum wrong step_wrong(const struct step *step);
/* Of OP_UNKNOWN: an ioctl's number, or only the number within its type. */
u32 step_command(const struct step *step);
__s64 step_address(const struct step *step, int32_t page);

#define SECS_VARIANTS	17
enum { SECS_PROVISIONKEY = 14, SECS_EINITTOKENKEY, SECS_NO_DEBUG };	/* good ones */
enum m_secs secs_wrong(int32_t variant, struct avow_secs *secs);
/* SIGSTRUCTs beyond enum m_sig: wrong in two ways; of another PROVISIONKEY than the SECS. */
enum { SIG_HASH_AND_KSS = SIG_SECS + 1, SIG_PROVISIONKEY, SIG_VARIANTS };
/* What PROVISION is given. */
enum { FD_PROVISION, FD_NONE, FD_OTHER, FD_ENCLAVE, NR_FD_KINDS };

#endif
