/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the attacks of the list, and prints KTAP. */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

/* holes: the module is the test build, and each attack must get through as well. */
int run_attacks(bool holes);

#endif
