// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loading and unloading kernel modules. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../job.h"
#include "init.h"

static int load(const char *path, const char *params)
{
	int error = 0, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, params, 0))
		error = errno;
	close(fd);
	return error;
}

void load_kernel_modules(void)
{
	char **list = file_list(JOB_LOAD, NULL);

	for (size_t i = 0; list[i]; i++) {
		int error = load(list[i], "");

		if (error && error != EEXIST)
			lost("cannot load %s: %s", list[i], strerror(error));
	}
}

bool avow_offered(void)
{
	return access(GUEST_MODULE, F_OK) == 0;
}

bool avow_loaded(void)
{
	char *modules = file_read("/proc/modules", NULL);
	bool found = modules && (!strncmp(modules, "avow ", 5) || strstr(modules, "\navow "));

	free(modules);
	return found;
}

bool avow_load(char *why, size_t size)
{
	char *params = file_line(JOB_PARAMS);
	int error = avow_loaded() ? 0 : load(GUEST_MODULE, params ? params : "");

	free(params);
	if (error)
		snprintf(why, size, "cannot load avow.ko: %s (the kernel's log says more)",
			 strerror(error));
	return !error;
}

bool avow_unload(char *why, size_t size)
{
	if (!avow_loaded() || !syscall(SYS_delete_module, "avow", O_NONBLOCK))
		return true;
	snprintf(why, size, "cannot unload avow.ko: %s", strerror(errno));
	return false;
}
