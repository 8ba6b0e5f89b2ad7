/* SPDX-License-Identifier: GPL-2.0-only OR LGPL-2.1-or-later */
/* What bpf/log.bpf.c writes into the ring of the reader that loaded it. */
#ifndef AVOW_BPF_LOG_H
#define AVOW_BPF_LOG_H

#include "core.h"

#define AVOW_LOG_PATH	4096	/* bytes with NUL: the longest path there is */

/* Cut behind the path's NUL, and filled up to the size below. */
struct avow_log_event {
	struct avow_refusal refusal;
	u64 base;		/* of the enclave; 0: not created */
	u64 dev, ino;		/* of the declaration's file, as in struct avow_source */
	char path[AVOW_LOG_PATH];	/* empty: no file */
};

#endif
