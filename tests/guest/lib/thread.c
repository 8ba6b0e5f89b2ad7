// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sched.h>

#include "thread.h"

bool thread_stay_on(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	return !sched_setaffinity(0, sizeof(set), &set);
}

struct rusage thread_usage(void)
{
	struct rusage usage;

	REQUIRE(!getrusage(RUSAGE_THREAD, &usage));
	return usage;
}

long thread_faults(void)
{
	const struct rusage usage = thread_usage();

	return usage.ru_minflt + usage.ru_majflt;
}
