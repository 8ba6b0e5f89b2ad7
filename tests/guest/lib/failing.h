/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that runs out at one chosen moment: the n-th allocation that the kernel makes for
 * this thread fails (/proc/thread-self/fail-nth), or that and what comes after it
 * (/proc/thread-self/make-it-fail). A kernel has it that was built for it, as that of
 * KERNEL=debug.
 */
#ifndef FAILING_H
#define FAILING_H

#include "test.h"

/*
 * Where an allocation has a second way, as the nodes of an xarray have, one failure does not
 * make the operation fail.
 */
enum failing {
	FAIL_ONE,	/* the n-th only */
	FAIL_ON,	/* all allocations from the n-th on; copies only as the n-th */
};

bool failing_possible(void);
/* Once, before the others: every allocation can fail, those that may wait included. */
void failing_begin(void);
/* From here on; n counts from 1. */
void failing_arm(unsigned int n, enum failing how);
/*
 * The same, but counted from where avow.ko begins its own initialisation, when this thread loads
 * it (tests/failing).
 */
void failing_arm_loading(unsigned int n, enum failing how);
/* No longer. True: an allocation has failed. */
bool failing_disarm(void);

#endif
