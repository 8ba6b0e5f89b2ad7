/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An initramfs (cpio, "newc") in the making, kept in an anonymous file: it has
 * no name to be left behind and needs no root. A path that is there already
 * is not added again: the first one wins.
 */
#ifndef AVOW_VM_ARCHIVE_H
#define AVOW_VM_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct archive;

struct archive *archive_new(void);
void archive_dir(struct archive *archive, const char *path, mode_t mode);
void archive_link(struct archive *archive, const char *path, const char *target);
void archive_char_device(struct archive *archive, const char *path, mode_t mode,
			 unsigned int major, unsigned int minor);
void archive_data(struct archive *archive, const char *path, mode_t mode,
		  const void *data, size_t size);
/* A file of the host, under another path. */
void archive_file(struct archive *archive, const char *path, const char *from);
/* A path of the host with every directory and symbolic link on its way. */
void archive_host_path(struct archive *archive, const char *path);
/* A directory of the host with all that is in it, under another path. */
void archive_tree(struct archive *archive, const char *path, const char *from);
/* Finishes it: the descriptor, to be read through /proc/self/fd, and the size. */
int archive_finish(struct archive *archive, uint64_t *size);

#endif
