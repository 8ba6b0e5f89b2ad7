// SPDX-License-Identifier: LGPL-2.1-or-later
/* Locks. */
#include <immintrin.h>

#include "thread.h"

void avow_lock(struct avow_lock *lock)
{
	while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE))
		while (__atomic_load_n(&lock->held, __ATOMIC_RELAXED)) {
			avow_stop_if_dead();	/* by whom it may be held, for ever */
			_mm_pause();
		}
}

void avow_unlock(struct avow_lock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}
