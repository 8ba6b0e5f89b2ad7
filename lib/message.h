/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef AVOW_LIB_MESSAGE_H
#define AVOW_LIB_MESSAGE_H

#include <libavow.h>

/* Calls the thread's handler, if there is one; returns err, a negative errno. */
int avow_fail(int err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same for ENOMEM. */
int avow_no_memory(void);

#endif
