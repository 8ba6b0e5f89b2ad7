// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The end of the enclave: somebody crashed, and what is in memory is not to be trusted. entry.S refuses each
 * entry from then on. A thread that is inside cannot be stopped; it is when it would leave, or waits.
 */
#include <errno.h>

#include "thread.h"

bool avow_dead;

void avow_die(void)
{
	__atomic_store_n(&avow_dead, true, __ATOMIC_RELAXED);
}

void avow_stop_if_dead(void)
{
	if (__atomic_load_n(&avow_dead, __ATOMIC_RELAXED))
		avow_leave(AVOW_EXIT_REFUSED, -EIO);
}

void avow_abort(void)
{
	avow_die();
	avow_leave(AVOW_EXIT_CRASHED, 0);
}

/* What GCC calls where -fstack-protector finds the canary changed. */
void __stack_chk_fail(void);
void __stack_chk_fail(void)
{
	avow_abort();
}
