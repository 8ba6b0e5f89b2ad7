/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* What bpf/observe.bpf.c tells avow policy learn. */
#ifndef AVOW_BPF_OBSERVED_H
#define AVOW_BPF_OBSERVED_H

#include "policy.h"

#define AVOW_OBSERVED_NAMES	4096	/* bytes of a path's names, each with its NUL */

/* A path: the names of its file and of the directories above it, innermost first. */
struct avow_observed_path {
	u32 size;		/* of names; more than there is room for: cut */
	u32 reserved;
	char names[AVOW_OBSERVED_NAMES + 256];
};

/* One request; of those that differ in nothing that a rule can say, the first. */
struct avow_observed {
	struct avow_facts facts;
	int answer;		/* of whatever answered at the hook */
	u32 tgid;
	struct avow_observed_path program;
	struct avow_observed_path file;	/* LOAD: of the source, as it was opened */
};

#endif
