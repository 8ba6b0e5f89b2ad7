/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef AVOW_EXEC_SAY_H
#define AVOW_EXEC_SAY_H

/* One line "avow: ..." on standard error, in one write. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
