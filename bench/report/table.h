/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparisons, and how they are shown. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdbool.h>
#include <stdio.h>

#include "raw.h"

struct comparison {
	char *name;
	const char *unit;		/* the run's */
	uint64_t value, baseline;	/* medians; the baseline times its factor */
	double ratio, spread;		/* spread: the larger of the two, in percent */
	double target;			/* 0: none */
	bool met;			/* where there is a target */
};

struct table {
	struct comparison *rows;
	size_t nr, left_out;
	const struct raw *raw;
};

/*
 * The file bench/comparisons with a run's numbers. Ends the program where one is in another
 * unit than its baseline, or missing; or leaves out what is missing, where partial.
 */
void table_read(struct table *table, const char *path, const struct raw *raw, bool partial);
void table_free(struct table *table);

void table_print(const struct table *table, FILE *to);
void table_markdown(const struct table *table, FILE *to);
void table_json(const struct table *table, FILE *to);

#endif
