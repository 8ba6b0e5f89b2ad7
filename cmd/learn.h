/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From requests to the policy that allows them. */
#ifndef AVOW_CMD_LEARN_H
#define AVOW_CMD_LEARN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "policy.h"

/* A request. What differs in nothing that a rule says may come several times. */
struct observation {
	struct avow_facts facts;
	bool denied;		/* by what answered then */
	char *program;		/* path */
	char *file;		/* path of the source's file; NULL: no file */
	/* Can a policy name it: is it there, and has it a name that a policy can have? */
	bool program_named, file_named, directory_named;
};

struct learned {
	struct observation *seen;
	size_t nr;
};

/* Takes the strings. -ENOMEM. */
int learned_add(struct learned *learned, const struct observation *o);
void learned_free(struct learned *learned);

/*
 * Writes the rules, a default that denies the rest, and as comments what rules cannot say.
 * The text passes avow policy check. -ENOMEM; errors of the stream are its own.
 */
int learned_write(FILE *to, const struct learned *learned);

#endif
