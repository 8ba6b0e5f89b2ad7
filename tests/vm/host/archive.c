// SPDX-License-Identifier: LGPL-2.1-or-later
/* Writing an initramfs; the format is the kernel's initramfs buffer format. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "fail.h"

#define LINKS_MAX	40	/* as the kernel has it */

struct archive {
	FILE *file;
	void *names;		/* a tsearch tree of all paths in the archive */
	uint32_t inode;		/* of the last entry */
	uint64_t offset;
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* True the first time that it is asked about a path. */
static bool is_new(struct archive *archive, const char *path)
{
	char *copy = must_format("%s", path);
	char **found = tsearch(copy, &archive->names, compare);

	if (!found)
		fail("out of memory");
	if (*found == copy)
		return true;
	free(copy);
	return false;
}

static void put(struct archive *archive, const void *data, size_t size)
{
	if (fwrite(data, 1, size, archive->file) != size)
		fail("cannot write the initramfs: %s", strerror(errno));
	archive->offset += size;
}

static void align(struct archive *archive)
{
	put(archive, "\0\0\0", (4 - archive->offset % 4) % 4);
}

static void put_header(struct archive *archive, const char *path, mode_t mode,
		       uint64_t size, unsigned int major, unsigned int minor)
{
	char header[111];

	if (size > UINT32_MAX)
		fail("%s is too large for an initramfs", path);
	path += *path == '/';
	align(archive);
	snprintf(header, sizeof(header), "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		 ++archive->inode, mode, 0, 0, 1, 0, (uint32_t)size, 0, 0, major, minor,
		 (unsigned int)strlen(path) + 1, 0);
	put(archive, header, 110);
	put(archive, path, strlen(path) + 1);
	align(archive);
}

struct archive *archive_new(void)
{
	struct archive *archive = must_alloc(sizeof(*archive));
	int fd = memfd_create("initramfs", 0);

	archive->file = fd < 0 ? NULL : fdopen(fd, "w+");
	if (!archive->file)
		fail("cannot make the initramfs: %s", strerror(errno));
	return archive;
}

/* The directories above a path, as plain directories where they are new. */
static void put_parents(struct archive *archive, const char *path)
{
	char *copy = must_format("%s", path);

	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (is_new(archive, copy))
			put_header(archive, copy, S_IFDIR | 0755, 0, 0, 0);
		*slash = '/';
	}
	free(copy);
}

static bool begin(struct archive *archive, const char *path)
{
	if (!is_new(archive, path))
		return false;
	put_parents(archive, path);
	return true;
}

void archive_dir(struct archive *archive, const char *path, mode_t mode)
{
	if (begin(archive, path))
		put_header(archive, path, S_IFDIR | mode, 0, 0, 0);
}

void archive_link(struct archive *archive, const char *path, const char *target)
{
	if (!begin(archive, path))
		return;
	put_header(archive, path, S_IFLNK | 0777, strlen(target), 0, 0);
	put(archive, target, strlen(target));
}

void archive_char_device(struct archive *archive, const char *path, mode_t mode,
			 unsigned int major, unsigned int minor)
{
	if (begin(archive, path))
		put_header(archive, path, S_IFCHR | mode, 0, major, minor);
}

void archive_data(struct archive *archive, const char *path, mode_t mode,
		  const void *data, size_t size)
{
	if (!begin(archive, path))
		return;
	put_header(archive, path, S_IFREG | mode, size, 0, 0);
	put(archive, data, size);
}

void archive_file(struct archive *archive, const char *path, const char *from)
{
	char buffer[1 << 16];
	uint64_t left;
	struct stat info;
	int fd = open(from, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &info))
		fail("cannot read %s: %s", from, strerror(errno));
	if (!S_ISREG(info.st_mode))
		fail("%s is not a regular file", from);
	if (!begin(archive, path)) {
		close(fd);
		return;
	}
	left = (uint64_t)info.st_size;
	put_header(archive, path, info.st_mode & (S_IFMT | 07777), left, 0, 0);
	while (left) {
		ssize_t got = read(fd, buffer, left < sizeof(buffer) ? left : sizeof(buffer));

		if (got <= 0)
			fail("cannot read %s: %s", from,
			     got ? strerror(errno) : "it became shorter meanwhile");
		put(archive, buffer, (size_t)got);
		left -= (uint64_t)got;
	}
	close(fd);
}

static void put_host_link(struct archive *archive, const char *path, char *target)
{
	ssize_t length = readlink(path, target, PATH_MAX - 1);

	if (length < 0)
		fail("cannot read the link %s: %s", path, strerror(errno));
	target[length] = '\0';
	archive_link(archive, path, target);
}

/*
 * Walks the path part by part, as the kernel would. done is what is walked:
 * without links; todo is the rest, into which the targets of links are put.
 */
void archive_host_path(struct archive *archive, const char *path)
{
	char done[PATH_MAX] = "", todo[2 * PATH_MAX], target[PATH_MAX], part[NAME_MAX + 1];
	int links = 0;

	if (*path != '/' || strlen(path) >= PATH_MAX)
		fail("not an absolute path: %s", path);
	strcpy(todo, path);
	for (;;) {
		char *at = todo + strspn(todo, "/");
		size_t length = strcspn(at, "/"), before = strlen(done);
		struct stat info;

		if (!length)
			return;
		if (length > NAME_MAX || before + length + 2 > PATH_MAX)
			fail("name too long: %s", path);
		memcpy(part, at, length);
		part[length] = '\0';
		memmove(todo, at + length, strlen(at + length) + 1);
		if (!strcmp(part, "."))
			continue;
		if (!strcmp(part, "..")) {
			*(before ? strrchr(done, '/') : done) = '\0';
			continue;
		}
		sprintf(done + before, "/%s", part);
		if (lstat(done, &info))
			fail("%s: %s", path, strerror(errno));
		if (S_ISLNK(info.st_mode)) {
			if (++links > LINKS_MAX)
				fail("too many links: %s", path);
			put_host_link(archive, done, target);
			if (strlen(target) + strlen(todo) + 2 > sizeof(todo))
				fail("name too long: %s", path);
			memmove(todo + strlen(target) + 1, todo, strlen(todo) + 1);
			memcpy(todo, target, strlen(target));
			todo[strlen(target)] = '/';
			done[*target == '/' ? 0 : before] = '\0';
		} else if (S_ISDIR(info.st_mode)) {
			archive_dir(archive, done, info.st_mode & 07777);
		} else {
			archive_file(archive, done, done);
		}
	}
}

void archive_tree(struct archive *archive, const char *path, const char *from)
{
	char *roots[] = { (char *)from, NULL }, target[PATH_MAX];
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *entry;

	if (!walk)
		fail("cannot read %s: %s", from, strerror(errno));
	while ((entry = fts_read(walk))) {
		char *name = must_format("%s%s", path, entry->fts_path + strlen(from));
		ssize_t length;

		switch (entry->fts_info) {
		case FTS_D:
			archive_dir(archive, name, entry->fts_statp->st_mode & 07777);
			break;
		case FTS_F:
			archive_file(archive, name, entry->fts_accpath);
			break;
		case FTS_SL:
		case FTS_SLNONE:
			length = readlink(entry->fts_accpath, target, sizeof(target) - 1);
			target[length < 0 ? 0 : length] = '\0';
			archive_link(archive, name, target);
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			fail("cannot read %s: %s", entry->fts_path, strerror(entry->fts_errno));
		default:
			break;	/* the way back up; sockets and other special files */
		}
		free(name);
	}
	fts_close(walk);
}

int archive_finish(struct archive *archive, uint64_t *size)
{
	put_header(archive, "TRAILER!!!", 0, 0, 0, 0);
	align(archive);
	if (fflush(archive->file))
		fail("cannot write the initramfs: %s", strerror(errno));
	*size = archive->offset;
	return fileno(archive->file);
}
