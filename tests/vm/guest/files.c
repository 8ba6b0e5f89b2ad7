// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reading and writing whole files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"

char *file_read(const char *path, size_t *length)
{
	size_t size = 0, used = 0;
	char *data = NULL;
	ssize_t got;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	do {
		if (size - used < 4096) {
			size = size ? 2 * size : 8192;
			data = realloc(data, size);
			if (!data)
				lost("out of memory reading %s", path);
		}
		got = read(fd, data + used, size - used - 1);
		if (got > 0)
			used += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	close(fd);
	data[used] = '\0';
	if (length)
		*length = used;
	return data;
}

char *file_line(const char *path)
{
	char *data = file_read(path, NULL);

	if (data)
		data[strcspn(data, "\n")] = '\0';
	return data;
}

char **file_list(const char *path, size_t *count)
{
	size_t length = 0, items = 0, i = 0;
	char *data = file_read(path, &length), **list;

	for (size_t at = 0; data && at < length; at++)
		items += data[at] == '\0';
	list = calloc(items + 1, sizeof(*list));
	if (!list)
		lost("out of memory reading %s", path);
	for (char *item = data; i < items; item += strlen(item) + 1)
		list[i++] = item;
	if (count)
		*count = items;
	return list;
}

bool write_all(int fd, const void *data, size_t length)
{
	const char *at = data;

	while (length) {
		ssize_t done = write(fd, at, length);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		at += done;
		length -= (size_t)done;
	}
	return true;
}

void make_directories(const char *path)
{
	char *copy = strdup(path);

	if (!copy)
		lost("out of memory");
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(copy, 0755);
		*slash = '/';
	}
	mkdir(copy, 0755);
	free(copy);
}
