// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"

static void bad(const char *line, const char *what)
{
	printf("Bail out! " ATTACK_LIST ": %s: %s\n", what, line);
	exit(EXIT_FAILURE);
}

static unsigned int contracts_of(const char *line, const char *word)
{
	if (!strcmp(word, "compat"))
		return ATTACK_COMPAT;
	if (!strcmp(word, "strict"))
		return ATTACK_STRICT;
	if (strcmp(word, "both"))
		bad(line, "neither compat, strict nor both");
	return ATTACK_COMPAT | ATTACK_STRICT;
}

static void take_holes(struct attack *a, const char *line, char *names)
{
	char *name, *rest;

	if (!strncmp(names, "none: ", 6))
		return;
	for (name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		if (a->nr_holes == ATTACK_HOLES)
			bad(line, "too many holes");
		a->holes[a->nr_holes++] = name;
	}
}

static void take(struct attack *a, char *line)
{
	char *rest, *name = strtok_r(line, "\t\n", &rest), *rules = strtok_r(NULL, "\t\n", &rest);
	char *contracts = strtok_r(NULL, "\t\n", &rest), *holes = strtok_r(NULL, "\t\n", &rest);
	char *tried = strtok_r(NULL, "\t\n", &rest);

	if (!tried)
		bad(line, "columns are missing");
	*a = (struct attack){
		.name = name,
		.rules = rules,
		.contracts = contracts_of(line, contracts),
		.policy = !strncmp(tried, ATTACK_POLICY, strlen(ATTACK_POLICY)),
	};
	take_holes(a, line, holes);
}

size_t attack_list(struct attack **attacks)
{
	FILE *file = fopen(ATTACK_LIST, "re");
	size_t count = 0, size = 0;
	char *line = NULL;

	*attacks = NULL;
	if (!file)
		bad(ATTACK_LIST, "cannot be read");
	/* The lines stay: the attacks point into them. */
	for (; getline(&line, &size, file) > 0; line = NULL, size = 0) {
		if (*line == '#')
			continue;
		*attacks = realloc(*attacks, (count + 1) * sizeof(**attacks));
		if (!*attacks)
			bad(line, "out of memory");
		take(&(*attacks)[count++], line);
	}
	fclose(file);
	return count;
}

void attack_holes(const struct attack *a, size_t but, char *names, size_t size)
{
	size_t i, used = 0;

	*names = '\0';
	for (i = 0; i < a->nr_holes; i++)
		if (i != but && used < size)
			used += (size_t)snprintf(names + used, size - used, "%s%s", used ? "," : "",
						 a->holes[i]);
}
