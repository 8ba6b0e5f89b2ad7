/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of plots, as bench/plot.sh has them drawn. */
#ifndef REPORT_CURVES_H
#define REPORT_CURVES_H

#include "raw.h"

/*
 * For each plot of the file bench/curves: DIRECTORY/NAME.dat, a block of "X Y" for each
 * series with the series' name on its first line, and a line "NAME SERIES AXIS-X AXIS-Y TITLE" to
 * standard output. A plot of which a number was not measured is left out.
 */
void curves_write(const char *path, const struct raw *raw, const char *directory);

#endif
