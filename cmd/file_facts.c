// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fsverity.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "file_facts.h"
#include "number.h"

#define DIGEST_MAX	64

struct facts {
	char **list;
	int nr;
};

__attribute__((format(printf, 2, 3)))
static void add(struct facts *f, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&f->list[f->nr], format, args) >= 0)
		f->nr++;
	va_end(args);
}

/* The type of a file system, by its mount's line in /proc/self/mountinfo: "... - TYPE SOURCE OPTIONS". */
static void add_filesystem(struct facts *f, unsigned long long mount)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	unsigned long long id;
	char *line = NULL, *dash, type[32];
	size_t size = 0;

	while (mounts && getline(&line, &size, mounts) > 0) {
		dash = strstr(line, " - ");
		if (sscanf(line, "%llu ", &id) == 1 && id == mount && dash && sscanf(dash, " - %31s", type) == 1) {
			add(f, "filesystem=%s", type);
			break;
		}
	}
	free(line);
	if (mounts)
		fclose(mounts);
}

static void add_mount(struct facts *f, unsigned long flags)
{
	const bool noexec = flags & ST_NOEXEC, nosuid = flags & ST_NOSUID;

	if (noexec || nosuid)
		add(f, "mount=%s%s%s", noexec ? "noexec" : "", noexec && nosuid ? "," : "", nosuid ? "nosuid" : "");
}

static void add_verity(struct facts *f, int fd)
{
	union {
		struct fsverity_digest head;
		unsigned char bytes[sizeof(struct fsverity_digest) + DIGEST_MAX];
	} digest = { .head.digest_size = DIGEST_MAX };
	char hex[2 * DIGEST_MAX + 1];

	if (ioctl(fd, FS_IOC_MEASURE_VERITY, &digest))
		return;
	hex_word(digest.bytes + sizeof(digest.head), digest.head.digest_size, hex);
	add(f, "verity=%s:%s", digest.head.digest_algorithm == FS_VERITY_HASH_ALG_SHA512 ? "sha512" : "sha256", hex);
}

int file_facts(const char *path, char *facts[FILE_FACTS_MAX])
{
	struct facts f = { .list = facts };
	char canonical[PATH_MAX];
	struct statvfs vfs;
	struct statx st;
	int fd = realpath(path, canonical) ? open(canonical, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	int err = fd < 0 ? -errno : 0;

	if (!err && (statx(fd, "", AT_EMPTY_PATH, STATX_MODE | STATX_MNT_ID, &st) || fstatvfs(fd, &vfs)))
		err = -errno;
	if (!err) {
		add(&f, "file=%s", canonical);
		if (st.stx_mode & S_ISUID)
			add(&f, "setuid=yes");
		if (st.stx_mode & S_ISGID)
			add(&f, "setgid=yes");
		add_mount(&f, vfs.f_flag);
		if (st.stx_mask & STATX_MNT_ID)
			add_filesystem(&f, st.stx_mnt_id);
		add_verity(&f, fd);
	}
	if (fd >= 0)
		close(fd);
	return err ? err : f.nr;
}
