/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a program and its descendants ask at the module's hooks. */
#ifndef AVOW_CMD_OBSERVE_H
#define AVOW_CMD_OBSERVE_H

#include "observed.h"

struct observer;

/* From now on the children of this process, and theirs, are observed. NULL after a message. */
struct observer *observer_open(void);
void observer_close(struct observer *o);

/* Nothing more is observed; what is there can be drained. */
void observer_stop(struct observer *o);

/* Readable when there is something to drain. */
int observer_fd(const struct observer *o);

/* Calls each() for what is there, until it returns a negative errno; that, or 0. */
int observer_drain(struct observer *o, int (*each)(void *context, const struct avow_observed *observed),
		   void *context);

/* Requests; and what found no room, or was not seen for another reason, so that something may be missing. */
unsigned long long observer_seen(const struct observer *o);
unsigned long long observer_lost(const struct observer *o);

/* The path as text, to be freed; NULL: no memory. */
char *observed_path(const struct avow_observed_path *path);

#endif
