// SPDX-License-Identifier: LGPL-2.1-or-later
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "module.h"

int module_load_file(const char *path, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret;

	REQUIRE(fd >= 0);
	ret = (int)syscall(SYS_finit_module, fd, parameters, 0);
	close(fd);
	return ret;
}

int module_load(const char *parameters)
{
	const char *path = getenv("AVOW_KO");

	return module_load_file(path ? path : "/lib/avow.ko", parameters);
}

int module_unload(void)
{
	return (int)syscall(SYS_delete_module, "avow", O_NONBLOCK);
}

bool module_loaded(void)
{
	FILE *file = fopen("/proc/modules", "re");
	char line[512];
	bool found = false;

	REQUIRE(file);
	while (fgets(line, sizeof(line), file))
		found |= !strncmp(line, "avow ", 5);
	fclose(file);
	return found;
}

void kernel_log(char *text, size_t size)
{
	static int fd = -1;
	char record[2048];
	size_t used = 0;
	ssize_t n;

	if (fd < 0) {
		fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		REQUIRE(fd >= 0);
	}
	text[0] = '\0';
	while ((n = read(fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		if (n <= 0)
			continue;
		record[n] = '\0';
		if (used + (size_t)n < size) {
			memcpy(text + used, record, (size_t)n + 1);
			used += (size_t)n;
		}
	}
}
