/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runs of an enclave as a table. */
#ifndef AVOW_CMD_RUNS_H
#define AVOW_CMD_RUNS_H

#include <avow.h>
#include <stdio.h>

/* "W", "X", "WX" or "-" */
const char *history_word(unsigned int state);

/* The path of a run's or refusal's source, to be freed; NULL: no file. */
char *source_path_of(int fd, unsigned int id);

/* Paths are asked of fd, the enclave's. */
void print_runs(FILE *to, int fd, const struct avow_run *runs, size_t nr, const char *indent);

#endif
