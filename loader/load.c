// SPDX-License-Identifier: LGPL-2.1-or-later
/* Loading, replacing and unloading a policy. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <bpf/bpf.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "private.h"

static const u32 zero;

/* ---- the loader itself ---- */

/* Only one at a time: what is pinned has one owner. */
static int lock_directory(struct avow_loader *loader, struct avow_loader_why *why)
{
	if (mkdir(AVOW_LOADER_DIRECTORY, 0700) && errno != EEXIST)
		return avow_loader_fail(why, -errno, "%s: %s%s", AVOW_LOADER_DIRECTORY, strerror(errno),
					errno == EACCES || errno == EPERM ? "; policies are root's" : "");
	loader->lock = open(AVOW_LOADER_DIRECTORY, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (loader->lock < 0 || flock(loader->lock, LOCK_EX))
		return avow_loader_fail(why, -errno, "%s: %s%s", AVOW_LOADER_DIRECTORY, strerror(errno),
					errno == EACCES ? "; policies are root's" : "");
	return 0;
}

int avow_loader_open(struct avow_loader **made, bool names, struct avow_loader_why *why)
{
	struct avow_loader *loader;
	int err;

	*made = NULL;
	err = avow_loader_check(why);
	if (err)
		return err;
	loader = calloc(1, sizeof(*loader));
	if (!loader)
		return avow_loader_fail(why, -ENOMEM, "no memory");
	loader->lock = -1;
	err = lock_directory(loader, why);
	if (!err && names)
		err = avow_names_open(loader, why);
	if (err) {
		avow_loader_close(loader);
		return err;
	}
	*made = loader;
	return 0;
}

void avow_loader_close(struct avow_loader *loader)
{
	if (!loader)
		return;
	avow_names_close(loader);
	if (loader->lock >= 0)
		close(loader->lock);
	free(loader);
}

/* ---- load ---- */

/* A map with the policy in it, which nothing can change any more from here on. */
static int policy_map(const struct avow_policy *policy)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "avow_policy", sizeof(u32), sizeof(*policy), 1, &opts);

	if (fd < 0)
		return -errno;
	if (bpf_map_update_elem(fd, &zero, policy, BPF_ANY) || bpf_map_freeze(fd)) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static int next_serial(u32 *number)
{
	int map = avow_map_open("serial");
	int err = 0;

	if (map < 0)
		return map;
	if (bpf_map_lookup_elem(map, &zero, number))
		err = -errno;
	*number = *number % AVOW_SERIAL_MAX + 1;
	if (!err && bpf_map_update_elem(map, &zero, number, BPF_ANY))
		err = -errno;
	close(map);
	return err;
}

/* For those who read records and show; before the policy is in force. */
static int keep_lines(const struct avow_policy *policy, const struct avow_policy_text *text)
{
	int map = avow_map_open("lines"), err = 0;
	u32 rule;

	if (map < 0)
		return map;
	for (rule = 1; !err && rule <= policy->nr_rules; rule++) {
		const struct avow_policy_statement *statement = avow_policy_statement_at(text, rule);
		u32 key = AVOW_POLICY_RULE(policy->serial, rule);
		struct avow_bpf_line line = { 0 };

		snprintf(line.text, sizeof(line.text), "%s", statement ? statement->line : "?");
		if (bpf_map_update_elem(map, &key, &line, BPF_ANY))
			err = -errno;
	}
	close(map);
	return err;
}

static int keep_load(const struct avow_policy *policy, const char *file)
{
	struct avow_bpf_load load = {
		.time = (u64)time(NULL),
		.nr_rules = policy->nr_rules,
		.uid = getuid(),
	};
	int map = avow_map_open("loads"), err = 0;

	if (map < 0)
		return map;
	snprintf(load.file, sizeof(load.file), "%s", file);
	if (bpf_map_update_elem(map, &policy->serial, &load, BPF_ANY))
		err = -errno;
	close(map);
	return err;
}

static int set_slot(const struct avow_set *set, u32 slot, int map)
{
	if (map < 0)
		return bpf_map_delete_elem(set->policies, &slot) && errno != ENOENT ? -errno : 0;
	return bpf_map_update_elem(set->policies, &slot, &map, BPF_ANY) ? -errno : 0;
}

/* Makes this process the one that the candidate denies everything to, and asks. */
static int prove(struct avow_loader *loader, const struct avow_set *set, const struct avow_policy *policy,
		 int map, struct avow_loader_why *why)
{
	static const struct avow_bpf_process nobody;
	int err;

	err = set_slot(set, AVOW_SLOT_CANDIDATE, map);
	if (err)
		return avow_loader_fail(why, err, "cannot give the policy to the programs: %s", strerror(-err));
	if (bpf_map_update_elem(set->proving, &zero, &loader->self, BPF_ANY))
		err = avow_loader_fail(why, -errno, "cannot write to a BPF map: %s", strerror(errno));
	if (!err)
		err = avow_prove(AVOW_POLICY_RULE(policy->serial, policy->nr_rules), why);
	bpf_map_update_elem(set->proving, &zero, &nobody, BPF_ANY);
	set_slot(set, AVOW_SLOT_CANDIDATE, -1);
	return err;
}

/* The policy with its number and its lines goes into the live slot of a set. */
static int put_in_force(struct avow_loader *loader, const struct avow_set *set, struct avow_policy *policy,
			const struct avow_policy_text *text, const char *file, struct avow_loader_why *why)
{
	int err, map;

	err = next_serial(&policy->serial);
	if (!err)
		err = avow_policy_wellformed(policy) ? 0 : -EINVAL;
	if (!err)
		err = keep_lines(policy, text);
	if (!err)
		err = keep_load(policy, file);
	if (err)
		return avow_loader_fail(why, err, "cannot write down what the policy is: %s", strerror(-err));
	map = policy_map(policy);
	if (map < 0)
		return avow_loader_fail(why, map, "cannot make a BPF map for the policy: %s", strerror(-map));
	err = prove(loader, set, policy, map, why);
	if (!err) {
		err = set_slot(set, AVOW_SLOT_LIVE, map);
		if (err)
			avow_loader_fail(why, err, "cannot put the policy in force: %s", strerror(-err));
	}
	close(map);
	return err;
}

/* With programs of its own. */
static int begin(struct avow_loader *loader, struct avow_policy *policy, const struct avow_policy_text *text,
		 const char *file, struct avow_loader_why *why)
{
	struct avow_set set;
	int err;

	err = avow_set_make(&set, why);
	if (err)
		return err;
	err = put_in_force(loader, &set, policy, text, file, why);
	avow_set_close(&set);
	if (err)
		avow_set_remove(NEXT);
	else
		err = avow_set_promote(why);
	return err;
}

/*
 * What a loader left that was killed. Its programs are asked before those in LIVE, so that
 * no other policy could be proved while they are there. Without a whole set in LIVE they
 * are the ones in force.
 */
static int tidy(struct avow_loader_why *why)
{
	struct avow_set live;
	bool complete;
	int err;

	if (access(NEXT, F_OK))
		return 0;
	avow_set_open(&live, LIVE);
	complete = avow_set_complete(&live);
	avow_set_close(&live);
	if (!complete)
		return avow_set_promote(why);
	err = avow_set_remove(NEXT);
	return err ? avow_loader_fail(why, err, "%s: %s", NEXT, strerror(-err)) : 0;
}

int avow_loader_load(struct avow_loader *loader, struct avow_policy *policy,
		     const struct avow_policy_text *text, const char *file,
		     struct avow_loader_why *why)
{
	struct avow_set set;
	int err = tidy(why);
	bool usable;

	if (err)
		return err;
	avow_set_open(&set, LIVE);
	usable = avow_set_complete(&set) && set.this_build;
	if (usable)
		err = put_in_force(loader, &set, policy, text, file, why);
	avow_set_close(&set);	/* before it is replaced: what is held does not end */
	return usable ? err : begin(loader, policy, text, file, why);
}

int avow_loader_unload(struct avow_loader *loader, struct avow_loader_why *why)
{
	struct stat st;
	int err = tidy(why);

	(void)loader;	/* its lock is what is needed */
	if (err)
		return err;
	if (stat(LIVE, &st))
		return avow_loader_fail(why, -errno, errno == ENOENT ? "no policy is loaded" : "%s: %s", LIVE,
					strerror(errno));
	err = avow_set_remove(LIVE);
	return err ? avow_loader_fail(why, err, "%s: %s", LIVE, strerror(-err)) : 0;
}
