/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runs of an enclave as a table. */
#ifndef AVOW_CMD_RUNS_H
#define AVOW_CMD_RUNS_H

#include <libavow.h>
#include <stdbool.h>
#include <stdio.h>

#include "process.h"

/* A run, or the part of one over which the process' mapping is the same, too. */
struct mapped_run {
	struct avow_run run;
	bool mapped;
	unsigned int rights;	/* of the mapping, AVOW_RWX bits */
};

/*
 * Splits runs where the mapping differs. base: the enclave's. mappings: ascending.
 * The parts, to be freed; NULL: no memory.
 */
struct mapped_run *split_runs(unsigned long long base, const struct avow_run *runs, size_t nr,
			      const struct mapping *mappings, size_t nr_mappings, size_t *nr_parts);

/* "W", "X", "WX" or "-" */
const char *history_word(unsigned int state);

/* Columns as wide as their contents. paths: of each run's source, or NULL. */
void print_runs(FILE *to, const struct mapped_run *runs, char *const *paths, size_t nr, bool color);

#endif
