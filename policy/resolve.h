/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From a name to what a hook sees. A loader asks the kernel; a dry run, which must not need
 * anything to exist, compares names.
 */
#ifndef AVOW_POLICY_RESOLVE_H
#define AVOW_POLICY_RESOLVE_H

#include <stddef.h>

#include "policy.h"

#define AVOW_POLICY_WHY_SIZE	256

enum avow_policy_resolved {
	AVOW_POLICY_RESOLVED,
	AVOW_POLICY_DOUBTFUL,	/* the entry is good, and *why is a warning */
	AVOW_POLICY_UNRESOLVED,	/* *why is an error */
};

struct avow_policy_resolver {
	void *context;
	/*
	 * kind: FILE, UNDER, PROGRAM and CGROUP with an absolute path that has neither "." nor ".."
	 * in it and no double slashes; USER and GROUP with a name. (Numbers of users are not asked.)
	 * Fills in the entry but for its set; it comes zeroed. why: for the administrator, as
	 * "no such file here".
	 */
	enum avow_policy_resolved (*resolve)(void *context, enum avow_entry_kind kind, const char *name,
					     struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE]);
};

/* ---- dry.c: ids that are good among themselves only ---- */

struct avow_policy_dry;

/*
 * Files, directories, programs and cgroups get numbers by their paths; of paths, links are
 * followed as far as they exist here. Users and groups have their numbers, or an unused one if
 * they are unknown here. What does not exist is doubtful. NULL if there is no memory.
 */
struct avow_policy_dry *avow_policy_dry_new(void);
void avow_policy_dry_free(struct avow_policy_dry *dry);
/* Good as long as the dry run. */
struct avow_policy_resolver avow_policy_dry_resolver(struct avow_policy_dry *dry);

#endif
