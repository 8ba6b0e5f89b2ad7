/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of attacks: tests/attack/list says what its columns are. */
#ifndef LIST_H
#define LIST_H

#include <stdbool.h>
#include <stddef.h>

#define ATTACK_LIST	"/lib/attacks"
#define ATTACK_COMPAT	1u
#define ATTACK_STRICT	2u
#define ATTACK_HOLES	8
#define ATTACK_POLICY	"against a policy: "	/* what is tried, where it has one loaded */

struct attack {
	char *name, *rules;
	unsigned int contracts;
	char *holes[ATTACK_HOLES];
	size_t nr_holes;	/* 0: none, for the reason that the list gives */
	bool policy;		/* it has one loaded */
};

/* How many; ends the program where the list is none. */
size_t attack_list(struct attack **attacks);

/* Its holes but the one of this index, with commas between; nr_holes: all. */
void attack_holes(const struct attack *a, size_t but, char *names, size_t size);

#endif
