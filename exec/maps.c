// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "maps.h"

/* What is read of a line; the path behind it does not matter. */
#define LINE_MAX_READ	100

typedef bool mapping_fn(void *arg, const struct mapping *mapping);	/* false: enough */

/* "start-end rwxp offset major:minor inode path" */
static bool parse(char *line, struct mapping *m)
{
	char *at;

	m->start = strtoul(line, &at, 16);
	if (*at++ != '-')
		return false;
	m->end = strtoul(at, &at, 16);
	if (*at++ != ' ' || strnlen(at, 5) < 5)
		return false;
	m->prot = (at[0] == 'r' ? PROT_READ : 0) | (at[1] == 'w' ? PROT_WRITE : 0) |
		  (at[2] == 'x' ? PROT_EXEC : 0);
	m->private = at[3] == 'p';
	m->offset = strtoul(at + 5, &at, 16);
	m->device = strtoul(at, &at, 16) << 32;
	if (*at++ != ':')
		return false;
	m->device |= strtoul(at, &at, 16);
	m->inode = strtoul(at, NULL, 10);
	return true;
}

/* No stdio: nothing is to be allocated while the loader holds its locks. */
static bool each_mapping(mapping_fn *fn, void *arg)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	char data[4096], line[LINE_MAX_READ + 1];
	struct mapping mapping;
	size_t length = 0;
	bool more = true;
	ssize_t got;

	if (fd < 0)
		return false;
	while (more && ((got = read(fd, data, sizeof(data))) > 0 || (got < 0 && errno == EINTR))) {
		for (ssize_t i = 0; i < got && more; i++) {
			if (data[i] != '\n') {
				if (length < LINE_MAX_READ)
					line[length++] = data[i];
				continue;
			}
			line[length] = '\0';
			length = 0;
			more = !parse(line, &mapping) || fn(arg, &mapping);
		}
	}
	close(fd);
	return true;
}

struct file_at {
	uintptr_t address;
	struct mapping found;
};

static bool find(void *arg, const struct mapping *mapping)
{
	struct file_at *at = arg;

	if (at->address < mapping->start || at->address >= mapping->end)
		return true;
	at->found = *mapping;
	return false;
}

struct collection {
	const struct file_at *file;
	struct mappings *mappings;
	bool full;
};

static bool collect(void *arg, const struct mapping *mapping)
{
	struct collection *c = arg;

	if (mapping->device != c->file->found.device || mapping->inode != c->file->found.inode)
		return true;
	c->full = c->mappings->nr == MAPPINGS_MAX;
	if (!c->full)
		c->mappings->items[c->mappings->nr++] = *mapping;
	return !c->full;
}

bool mappings_of(struct mappings *mappings, uintptr_t address)
{
	struct file_at file = { .address = address };
	struct collection c = { .file = &file, .mappings = mappings };

	mappings->nr = 0;
	return each_mapping(find, &file) && file.found.inode && each_mapping(collect, &c) && !c.full;
}

const struct mapping *mapping_at(const struct mappings *mappings, uintptr_t address)
{
	for (unsigned int i = 0; i < mappings->nr; i++)
		if (address >= mappings->items[i].start && address < mappings->items[i].end)
			return &mappings->items[i];
	return NULL;
}
