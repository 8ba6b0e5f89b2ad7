// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "new_file.h"

static void forget(struct new_file *file)
{
	free(file->temporary);
	free(file->name);
	*file = (struct new_file){ 0 };
}

/* With the mode of a new file. */
static FILE *open_temporary(char *temporary)
{
	mode_t mask = umask(0);
	FILE *to = NULL;
	int fd, err;

	umask(mask);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!fchmod(fd, 0666 & ~mask))
		to = fdopen(fd, "w");
	if (!to) {
		err = errno;
		close(fd);
		unlink(temporary);
		errno = err;
	}
	return to;
}

int new_file_begin(struct new_file *file, const char *name)
{
	struct stat st;
	int err;

	*file = (struct new_file){ 0 };
	/* A rename would put a file in the place of a device. */
	if (!stat(name, &st) && !S_ISREG(st.st_mode))
		return -EEXIST;
	file->name = strdup(name);
	if (!file->name || asprintf(&file->temporary, "%s.XXXXXX", name) < 0) {
		free(file->name);
		return -ENOMEM;
	}
	file->to = open_temporary(file->temporary);
	if (file->to)
		return 0;
	err = -errno;
	forget(file);
	return err;
}

int new_file_end(struct new_file *file, bool whole)
{
	int err = 0;

	if (fflush(file->to) || ferror(file->to))
		err = errno ? -errno : -EIO;
	if (fclose(file->to) && !err)
		err = -errno;
	if (whole && !err && rename(file->temporary, file->name))
		err = -errno;
	if (!whole || err)
		unlink(file->temporary);
	forget(file);
	return err;
}

int new_file_write(const char *name, const void *bytes, size_t size)
{
	struct new_file file;
	int err = new_file_begin(&file, name);

	if (err)
		return err;
	fwrite(bytes, 1, size, file.to);
	return new_file_end(&file, true);
}

const char *new_file_why(int err)
{
	return err == -EEXIST ? "there is something that is no file" : strerror(-err);
}
