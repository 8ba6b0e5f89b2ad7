// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "group.h"

#define GROUP	"/sys/fs/cgroup/avow-test"

void group_write(const char *file, const char *text)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), GROUP "/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		FAIL("%s: %s", path, strerror(errno));
		test_stop();
	}
	close(fd);
}

/* The first bytes of a file of the group, as text. */
static void read_text(const char *file, char *text, size_t size)
{
	char path[128];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), GROUP "/%s", file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	REQUIRE(fd >= 0);
	n = read(fd, text, size - 1);
	REQUIRE(n > 0);
	text[n] = '\0';
	close(fd);
}

u64 group_read(const char *file)
{
	char text[64];

	read_text(file, text, sizeof(text));
	return strtoull(text, NULL, 10);
}

void group_wait(const char *file, const char *line)
{
	char text[256];

	do {
		usleep(1000);
		read_text(file, text, sizeof(text));
	} while (!strstr(text, line));
}

void group_make(void)
{
	int fd = open("/sys/fs/cgroup/cgroup.subtree_control", O_WRONLY | O_CLOEXEC);

	REQUIRE(fd >= 0 && write(fd, "+memory", 7) == 7);
	close(fd);
	if (mkdir(GROUP, 0755) && errno != EEXIST)
		REQUIRE(!"mkdir");
}

void group_enter(void)
{
	volatile u8 stack[65536];
	size_t i;

	for (i = 0; i < sizeof(stack); i += 512)
		stack[i] = 1;
	group_write("cgroup.procs", "0");
}

void group_remove(void)
{
	int i;

	for (i = 0; i < 100 && rmdir(GROUP); i++)
		usleep(20000);
}
