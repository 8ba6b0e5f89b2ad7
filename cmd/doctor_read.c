// SPDX-License-Identifier: LGPL-2.1-or-later
/* Small files of /proc and /sys, and what is mounted. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "doctor.h"

void line_in(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	if (!file || !fgets(text, (int)size, file))
		*text = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (file)
		fclose(file);
}

long number_in(const char *path)
{
	char text[32], *end;
	long value;

	line_in(path, text, sizeof(text));
	value = strtol(text, &end, 10);
	return end == text || *end ? UNKNOWN : value;
}

struct mount_line {
	unsigned long long id;
	char where[PATH_MAX], type[64], options[512];	/* options: the file system's own */
};

/* "\040" is a space: what would end a word is octal there. */
static void decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int byte;

		if (*text == '\\' && sscanf(text + 1, "%3o", &byte) == 1) {
			*to++ = (char)byte;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static bool parse_mount(const char *line, struct mount_line *m)
{
	const char *rest = strstr(line, " - ");

	if (!rest || sscanf(line, "%llu %*u %*s %*s %4095s", &m->id, m->where) != 2 ||
	    sscanf(rest, " - %63s %*s %511s", m->type, m->options) != 2)
		return false;
	decode(m->where);
	return true;
}

/* The first line that fits. */
static bool find_mount(bool (*fits)(const struct mount_line *m, const void *arg), const void *arg,
		       char mount[PATH_MAX])
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	struct mount_line m;
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (file && !found && getline(&line, &size, file) > 0)
		found = parse_mount(line, &m) && fits(&m, arg);
	if (found)
		memcpy(mount, m.where, sizeof(m.where));
	free(line);
	if (file)
		fclose(file);
	return found;
}

static bool has_id(const struct mount_line *m, const void *arg)
{
	return m->id == *(const unsigned long long *)arg;
}

void mount_of(const char *path, char mount[PATH_MAX])
{
	unsigned long long id;
	struct statx st;

	*mount = '\0';
	if (statx(AT_FDCWD, path, 0, STATX_MNT_ID, &st) || !(st.stx_mask & STATX_MNT_ID))
		return;
	id = st.stx_mnt_id;
	if (!find_mount(has_id, &id, mount))
		*mount = '\0';
}

struct wanted {
	const char *type, *option;
};

static bool has_option(const char *options, const char *option)
{
	size_t length = strlen(option);
	const char *at = options;

	while ((at = strstr(at, option))) {
		if ((at == options || at[-1] == ',') && (at[length] == ',' || !at[length]))
			return true;
		at += length;
	}
	return false;
}

static bool is_wanted(const struct mount_line *m, const void *arg)
{
	const struct wanted *w = arg;

	return !strcmp(m->type, w->type) && (!w->option || has_option(m->options, w->option));
}

bool mounted(const char *type, const char *option, char mount[PATH_MAX])
{
	const struct wanted w = { type, option };

	return find_mount(is_wanted, &w, mount);
}
