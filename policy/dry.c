// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names to ids that are good among themselves: for check and for dry runs. */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dry.h"

#define CGROUPS		"/sys/fs/cgroup"
#define ID_TOP		0xf0000000U	/* unknown users and groups get ids from here downwards: nobody has those */

struct avow_policy_name {
	struct avow_policy_name *next;
	uint64_t number;		/* from 1, in its own list */
	char text[];
};

static void free_names(struct avow_policy_name *name)
{
	struct avow_policy_name *next;

	for (; name; name = next) {
		next = name->next;
		free(name);
	}
}

struct avow_policy_dry *avow_policy_dry_new(void)
{
	return calloc(1, sizeof(struct avow_policy_dry));
}

void avow_policy_dry_free(struct avow_policy_dry *dry)
{
	size_t i;

	if (!dry)
		return;
	for (i = 0; i < DRY_LISTS; i++)
		free_names(dry->lists[i]);
	free(dry);
}

uint64_t avow_policy_dry_number(struct avow_policy_dry *dry, enum avow_policy_dry_list list, const char *text, size_t length)
{
	struct avow_policy_name *name;

	for (name = dry->lists[list]; name; name = name->next)
		if (strlen(name->text) == length && !memcmp(name->text, text, length))
			return name->number;
	name = calloc(1, sizeof(*name) + length + 1);
	if (!name)
		return 0;
	memcpy(name->text, text, length);
	name->number = dry->lists[list] ? dry->lists[list]->number + 1 : 1;
	name->next = dry->lists[list];
	dry->lists[list] = name;
	return name->number;
}

/* ---- paths ---- */

char *avow_policy_dry_canonical(const char *path)
{
	char *head = strdup(path), *real = NULL, *joined = NULL, *slash;
	size_t cut;

	if (!head)
		return NULL;
	for (cut = strlen(path); !real; cut = (size_t)(slash - head)) {
		head[cut] = '\0';
		real = realpath(*head ? head : "/", NULL);
		slash = strrchr(head, '/');
		if (real || !slash)
			break;
	}
	/* What is left of the path begins with a slash. */
	if (real && asprintf(&joined, "%s%s", strcmp(real, "/") || !path[cut] ? real : "", path + cut) < 0)
		joined = NULL;
	free(head);
	free(real);
	return joined;
}

static enum avow_policy_resolved doubt(char why[AVOW_POLICY_WHY_SIZE], const char *text)
{
	snprintf(why, AVOW_POLICY_WHY_SIZE, "%s", text);
	return AVOW_POLICY_DOUBTFUL;
}

static enum avow_policy_resolved no_memory(char why[AVOW_POLICY_WHY_SIZE])
{
	snprintf(why, AVOW_POLICY_WHY_SIZE, "%s", strerror(ENOMEM));
	return AVOW_POLICY_UNRESOLVED;
}

/* Is what is there of the right kind? */
static enum avow_policy_resolved look_at(enum avow_entry_kind kind, const char *path, char why[AVOW_POLICY_WHY_SIZE])
{
	struct stat st;

	if (stat(path, &st)) {
		if (errno == ENOENT || errno == ENOTDIR)
			return doubt(why, kind == AVOW_ENTRY_UNDER ? "no such directory here" : "no such file here");
		return doubt(why, strerror(errno));
	}
	if (kind == AVOW_ENTRY_UNDER && !S_ISDIR(st.st_mode))
		return doubt(why, "not a directory: nothing is under it");
	if (kind == AVOW_ENTRY_PROGRAM && !S_ISREG(st.st_mode))
		return doubt(why, "not a file: no program has it");
	if (kind == AVOW_ENTRY_FILE && S_ISDIR(st.st_mode))
		return doubt(why, "a directory: 'file under' is for those");
	return AVOW_POLICY_RESOLVED;
}

static enum avow_policy_resolved resolve_path(struct avow_policy_dry *dry, enum avow_entry_kind kind, const char *path,
					      struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	char *canonical = avow_policy_dry_canonical(path);

	if (!canonical)
		return no_memory(why);
	entry->id.ino = avow_policy_dry_number(dry, DRY_FILES, canonical, strlen(canonical));
	free(canonical);
	return entry->id.ino ? look_at(kind, path, why) : no_memory(why);
}

static enum avow_policy_resolved resolve_cgroup(struct avow_policy_dry *dry, const char *path, struct avow_entry *entry,
						char why[AVOW_POLICY_WHY_SIZE])
{
	char full[PATH_MAX];
	struct stat st;

	entry->words[0] = avow_policy_dry_number(dry, DRY_CGROUPS, path, strlen(path));
	if (!entry->words[0])
		return no_memory(why);
	if (snprintf(full, sizeof(full), CGROUPS "%s", path) >= (int)sizeof(full) || stat(full, &st))
		return doubt(why, "no such cgroup here");
	return AVOW_POLICY_RESOLVED;
}

/* ---- users and groups ---- */

static bool find_user(const char *name, u32 *id)
{
	const struct passwd *user = getpwnam(name);

	if (user)
		*id = user->pw_uid;
	return user;
}

static bool find_group(const char *name, u32 *id)
{
	const struct group *group = getgrnam(name);

	if (group)
		*id = group->gr_gid;
	return group;
}

static enum avow_policy_resolved resolve_id(struct avow_policy_dry *dry, enum avow_entry_kind kind, const char *name,
					    struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	bool user = kind == AVOW_ENTRY_USER;
	uint64_t number;

	if (user ? find_user(name, &entry->arg) : find_group(name, &entry->arg))
		return AVOW_POLICY_RESOLVED;
	number = avow_policy_dry_number(dry, user ? DRY_USERS : DRY_GROUPS, name, strlen(name));
	if (!number)
		return no_memory(why);
	entry->arg = (u32)(ID_TOP - number);
	return doubt(why, user ? "no such user here" : "no such group here");
}

static enum avow_policy_resolved resolve(void *context, enum avow_entry_kind kind, const char *name,
					 struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	switch (kind) {
	case AVOW_ENTRY_FILE:
	case AVOW_ENTRY_UNDER:
	case AVOW_ENTRY_PROGRAM:
		return resolve_path(context, kind, name, entry, why);
	case AVOW_ENTRY_CGROUP:
		return resolve_cgroup(context, name, entry, why);
	default:
		return resolve_id(context, kind, name, entry, why);
	}
}

struct avow_policy_resolver avow_policy_dry_resolver(struct avow_policy_dry *dry)
{
	return (struct avow_policy_resolver){ .context = dry, .resolve = resolve };
}
