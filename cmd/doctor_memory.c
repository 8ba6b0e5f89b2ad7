// SPDX-License-Identifier: LGPL-2.1-or-later
/* The memory cgroups of this process, to which enclave memory is charged (R40.4). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"

/* The two kinds: what their files are called. */
struct kind {
	const char *limit, *usage;
	bool v1;
};

static const struct kind unified = { "memory.max", "memory.current", false };
static const struct kind legacy = { "memory.limit_in_bytes", "memory.usage_in_bytes", true };

/* This process' group in the hierarchy: a line "0::/path", or "5:cpu,memory:/path". */
static bool own_group(bool v1, char path[PATH_MAX])
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0) {
		char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;

		if (!group)
			continue;
		*group++ = '\0';
		group[strcspn(group, "\n")] = '\0';
		found = v1 ? strstr(controllers, "memory") != NULL : !controllers[1];
		if (found)
			snprintf(path, PATH_MAX, "%s", group);
	}
	free(line);
	if (file)
		fclose(file);
	return found;
}

/* File pages that can be dropped are counted as used, and are in nobody's way. */
static unsigned long long droppable(const char *directory)
{
	unsigned long long sum = 0, value;
	char path[PATH_MAX], line[128], word[64];
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/memory.stat", directory) >= PATH_MAX)
		return 0;
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "%63s %llu", word, &value) == 2 &&
		    (!strcmp(word, "inactive_file") || !strcmp(word, "active_file")))
			sum += value;
	if (file)
		fclose(file);
	return sum;
}

static bool read_bytes(const char *directory, const char *name, unsigned long long *bytes, char path[PATH_MAX])
{
	char text[32], *end;

	if (snprintf(path, PATH_MAX, "%s/%s", directory, name) >= PATH_MAX)
		return false;
	line_in(path, text, sizeof(text));
	*bytes = strtoull(text, &end, 10);
	return end != text && !*end;
}

unsigned long long memory_room(const struct process_facts *p)
{
	if (!p->limited)
		return ULLONG_MAX;
	return p->memory_limit > p->memory_used ? p->memory_limit - p->memory_used : 0;
}

/* Takes it if it has less room than what was found before. */
static void look_at_group(struct process_facts *p, const struct kind *kind, const char *directory)
{
	struct process_facts here = { .limited = true, .memory_v1 = kind->v1 };
	char usage[PATH_MAX];
	unsigned long long drop;

	/* "max"; and in the old hierarchy a number near 2^63. */
	if (!read_bytes(directory, kind->limit, &here.memory_limit, here.memory_file) ||
	    here.memory_limit >= 1ULL << 62 || !read_bytes(directory, kind->usage, &here.memory_used, usage))
		return;
	drop = droppable(directory);
	here.memory_used -= drop < here.memory_used ? drop : here.memory_used;
	if (memory_room(p) <= memory_room(&here))
		return;
	p->limited = true;
	p->memory_limit = here.memory_limit;
	p->memory_used = here.memory_used;
	p->memory_v1 = here.memory_v1;
	memcpy(p->memory_file, here.memory_file, sizeof(here.memory_file));
}

void look_at_memory(struct process_facts *p)
{
	char root[PATH_MAX], group[PATH_MAX], directory[PATH_MAX], *slash;
	const struct kind *kind = &legacy;

	if (!mounted("cgroup", "memory", root)) {
		kind = &unified;
		if (!mounted("cgroup2", NULL, root))
			return;
	}
	if (!own_group(kind->v1, group) ||
	    snprintf(directory, sizeof(directory), "%s%s", root, group) >= PATH_MAX)
		return;
	for (;;) {
		look_at_group(p, kind, directory);
		slash = strrchr(directory, '/');
		if (!slash || slash < directory + strlen(root))
			break;
		*slash = '\0';
	}
}
