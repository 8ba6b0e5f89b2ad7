// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The programs at the hooks. They are pinned, so that they outlive whoever attached them
 * (R43.1): a link that nobody holds is detached, and what it denied is then allowed.
 *
 * A set of programs that is not of this build is not changed: a new set is attached before
 * the old one is let go. The kernel asks the program that was attached last, and goes on
 * to the one before when that has no answer, so that at every moment one of the two
 * policies answers (R43.2).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <openssl/sha.h>
#include <sys/stat.h>

#include "policy.skel.h"
#include "private.h"

static const char *const kept[] = { "lines", "loads", "serial" };
static const char *const of_a_set[] = { "policies", "proving", "build" };

/* How long an end is waited for, and how often it is looked at, in milliseconds. */
#define END_SECONDS	5
#define END_TURN	10

#define NR(array)	(sizeof(array) / sizeof((array)[0]))

/* Short: a directory of ours and a name of ours. */
struct pin {
	char path[128];
};

static struct pin pin_of(const char *directory, const char *name)
{
	struct pin pin;

	snprintf(pin.path, sizeof(pin.path), "%s/%s", directory, name);
	return pin;
}

static int open_pin(const char *directory, const char *name)
{
	struct pin pin = pin_of(directory, name);
	int fd = bpf_obj_get(pin.path);

	return fd < 0 ? -errno : fd;
}

int avow_map_open(const char *name)
{
	return open_pin(AVOW_LOADER_DIRECTORY, name);
}

static void this_build(struct avow_bpf_build *build)
{
	size_t size;
	const void *object = avow_policy_bpf__elf_bytes(&size);

	SHA256(object, size, build->digest);
}

static bool is_this_build(const char *directory)
{
	struct avow_bpf_build ours, theirs;
	int map = open_pin(directory, "build");
	u32 zero = 0;
	bool same;

	if (map < 0)
		return false;
	this_build(&ours);
	same = !bpf_map_lookup_elem(map, &zero, &theirs) && !memcmp(&ours, &theirs, sizeof(ours));
	close(map);
	return same;
}

void avow_set_open(struct avow_set *set, const char *directory)
{
	int i;

	for (i = 0; i < AVOW_HOOKS; i++)
		set->links[i] = open_pin(directory, avow_loader_hook_names[i]);
	set->policies = open_pin(directory, "policies");
	set->proving = open_pin(directory, "proving");
	set->this_build = is_this_build(directory);
}

bool avow_set_complete(const struct avow_set *set)
{
	return set->links[AVOW_HOOK_LOAD] >= 0 && set->links[AVOW_HOOK_MAP] >= 0 &&
	       set->links[AVOW_HOOK_INIT] >= 0 && set->policies >= 0 && set->proving >= 0;
}

static void close_if(int fd)
{
	if (fd >= 0)
		close(fd);
}

void avow_set_close(struct avow_set *set)
{
	int i;

	for (i = 0; i < AVOW_HOOKS; i++)
		close_if(set->links[i]);
	close_if(set->policies);
	close_if(set->proving);
}

/* ---- removing a set ---- */

static u32 program_of(const char *directory, const char *hook)
{
	struct bpf_link_info info = { 0 };
	u32 size = sizeof(info);
	int fd = open_pin(directory, hook);

	if (fd < 0)
		return 0;
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		info.prog_id = 0;
	close(fd);
	return info.prog_id;
}

static bool has_ended(u32 program)
{
	int fd = program ? bpf_prog_get_fd_by_id(program) : -1;

	close_if(fd);
	return fd < 0;
}

/*
 * The kernel lets go of what was unpinned a moment later: after a grace period of RCU, by a
 * worker. Until then the programs answer, and hold the module. A link gives its program
 * back after it was detached.
 */
static void wait_for_end(const u32 programs[AVOW_HOOKS])
{
	int i, turns = END_SECONDS * 1000 / END_TURN;

	for (i = 0; i < AVOW_HOOKS; i++)
		for (; turns && !has_ended(programs[i]); turns--)
			usleep(END_TURN * 1000);
}

int avow_set_remove(const char *directory)
{
	u32 programs[AVOW_HOOKS];
	struct pin pin;
	size_t i;

	for (i = 0; i < AVOW_HOOKS; i++)
		programs[i] = program_of(directory, avow_loader_hook_names[i]);
	/* The programs first: without maps they would be of no use, and without an answer. */
	for (i = 0; i < AVOW_HOOKS; i++) {
		pin = pin_of(directory, avow_loader_hook_names[i]);
		if (unlink(pin.path) && errno != ENOENT)
			return -errno;
	}
	for (i = 0; i < NR(of_a_set); i++) {
		pin = pin_of(directory, of_a_set[i]);
		if (unlink(pin.path) && errno != ENOENT)
			return -errno;
	}
	if (rmdir(directory) && errno != ENOENT)
		return -errno;
	wait_for_end(programs);
	return 0;
}

/* ---- making a set ---- */

/* A map of an older avow that has another shape is of no use any more. */
static void drop_if_other(const struct bpf_map *map, const char *path)
{
	struct bpf_map_info info = { 0 };
	u32 size = sizeof(info);
	int fd = bpf_obj_get(path);

	if (fd < 0)
		return;
	if (bpf_obj_get_info_by_fd(fd, &info, &size) || info.type != bpf_map__type(map) ||
	    info.key_size != bpf_map__key_size(map) || info.value_size != bpf_map__value_size(map) ||
	    info.max_entries != bpf_map__max_entries(map))
		unlink(path);
	close(fd);
}

/* libbpf takes what is pinned there, and pins what is not. */
static int name_maps(struct avow_policy_bpf *bpf)
{
	struct bpf_map *map;
	struct pin pin;
	size_t i;
	int err = 0;

	for (i = 0; !err && i < NR(kept); i++) {
		map = bpf_object__find_map_by_name(bpf->obj, kept[i]);
		pin = pin_of(AVOW_LOADER_DIRECTORY, kept[i]);
		drop_if_other(map, pin.path);
		err = bpf_map__set_pin_path(map, pin.path);
	}
	for (i = 0; !err && i < NR(of_a_set); i++) {
		map = bpf_object__find_map_by_name(bpf->obj, of_a_set[i]);
		pin = pin_of(NEXT, of_a_set[i]);
		err = bpf_map__set_pin_path(map, pin.path);
	}
	return err;
}

static int attach(struct avow_policy_bpf *bpf, struct avow_loader_why *why)
{
	struct bpf_program *const programs[AVOW_HOOKS] = {
		[AVOW_HOOK_LOAD] = bpf->progs.avow_load,
		[AVOW_HOOK_MAP] = bpf->progs.avow_map,
		[AVOW_HOOK_INIT] = bpf->progs.avow_init,
	};
	struct bpf_link *link;
	struct pin pin;
	int i, err;

	for (i = 0; i < AVOW_HOOKS; i++) {
		link = bpf_program__attach(programs[i]);
		if (!link)
			return avow_loader_fail(why, -errno, "cannot attach to security_enclave_%s: %s%s",
						avow_loader_hook_names[i], strerror(errno), avow_bpf_said());
		pin = pin_of(NEXT, avow_loader_hook_names[i]);
		err = bpf_link__pin(link, pin.path);
		bpf_link__destroy(link);	/* the pin holds it */
		if (err)
			return avow_loader_fail(why, err, "cannot pin %s: %s", pin.path, strerror(-err));
	}
	return 0;
}

static int load(struct avow_policy_bpf *bpf, struct avow_loader_why *why)
{
	struct avow_bpf_build build;
	u32 zero = 0;
	int err = name_maps(bpf);

	if (!err)
		err = avow_policy_bpf__load(bpf);
	if (err)
		return avow_loader_fail(why, err, "the kernel does not take the policy's programs: %s%s%s", strerror(-err),
					err == -EPERM ? "; CAP_SYS_ADMIN is needed, run this as root" :
					"; was avow.ko built for this kernel?", avow_bpf_said());
	this_build(&build);
	if (bpf_map_update_elem(bpf_map__fd(bpf->maps.build), &zero, &build, BPF_ANY))
		return avow_loader_fail(why, -errno, "cannot write to a BPF map: %s", strerror(errno));
	return attach(bpf, why);
}

static int open_and_load(struct avow_loader_why *why)
{
	struct avow_policy_bpf *bpf = avow_policy_bpf__open();
	int err;

	if (!bpf)
		return avow_loader_fail(why, -errno, "no memory for BPF programs");
	err = load(bpf, why);
	avow_policy_bpf__destroy(bpf);
	return err;
}

int avow_set_make(struct avow_set *set, struct avow_loader_why *why)
{
	int err;

	avow_bpf_listen();
	err = avow_set_remove(NEXT);	/* of a loader that was killed */
	if (err || mkdir(NEXT, 0700))
		return avow_loader_fail(why, err ? err : -errno, "%s: %s", NEXT, strerror(err ? -err : errno));
	err = avow_hooks_aim();
	if (err)
		avow_loader_fail(why, err, "cannot look for the module's hooks: %s%s", strerror(-err), avow_bpf_said());
	else
		err = open_and_load(why);
	avow_hooks_release();
	if (err) {
		avow_set_remove(NEXT);
		return err;
	}
	avow_set_open(set, NEXT);
	return 0;
}

int avow_set_promote(struct avow_loader_why *why)
{
	int err;

	if (!renameat2(AT_FDCWD, NEXT, AT_FDCWD, LIVE, RENAME_NOREPLACE))
		return 0;
	if (errno == EEXIST && !renameat2(AT_FDCWD, NEXT, AT_FDCWD, LIVE, RENAME_EXCHANGE)) {
		err = avow_set_remove(NEXT);
		if (!err)
			return 0;
		errno = -err;
	}
	return avow_loader_fail(why, -errno, "%s: %s", LIVE, strerror(errno));
}
