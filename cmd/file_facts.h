/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a policy can ask of a file, as it is on this machine. */
#ifndef AVOW_CMD_FILE_FACTS_H
#define AVOW_CMD_FILE_FACTS_H

#include <stddef.h>

#define FILE_FACTS_MAX	6

/* NAME=VALUE for avow_policy_request(), each to be freed. How many; a negative errno, and none. */
int file_facts(const char *path, char *facts[FILE_FACTS_MAX]);

#endif
