// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "race.h"

#define MOST	99999

unsigned int race_seconds(int argc, char **argv, unsigned int usual)
{
	const char *text = argc > 1 ? argv[1] : getenv("AVOW_RACE_SECONDS");
	unsigned long seconds;
	char *end;

	if (!text)
		return usual;
	seconds = strtoul(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && seconds && seconds <= MOST)
		return (unsigned int)seconds;
	fprintf(stderr, "'%s' is no number of seconds from 1 to %d\n", text, MOST);
	exit(EXIT_FAILURE);
}
