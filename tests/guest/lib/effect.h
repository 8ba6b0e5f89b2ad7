/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an operation did to an enclave, from snapshots before and after: compared with what it
 * did elsewhere, or in another enclave.
 */
#ifndef EFFECT_H
#define EFFECT_H

#include "watch.h"

struct effect {
	struct snapshot before, after;
	u64 start, length;	/* the part of the enclave that it was on */
	bool any_source;	/* of the runs' sources only whether there are any */
};

void effect_free(struct effect *e);
/* Nothing at all, but for these AVOW_RUN_* bits. */
bool effect_none(const struct effect *e, u32 may_change);
/* The same, each in its part, and nothing elsewhere. */
bool effect_same(const struct effect *a, const struct effect *b);

/* The same runs and mappings in two parts of enclaves. */
bool same_part(const struct snapshot *a, u64 start_a, const struct snapshot *b, u64 start_b,
	       u64 length);
/* The same runs and mappings outside of a part. */
bool same_elsewhere(const struct snapshot *a, const struct snapshot *b, u64 start, u64 length);

#endif
