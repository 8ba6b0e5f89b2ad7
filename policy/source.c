// SPDX-License-Identifier: LGPL-2.1-or-later
/* Texts from files. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source.h"

static int read_all(int fd, char *bytes, size_t *size)
{
	ssize_t got;

	*size = 0;
	while (*size <= AVOW_POLICY_SIZE_MAX) {
		got = read(fd, bytes + *size, AVOW_POLICY_SIZE_MAX + 1 - *size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (!got)
			return 0;
		*size += (size_t)got;
	}
	return -EFBIG;
}

static int read_file(void *context, const char *path, char **bytes, size_t *size, char **identity)
{
	int fd, err;

	(void)context;
	*bytes = NULL;
	*identity = NULL;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	/* A pipe has no path. It cannot be read twice either. */
	*identity = realpath(path, NULL);
	if (!*identity)
		*identity = strdup(path);
	*bytes = malloc(AVOW_POLICY_SIZE_MAX + 1);
	err = *bytes && *identity ? read_all(fd, *bytes, size) : -ENOMEM;
	close(fd);
	if (err) {
		free(*bytes);
		free(*identity);
	}
	return err;
}

const struct avow_policy_reader avow_policy_files = { .read = read_file };
