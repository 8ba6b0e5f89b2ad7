// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * From names to what the hooks see. A file is opened or mapped here, and a BPF iterator
 * over this process tells what the kernel has there: stat() tells other numbers under
 * overlayfs and btrfs.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "names.skel.h"
#include "private.h"

#define CGROUPS		"/sys/fs/cgroup"
#define PAGE		4096

/* Runs an iterator over this process and finds the entry with this key. */
static int look_up(struct bpf_program *program, u64 key, struct avow_bpf_name *found)
{
	union bpf_iter_link_info info = { .task.tid = (u32)gettid() };
	LIBBPF_OPTS(bpf_iter_attach_opts, opts, .link_info = &info, .link_info_len = sizeof(info));
	struct bpf_link *link = bpf_program__attach_iter(program, &opts);
	struct avow_bpf_name name;
	int fd, err = -ENOENT;
	ssize_t got = 0;
	size_t have = 0;

	if (!link)
		return -errno;
	fd = bpf_iter_create(bpf_link__fd(link));
	bpf_link__destroy(link);
	if (fd < 0)
		return -errno;
	while (err && (got = read(fd, (char *)&name + have, sizeof(name) - have)) > 0) {
		have += (size_t)got;
		if (have < sizeof(name))
			continue;
		have = 0;
		if (name.key == key) {
			*found = name;
			err = 0;
		}
	}
	if (err && got < 0)
		err = -errno;
	close(fd);
	return err;
}

int avow_names_open(struct avow_loader *loader, struct avow_loader_why *why)
{
	struct avow_bpf_name name;
	int err;

	loader->names = avow_names_bpf__open_and_load();
	if (!loader->names)
		return avow_loader_fail(why, -errno, "the kernel does not take the programs that look names up: %s%s%s",
					strerror(errno), errno == EPERM ? "; CAP_SYS_ADMIN is needed, run this as root" : "",
					avow_bpf_said());
	err = look_up(loader->names->progs.avow_descriptors, (u64)loader->lock, &name);
	if (err)
		return avow_loader_fail(why, err, "cannot look at this process' own descriptors through BPF: %s%s",
					strerror(-err), avow_bpf_said());
	loader->self = name.process;
	return 0;
}

void avow_names_close(struct avow_loader *loader)
{
	avow_names_bpf__destroy(loader->names);
}

/* ---- the resolver ---- */

static enum avow_policy_resolved cannot(char why[AVOW_POLICY_WHY_SIZE], int err)
{
	snprintf(why, AVOW_POLICY_WHY_SIZE, "%s", err == -ENOENT ? "there is no such file here" : strerror(-err));
	return AVOW_POLICY_UNRESOLVED;
}

static enum avow_policy_resolved is_no(char why[AVOW_POLICY_WHY_SIZE], const char *what)
{
	snprintf(why, AVOW_POLICY_WHY_SIZE, "this is no %s", what);
	return AVOW_POLICY_UNRESOLVED;
}

/* The inode that is mapped, which under overlayfs is not the one that is opened. */
static int name_mapped(struct avow_loader *loader, int fd, struct avow_file_id *id)
{
	void *at = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	struct avow_bpf_name name;
	int err;

	if (at == MAP_FAILED)
		return -errno;
	err = look_up(loader->names->progs.avow_mappings, (u64)at, &name);
	munmap(at, PAGE);
	if (!err)
		*id = name.id;
	return err;
}

static int name_opened(struct avow_loader *loader, int fd, struct avow_file_id *id)
{
	struct avow_bpf_name name;
	int err = look_up(loader->names->progs.avow_descriptors, (u64)fd, &name);

	if (!err)
		*id = name.id;
	return err;
}

static bool is_script(int fd)
{
	char start[2];

	return pread(fd, start, sizeof(start), 0) == sizeof(start) && start[0] == '#' && start[1] == '!';
}

/* FILE and PROGRAM. A program is known by the file that was executed, not by what it is read from. */
static enum avow_policy_resolved resolve_file(struct avow_loader *loader, enum avow_entry_kind kind,
					      const char *path, struct avow_entry *entry,
					      char why[AVOW_POLICY_WHY_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool script;
	struct stat st;
	int err;

	if (fd < 0)
		return cannot(why, -errno);
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return is_no(why, "regular file");
	}
	err = kind == AVOW_ENTRY_PROGRAM ? name_opened(loader, fd, &entry->id) :
					   name_mapped(loader, fd, &entry->id);
	script = kind == AVOW_ENTRY_PROGRAM && is_script(fd);
	close(fd);
	if (err)
		return cannot(why, err);
	if (!script)
		return AVOW_POLICY_RESOLVED;
	snprintf(why, AVOW_POLICY_WHY_SIZE, "this is a script: the program that runs it is its interpreter");
	return AVOW_POLICY_DOUBTFUL;
}

static enum avow_policy_resolved resolve_directory(struct avow_loader *loader, const char *path,
						   struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return errno == ENOTDIR ? is_no(why, "directory") : cannot(why, -errno);
	err = name_opened(loader, fd, &entry->id);
	close(fd);
	return err ? cannot(why, err) : AVOW_POLICY_RESOLVED;
}

/* As in /proc/PID/cgroup, or where it is mounted. The number of its inode is its id. */
static enum avow_policy_resolved resolve_cgroup(const char *name, struct avow_entry *entry,
						char why[AVOW_POLICY_WHY_SIZE])
{
	bool whole = !strncmp(name, CGROUPS, strlen(CGROUPS)) &&
		     (!name[strlen(CGROUPS)] || name[strlen(CGROUPS)] == '/');
	char path[4096];
	struct statfs fs;
	struct stat st;

	snprintf(path, sizeof(path), "%s%s", whole ? "" : CGROUPS, name);
	if (statfs(path, &fs) || stat(path, &st))
		return cannot(why, -errno);
	if (fs.f_type != CGROUP2_SUPER_MAGIC || !S_ISDIR(st.st_mode))
		return is_no(why, "cgroup of the unified hierarchy");
	entry->words[0] = st.st_ino;
	return AVOW_POLICY_RESOLVED;
}

static enum avow_policy_resolved resolve_account(enum avow_entry_kind kind, const char *name,
						 struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	const struct passwd *user = kind == AVOW_ENTRY_USER ? getpwnam(name) : NULL;
	const struct group *group = kind == AVOW_ENTRY_GROUP ? getgrnam(name) : NULL;

	if (!user && !group) {
		snprintf(why, AVOW_POLICY_WHY_SIZE, "there is no such %s here",
			 kind == AVOW_ENTRY_USER ? "user" : "group");
		return AVOW_POLICY_UNRESOLVED;
	}
	entry->arg = user ? user->pw_uid : group->gr_gid;
	return AVOW_POLICY_RESOLVED;
}

static enum avow_policy_resolved resolve(void *context, enum avow_entry_kind kind, const char *name,
					 struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	switch (kind) {
	case AVOW_ENTRY_FILE:
	case AVOW_ENTRY_PROGRAM:
		return resolve_file(context, kind, name, entry, why);
	case AVOW_ENTRY_UNDER:
		return resolve_directory(context, name, entry, why);
	case AVOW_ENTRY_CGROUP:
		return resolve_cgroup(name, entry, why);
	default:
		return resolve_account(kind, name, entry, why);
	}
}

struct avow_policy_resolver avow_loader_resolver(struct avow_loader *loader)
{
	return (struct avow_policy_resolver){ .context = loader, .resolve = resolve };
}
