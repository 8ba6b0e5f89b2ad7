/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Refusals as they happen, by a BPF program and a ring of this reader's own (R18.5). */
#ifndef AVOW_CMD_FOLLOW_H
#define AVOW_CMD_FOLLOW_H

#include "log.h"

struct follower;

/* From now on each record is kept until it is drained. NULL after a message. */
struct follower *follower_open(void);
void follower_close(struct follower *f);

/* No more records come; those that are there can be drained. */
void follower_stop(struct follower *f);

/* Readable when there is something to drain. */
int follower_fd(const struct follower *f);

/* Calls each() for every record that is there, until it returns non-zero; that, or 0, or a negative errno. */
int follower_drain(struct follower *f, int (*each)(void *context, const struct avow_log_event *event),
		   void *context);

/* How many found no room since the last call of this. */
unsigned long long follower_lost(struct follower *f);

#endif
