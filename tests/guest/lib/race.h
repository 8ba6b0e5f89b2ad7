/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef RACE_H
#define RACE_H

#include "test.h"

/*
 * How many seconds a race goes on: the first argument, else AVOW_RACE_SECONDS of the
 * environment (./dev test --race-seconds), else as usual. Ends the program over what is no
 * number of seconds.
 */
unsigned int race_seconds(int argc, char **argv, unsigned int usual);

#endif
