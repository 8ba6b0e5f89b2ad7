// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every attack, on the module as it is: each is stopped. */
#include "run.h"

int main(void)
{
	return run_attacks(false);
}
