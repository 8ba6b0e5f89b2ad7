/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/*
 * A verdict: 0 for "go on", or a refusal that knows its errno and the rule of
 * SPEC.md that made it. It fits a register, so that BPF can return it too.
 */
#ifndef AVOW_VERDICT_H
#define AVOW_VERDICT_H

#include "avow_env.h"

typedef u32 avow_verdict;

#define AVOW_OK			0U

/* R8.1 is AVOW_RULE(8, 1), and 801 in a record. */
#define AVOW_RULE(rule, clause)	((rule) * 100U + (clause))

/* rule: AVOW_RULE(); err: positive errno, below 4096. */
#define AVOW_REFUSE(rule, err)	(((u32)(rule) << 12) | (u32)(err))

static inline int avow_errno(avow_verdict v)
{
	return -(int)(v & 0xfff);
}

static inline u32 avow_rule(avow_verdict v)
{
	return v >> 12;
}

#endif
