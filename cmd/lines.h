/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines of policies, for what a record names by numbers. */
#ifndef AVOW_CMD_LINES_H
#define AVOW_CMD_LINES_H

#include <stdint.h>

struct lines;

/* What the loader of policies has pinned, also while there is nothing. NULL: no memory. */
struct lines *lines_open(void);
void lines_close(struct lines *lines);

/*
 * The line of a record's policy field, as "/etc/avow/site.policy:12: deny load intent has x"; or
 * "rule 3 of policy 7" and in brackets why it has no line. Valid until the next call;
 * control characters are '?'. policy: not zero.
 */
const char *lines_text(struct lines *lines, uint32_t policy);

#endif
