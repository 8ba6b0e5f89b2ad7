// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is mounted in the virtual machine. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>
#include <unistd.h>

#include "../job.h"
#include "init.h"

#define P9_OPTIONS	"trans=virtio,version=9p2000.L,msize=512000"
#define ROOT_LOWER	"/newroot/lower"
#define ROOT_SPACE	"/newroot/space"
#define ROOT_WHOLE	"/newroot/root"

/*
 * /tmp and /run are directories of the root, a tmpfs itself: what the host
 * packed there must not be covered.
 */
static const struct {
	const char *type, *where, *options;
	bool required;
} system_mounts[] = {
	/* Not noexec: enclaves are mapped executable from a node in /dev. */
	{ "devtmpfs", "/dev", "mode=755", true },
	{ "proc", "/proc", NULL, true },
	{ "sysfs", "/sys", NULL, true },
	{ "devpts", "/dev/pts", "ptmxmode=666", true },
	{ "tmpfs", "/dev/shm", "mode=1777", true },
	{ "cgroup2", "/sys/fs/cgroup", NULL, true },
	{ "securityfs", "/sys/kernel/security", NULL, false },
	{ "debugfs", "/sys/kernel/debug", NULL, false },
	{ "tracefs", "/sys/kernel/tracing", NULL, false },
	{ "bpf", "/sys/fs/bpf", NULL, false },
};

void mount_system(const char *root)
{
	char where[256];

	for (size_t i = 0; i < sizeof(system_mounts) / sizeof(system_mounts[0]); i++) {
		snprintf(where, sizeof(where), "%s%s", root, system_mounts[i].where);
		make_directories(where);
		if (mount(system_mounts[i].type, where, system_mounts[i].type, 0,
			  system_mounts[i].options) && system_mounts[i].required)
			lost("cannot mount %s on %s: %s", system_mounts[i].type, where,
			     strerror(errno));
	}
}

void mount_shares(void)
{
	size_t count;
	char **list = file_list(JOB_SHARES, &count);

	for (size_t i = 0; i + 1 < count; i += 2) {
		make_directories(list[i + 1]);
		if (mount(list[i], list[i + 1], "9p", 0, P9_OPTIONS ",cache=mmap,access=any"))
			lost("cannot mount the shared directory %s: %s", list[i + 1],
			     strerror(errno));
	}
}

const char *mount_root(void)
{
	char *tag = file_line(JOB_ROOT);

	if (!tag)
		return "";
	make_directories(ROOT_LOWER);
	make_directories(ROOT_SPACE);
	make_directories(ROOT_WHOLE);
	if (mount(tag, ROOT_LOWER, "9p", MS_RDONLY, P9_OPTIONS ",cache=loose,access=any"))
		lost("cannot mount the root: %s", strerror(errno));
	if (mount("tmpfs", ROOT_SPACE, "tmpfs", 0, NULL))
		lost("cannot mount a tmpfs: %s", strerror(errno));
	make_directories(ROOT_SPACE "/upper");
	make_directories(ROOT_SPACE "/work");
	if (mount("overlay", ROOT_WHOLE, "overlay", 0, "lowerdir=" ROOT_LOWER ",upperdir="
		  ROOT_SPACE "/upper,workdir=" ROOT_SPACE "/work"))
		lost("cannot mount the overlay: %s", strerror(errno));
	mount_system(ROOT_WHOLE);
	return ROOT_WHOLE;
}

void become_init(const char *root)
{
	if (chdir(root) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		lost("cannot make %s the root: %s", root, strerror(errno));
	execl("/sbin/init", "init", NULL);
	lost("cannot start the init of %s: %s", root, strerror(errno));
}
