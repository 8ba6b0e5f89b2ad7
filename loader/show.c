// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is loaded, and who else answers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "private.h"

static const u32 zero;

static bool link_info(int fd, struct bpf_link_info *info)
{
	u32 size = sizeof(*info);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && !bpf_obj_get_info_by_fd(fd, info, &size);
}

/* Which hook, if any. */
static int hook_of(const struct avow_hooks *hooks, const struct bpf_link_info *info)
{
	int i;

	if (info->type != BPF_LINK_TYPE_TRACING || info->tracing.target_obj_id != hooks->module)
		return -1;
	for (i = 0; i < AVOW_HOOKS; i++)
		if (info->tracing.target_btf_id == hooks->functions[i])
			return i;
	return -1;
}

static void program_name(u32 id, char *name, size_t size)
{
	struct bpf_prog_info info = { 0 };
	u32 length = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);

	*name = '\0';
	if (fd < 0)
		return;
	if (!bpf_obj_get_info_by_fd(fd, &info, &length))
		snprintf(name, size, "%s", info.name);
	close(fd);
}

static void add_other(struct avow_loader_state *state, int hook, u32 id)
{
	if (state->nr_others < AVOW_LOADER_OTHERS) {
		state->others[state->nr_others].id = id;
		state->others[state->nr_others].hook = (enum avow_loader_hook)hook;
		program_name(id, state->others[state->nr_others].name, sizeof(state->others[0].name));
	}
	state->nr_others++;
}

static void look_at_links(struct avow_loader_state *state, const struct avow_hooks *hooks, const struct avow_set *set)
{
	u32 ours[AVOW_HOOKS] = { 0 }, id = 0;
	struct bpf_link_info info;
	int i, fd, hook;

	for (i = 0; i < AVOW_HOOKS; i++) {
		if (!link_info(set->links[i], &info))
			continue;
		ours[i] = info.id;
		state->attached[i] = hook_of(hooks, &info) == i;
	}
	while (!bpf_link_get_next_id(id, &id)) {
		fd = bpf_link_get_fd_by_id(id);
		if (!link_info(fd, &info))
			continue;
		hook = hook_of(hooks, &info);
		if (hook >= 0 && info.id != ours[hook])
			add_other(state, hook, info.prog_id);
		close(fd);
	}
}

/* The policy in force, as the programs have it. */
static void look_at_policy(struct avow_loader_state *state, const struct avow_set *set)
{
	struct avow_policy *policy;
	u32 slot = AVOW_SLOT_LIVE, id;
	int fd, loads;

	if (set->policies < 0 || bpf_map_lookup_elem(set->policies, &slot, &id))
		return;
	fd = bpf_map_get_fd_by_id(id);
	policy = malloc(sizeof(*policy));
	if (fd >= 0 && policy && !bpf_map_lookup_elem(fd, &zero, policy)) {
		state->serial = policy->serial;
		state->nr_rules = policy->nr_rules;
	}
	free(policy);
	if (fd >= 0)
		close(fd);
	loads = avow_map_open("loads");
	if (loads < 0)
		return;
	if (bpf_map_lookup_elem(loads, &state->serial, &state->load))
		memset(&state->load, 0, sizeof(state->load));
	close(loads);
}

static void read_parameter(char *text, size_t size)
{
	FILE *file = fopen("/sys/module/avow/parameters/policy", "re");

	if (!file || !fgets(text, (int)size, file))
		*text = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (file)
		fclose(file);
}

int avow_loader_show(struct avow_loader_state *state, struct avow_loader_why *why)
{
	struct avow_hooks hooks = { 0 };
	struct avow_set set;
	int err;

	memset(state, 0, sizeof(*state));
	err = avow_loader_check(why);
	if (err)
		return err;
	err = avow_hooks_find(&hooks);
	if (err)
		return avow_loader_fail(why, err, "cannot look for the module's hooks: %s%s%s", strerror(-err),
					err == -EPERM ? "; CAP_SYS_ADMIN is needed, run this as root" : "",
					avow_bpf_said());
	read_parameter(state->parameter, sizeof(state->parameter));
	avow_set_open(&set, LIVE);
	state->this_build = set.this_build;
	state->unfinished = !access(NEXT, F_OK);
	look_at_links(state, &hooks, &set);
	look_at_policy(state, &set);
	avow_set_close(&set);
	return 0;
}

int avow_loader_line(u32 serial, u32 rule, struct avow_bpf_line *line)
{
	u32 key = AVOW_POLICY_RULE(serial, rule);
	int map = avow_map_open("lines"), err = 0;

	if (map < 0)
		return map;
	if (bpf_map_lookup_elem(map, &key, line))
		err = -errno;
	line->text[sizeof(line->text) - 1] = '\0';
	close(map);
	return err;
}
