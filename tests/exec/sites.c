// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * sites FILE...: what avow exec would do with each object:
 *
 *	object CPUID OTHER NO_FUNCTION NOT_DECODED NOT_REACHED NOT_READABLE FILE
 *	site ADDRESS
 *
 * Files that are no objects are left out. Exit status 1 where a file cannot be read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "load.h"

static uint64_t *list;
static size_t nr, room;

static void note(void *arg, uint64_t address)
{
	(void)arg;
	if (nr == room) {
		room = room ? 2 * room : 64;
		list = reallocarray(list, room, sizeof(*list));
		if (!list)
			abort();
	}
	list[nr++] = address;
}

int main(int argc, char **argv)
{
	int status = EXIT_SUCCESS;
	struct loaded loaded;
	struct sites sites;

	for (int i = 1; i < argc; i++) {
		switch (load_object(&loaded, argv[i])) {
		case LOAD_DONE:
			nr = 0;
			sites_find(&loaded.object, note, NULL, &sites);
			printf("object %u %u %u %u %u %u %s\n", sites.cpuid, sites.other, sites.no_function,
			       sites.not_decoded, sites.not_reached, sites.not_readable, argv[i]);
			for (size_t j = 0; j < nr; j++)
				printf("site %" PRIx64 "\n", list[j]);
			break;
		case LOAD_NO_OBJECT:
			break;
		case LOAD_FAILED:
			perror(argv[i]);
			status = EXIT_FAILURE;
		}
		unload_object(&loaded);
	}
	free(list);
	return status;
}
