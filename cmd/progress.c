// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"

#define LONG_MS		300	/* what is done by then shows nothing */
#define EACH_MS		100

static bool terminal_moves(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && !(term && !strcmp(term, "dumb"));
}

static long long since(const struct timespec *then, const struct timespec *now)
{
	return (now->tv_sec - then->tv_sec) * 1000LL + (now->tv_nsec - then->tv_nsec) / 1000000;
}

void progress_begin(struct progress *p, const char *what, unsigned long long total)
{
	*p = (struct progress){ .what = what, .total = total, .terminal = terminal_moves() };
	clock_gettime(CLOCK_MONOTONIC, &p->begin);
	p->last = p->begin;
}

void progress_show(struct progress *p, unsigned long long done)
{
	struct timespec now;

	if (!p->terminal)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	/* Of what nobody knows the length there is one sign. */
	if (p->total && (since(&p->begin, &now) < LONG_MS || since(&p->last, &now) < EACH_MS))
		return;
	p->last = now;
	p->shown = true;
	if (p->total)
		fprintf(stderr, "\r%s: %3llu %%\033[K", p->what, done * 100 / p->total);
	else
		fprintf(stderr, "\r%s\033[K", p->what);
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
