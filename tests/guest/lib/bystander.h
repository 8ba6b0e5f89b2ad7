/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Processes that have nothing to do with enclaves. Each provokes exceptions, signals and
 * system calls without a pause, and checks that exactly the right one comes of it, and
 * that its registers are kept. The first thing that is wrong ends it.
 */
#ifndef BYSTANDER_H
#define BYSTANDER_H

#include "test.h"

void bystanders_start(void);
/* Waits until each has done all of its kinds anew; fails the case where one has ended. */
void bystanders_go_on(void);
/* Ends them; what each has done, as a comment. */
void bystanders_stop(void);

#endif
