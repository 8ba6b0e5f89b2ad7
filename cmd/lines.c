// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <bpf/bpf.h>

#include "lines.h"
#include "policy.h"
#include "words.h"

#define PINNED	"/sys/fs/bpf/avow/lines"

struct lines {
	int map;		/* -1 and why: cannot be read */
	int why;		/* errno */
	unsigned int value_size;
	char *text;
};

/* The map, if it is one that this avow understands. */
static int open_map(struct lines *l)
{
	struct bpf_map_info info = { 0 };
	unsigned int size = sizeof(info);
	int map = bpf_obj_get(PINNED);

	if (map < 0)
		return -errno;
	if (bpf_obj_get_info_by_fd(map, &info, &size) || info.key_size != sizeof(uint32_t) ||
	    !info.value_size) {
		close(map);
		return -EINVAL;
	}
	l->value_size = info.value_size;
	return map;
}

struct lines *lines_open(void)
{
	struct lines *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->map = open_map(l);
	if (l->map < 0) {
		l->why = -l->map;
		l->map = -1;
	}
	/* For a line with its NUL, and for the words instead. */
	l->text = calloc(1, l->value_size + 128);
	if (!l->text) {
		lines_close(l);
		return NULL;
	}
	return l;
}

void lines_close(struct lines *l)
{
	if (!l)
		return;
	if (l->map >= 0)
		close(l->map);
	free(l->text);
	free(l);
}

const char *lines_text(struct lines *l, uint32_t policy)
{
	int err = l->why;

	memset(l->text, 0, l->value_size + 1);
	if (l->map >= 0)
		err = bpf_map_lookup_elem(l->map, &policy, l->text) ? errno : 0;
	if (!err && *l->text)
		return printable(l->text);
	snprintf(l->text, 128, "rule %u of policy %u (%s)", avow_policy_rule(policy),
		 avow_policy_serial(policy), err == EACCES || err == EPERM ? "run as root to see the line" :
		 "its line is no longer kept");
	return l->text;
}
