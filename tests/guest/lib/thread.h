/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calling thread: where it runs, and what the kernel counts of it. */
#ifndef THREAD_H
#define THREAD_H

#include <sys/resource.h>

#include "test.h"

/* From now on on this processor alone; false where there is no such processor. */
bool thread_stay_on(unsigned int cpu);

struct rusage thread_usage(void);
/* Those that were answered. */
long thread_faults(void);

#endif
