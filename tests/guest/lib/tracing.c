// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "tracing.h"

#define TRACEFS	"/sys/kernel/tracing/"

static int write_file(const char *file, const char *text, int flags)
{
	char path[256];
	int fd, err;
	ssize_t n;

	snprintf(path, sizeof(path), TRACEFS "%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	err = errno;
	close(fd);
	errno = err;
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

void tracing_write(const char *file, const char *text)
{
	if (write_file(file, text, O_TRUNC)) {
		FAIL("%s: %s", file, strerror(errno));
		test_stop();
	}
}

int tracing_append(const char *file, const char *text)
{
	return write_file(file, text, O_APPEND);
}

void tracing_clear(void)
{
	tracing_write("trace", "");
	tracing_write("tracing_on", "1");
}

void tracing_read(char *text, size_t size)
{
	FILE *file = fopen(TRACEFS "trace", "re");
	char line[1024];
	size_t used = 0;

	REQUIRE(file);
	text[0] = '\0';
	while (fgets(line, sizeof(line), file)) {
		size_t length = strlen(line);

		if (line[0] == '#')
			continue;
		REQUIRE(used + length < size);
		memcpy(text + used, line, length + 1);
		used += length;
	}
	fclose(file);
}

static ssize_t read_once(const char *file, void *to, size_t size)
{
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), TRACEFS "%s", file);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	REQUIRE(fd >= 0);
	n = read(fd, to, size);
	close(fd);
	return n;
}

void tracing_file(const char *file, char *text, size_t size)
{
	ssize_t n = read_once(file, text, size - 1);

	/* Smaller than what seq_file gives at a time. */
	REQUIRE(n > 0 && (size_t)n < size - 1);
	text[n] = '\0';
}

bool tracing_page(const char *file, void *page, size_t size)
{
	return read_once(file, page, size) > 0;
}

unsigned int tracing_count(const char *text, const char *what)
{
	unsigned int nr = 0;

	for (text = strstr(text, what); text; text = strstr(text + 1, what))
		nr++;
	return nr;
}
