/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The refusals that an enclave keeps. */
#ifndef AVOW_CMD_REFUSALS_H
#define AVOW_CMD_REFUSALS_H

#include <libavow.h>

#include "lines.h"
#include "process.h"
#include "sentence.h"

struct refusals {
	struct avow_refusal kept[AVOW_REFUSALS_KEPT];
	__u32 nr;
	__u64 lost;	/* came before and are no longer kept */
};

/* 0, or -1 after a message. */
int refusals_read(const struct process *p, const struct held_enclave *e, struct refusals *all);

/* What is to tell of one. The path, of source_path_of(), and the line are good until the caller drops them. */
struct avow_told refusal_told(const struct held_enclave *e, const struct avow_refusal *r, const char *path,
			      struct lines *lines);

#endif
