// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the kernel itself loses, in kmemleak's report.
 *
 * Where kmem_cache_create() cannot make the cache's directory in sysfs, Linux 6.1 loses the name
 * of that directory: sysfs_slab_add() does not give its kobject back. tests/guest/loading_failures.c
 * makes it fail so. A cache that is left behind is not lost, but in sysfs: leftovers.c looks there.
 */
#include <string.h>

#include "init.h"

#define OBJECT	"unreferenced object "	/* how each begins */

static bool lost_by_kernel(const char *object)
{
	return strstr(object, "] kobject_set_name_vargs+") && strstr(object, "] sysfs_slab_add+") &&
	       strstr(object, "] kmem_cache_create_usercopy+");
}

void known_leaks_leave_out(char *report)
{
	char *from = strstr(report, OBJECT), *to = from, *next;

	for (; from; from = next) {
		next = strstr(from + strlen(OBJECT), OBJECT);
		if (next)
			next[-1] = '\0';	/* the end of the line before */
		if (!lost_by_kernel(from)) {
			size_t length = strlen(from);

			memmove(to, from, length);
			to += length;
			if (next)
				*to++ = '\n';
		}
	}
	if (to)
		*to = '\0';
}
