/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far long work is, on standard error where that is a terminal; nothing elsewhere, and nothing of short work. */
#ifndef AVOW_CMD_PROGRESS_H
#define AVOW_CMD_PROGRESS_H

#include <stdbool.h>
#include <time.h>

struct progress {
	const char *what;
	unsigned long long total;	/* 0: nobody knows */
	bool terminal, shown;
	struct timespec begin, last;
};

void progress_begin(struct progress *p, const char *what, unsigned long long total);
void progress_show(struct progress *p, unsigned long long done);
/* Takes the line away. */
void progress_end(struct progress *p);

#endif
