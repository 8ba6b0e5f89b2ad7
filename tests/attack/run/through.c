// SPDX-License-Identifier: LGPL-2.1-or-later
/* Every attack, on the test build: without the checks that it aims at it gets through. */
#include "run.h"

int main(void)
{
	return run_attacks(true);
}
