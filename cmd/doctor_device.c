// SPDX-License-Identifier: LGPL-2.1-or-later
/* What a node in /dev is, and whose device. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/sgx.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <libavow.h>

#include "doctor.h"

#define MISC_MAJOR	10

/* The minor number that the kernel has given a misc device of this name. */
static long registered_minor(const char *name)
{
	FILE *file = fopen("/proc/misc", "re");
	long minor_nr, found = UNKNOWN;
	char line[128], word[64];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%ld %63s", &minor_nr, word) == 2 && !strcmp(word, name))
			found = minor_nr;
	if (file)
		fclose(file);
	return found;
}

static bool in_group(gid_t gid)
{
	gid_t groups[1024];
	int i, nr = getgroups(1024, groups);

	for (i = 0; i < nr; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}

/* By the database, which a process that began earlier knows nothing of. */
static bool user_in_group(const struct group *group)
{
	const struct passwd *user = getpwuid(geteuid());
	char **member;

	for (member = group->gr_mem; user && *member; member++)
		if (!strcmp(*member, user->pw_name))
			return true;
	return user && user->pw_gid == group->gr_gid;
}

static void look_at_rights(struct node_facts *n, const struct stat *st)
{
	const struct group *group = getgrgid(st->st_gid);

	n->mode = st->st_mode & 07777;
	n->root_group = !st->st_gid;
	n->in_group = in_group(st->st_gid);
	if (group)
		snprintf(n->group, sizeof(n->group), "%s", group->gr_name);
	else
		snprintf(n->group, sizeof(n->group), "%u", (unsigned int)st->st_gid);
	n->member = group && user_in_group(group);
}

static void look_at_mount(struct node_facts *n)
{
	struct statvfs fs;

	mount_of(n->path, n->mount);
	if (statvfs(n->path, &fs))
		return;
	n->noexec = fs.f_flag & ST_NOEXEC;
	n->nodev = fs.f_flag & ST_NODEV;
}

/*
 * The in-tree driver knows no INFO, but it knows CREATE, and without an argument that is
 * EFAULT and changes nothing. Others know neither.
 */
void ask_owner(struct node_facts *n, int fd)
{
	int err = avow_get_info(fd, &n->info);

	n->ask_err = 0;
	n->owner = OWNER_UNKNOWN;
	if (!err) {
		n->owner = OWNER_AVOW;
	} else if (err != -ENOTTY) {
		n->ask_err = -err;
	} else {
		ioctl(fd, SGX_IOC_ENCLAVE_CREATE, NULL);
		n->owner = errno == EFAULT ? OWNER_INTREE : OWNER_OTHER;
	}
}

void look_at_node(struct node_facts *n, const char *path, const char *misc_name)
{
	struct stat st;
	int fd;

	memset(n, 0, sizeof(*n));
	n->path = path;
	n->registered = registered_minor(misc_name);
	if (stat(path, &st))
		return;
	n->kind = S_ISCHR(st.st_mode) ? NODE_DEVICE : NODE_NO_DEVICE;
	n->misc = major(st.st_rdev) == MISC_MAJOR;
	n->minor = (long)minor(st.st_rdev);
	look_at_rights(n, &st);
	look_at_mount(n);
	if (n->kind != NODE_DEVICE)
		return;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		n->err = errno;
		return;
	}
	ask_owner(n, fd);
	close(fd);
}
