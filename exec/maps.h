/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The mappings of this process, as /proc/self/maps has them. */
#ifndef AVOW_EXEC_MAPS_H
#define AVOW_EXEC_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct mapping {
	uintptr_t start, end;
	int prot;
	bool private;
	uint64_t offset;	/* in its file */
	uint64_t device, inode;	/* inode 0: no file */
};

#define MAPPINGS_MAX	64	/* of one object's file, near to it */

/* All mappings of the file that is mapped at an address, ascending. */
struct mappings {
	struct mapping items[MAPPINGS_MAX];
	unsigned int nr;
};

/* False where /proc/self/maps cannot be read, no file is there, or it has too many. */
bool mappings_of(struct mappings *mappings, uintptr_t address);
/* The mapping with this address, or NULL. */
const struct mapping *mapping_at(const struct mappings *mappings, uintptr_t address);

#endif
