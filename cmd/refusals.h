/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The refusals that an enclave keeps. */
#ifndef AVOW_CMD_REFUSALS_H
#define AVOW_CMD_REFUSALS_H

#include <avow.h>

#include "lines.h"
#include "process.h"
#include "sentence.h"

struct refusals {
	struct avow_refusal kept[AVOW_REFUSALS_KEPT];
	unsigned int nr;
	unsigned long long lost;	/* came before and are no longer kept */
};

/* 0, or -1 after a message. */
int refusals_read(const struct process *p, const struct held_enclave *e, struct refusals *all);

/* What is to tell of one. The path is the caller's to free; the line is good until the next call. */
struct told refusal_told(const struct held_enclave *e, const struct avow_refusal *r, struct lines *lines);

#endif
