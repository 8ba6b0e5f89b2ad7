/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Maps an ELF file as the loader would, without running anything of it. */
#ifndef AVOW_TESTS_LOAD_H
#define AVOW_TESTS_LOAD_H

#include "object.h"

struct loaded {
	struct object object;
	uint8_t *file, *room;
	size_t file_size, size;
};

enum load { LOAD_DONE, LOAD_NO_OBJECT, LOAD_FAILED };
enum load load_object(struct loaded *loaded, const char *path);
void unload_object(struct loaded *loaded);

#endif
