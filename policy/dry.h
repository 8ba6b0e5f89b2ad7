/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The dry run's numbers, for the request that it is asked about. */
#ifndef AVOW_POLICY_DRY_H
#define AVOW_POLICY_DRY_H

#include <stdint.h>

#include "resolve.h"

enum avow_policy_dry_list {
	DRY_FILES,	/* directories and programs, too */
	DRY_CGROUPS,
	DRY_USERS,	/* that are unknown here */
	DRY_GROUPS,
	DRY_LISTS,
};

struct avow_policy_name;

struct avow_policy_dry {
	struct avow_policy_name *lists[DRY_LISTS];	/* the newest first */
};

/* The number of a name, a new one if need be; 0: no memory. */
uint64_t avow_policy_dry_number(struct avow_policy_dry *dry, enum avow_policy_dry_list list, const char *text, size_t length);

/* Of an absolute path without . and ..: links are followed as far as it exists. To be freed; NULL: no memory. */
char *avow_policy_dry_canonical(const char *path);

#endif
