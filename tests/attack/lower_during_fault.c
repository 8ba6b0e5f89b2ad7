// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread faults on a writable page, and meanwhile its intent is lowered: what the fault has
 * decided is out of date when it makes its entry, after the others were dropped. R10.3: both
 * happen under one lock, so that R10.1 refuses the next write. The hole is fault_unlocked,
 * which lets the lock go in between.
 */
#include "tricks.h"

static int lower(struct scene *s, u64 offset)
{
	return avow_lower_intent(s->e.fd, offset, PAGE, AVOW_R);
}

void attack(void)
{
	attack_during_fault(lower, "wrote to a page whose intent was lowered to R");
}
