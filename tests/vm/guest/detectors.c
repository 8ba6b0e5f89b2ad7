// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the kernel of KERNEL=debug looks for and does not tell on its console by itself:
 * memory that nothing points to (kmemleak), and that its lock validator still validates.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../job.h"
#include "init.h"

#define KMEMLEAK	"/sys/kernel/debug/kmemleak"
#define LOCKDEP		"/proc/lockdep_stats"
/* kmemleak is silent about what is younger than 5 s. */
#define LEAK_AGE	6
#define LEAK_TRIES	3

bool detectors_wanted(void)
{
	return access(JOB_DETECT, F_OK) == 0;
}

static void leaks_tell(const char *command)
{
	FILE *file = fopen(KMEMLEAK, "w");

	/* It refuses everything once it has given up, for want of memory. */
	if (!file || fputs(command, file) < 0 || fclose(file))
		lost("kmemleak is not there, or has given up");
}

/*
 * What is found counts if it is there in each of the tries: while others run, a pointer
 * may be nowhere but in a register. Two scans, for the first tells only of memory that
 * has not changed since the one before.
 */
char *detectors_leaks(void)
{
	char *report = NULL;

	for (int try = 0; try < LEAK_TRIES && (!report || *report); try++) {
		free(report);
		sleep(LEAK_AGE);
		leaks_tell("scan");
		leaks_tell("scan");
		report = file_read(KMEMLEAK, NULL);
		if (!report)
			lost("cannot read %s", KMEMLEAK);
		known_leaks_leave_out(report);
	}
	return report;
}

bool detectors_lockdep(void)
{
	char *stats = file_read(LOCKDEP, NULL), *at = stats ? strstr(stats, "debug_locks:") : NULL;
	bool on = at && strtol(at + strlen("debug_locks:"), NULL, 10) == 1;

	free(stats);
	return on;
}

/* Without a scan, which takes a minute here: what the kernel loses by itself is seen at the end. */
void detectors_begin(void)
{
	if (!detectors_lockdep())
		lost("this kernel has no lock validator that is on");
	leaks_tell("clear");
}
