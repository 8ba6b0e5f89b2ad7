// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The same with EMODPR: the kernel takes W from the page's EPCM entry while a fault on it is
 * decided. R10.3, so that R10.2 refuses the next write. The hole is fault_unlocked.
 */
#include "tricks.h"

static int restrict_to_r(struct scene *s, u64 offset)
{
	return raw_restrict(s, offset, 1, AVOW_R);
}

void attack(void)
{
	attack_during_fault(restrict_to_r, "wrote to a page whose EPCM says R");
}
