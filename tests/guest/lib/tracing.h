/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's tracing files; a failure to use them ends the case as a failure. */
#ifndef TRACING_H
#define TRACING_H

#include "test.h"

void tracing_write(const char *file, const char *text);
/* Adds a line, as to kprobe_events. 0, or -1 and errno. */
int tracing_append(const char *file, const char *text);
void tracing_clear(void);
/* The trace, without its comments. */
void tracing_read(char *text, size_t size);
/* All of a file, as text. */
void tracing_file(const char *file, char *text, size_t size);
/* One page of a processor's buffer, from trace_pipe_raw; false: it is empty. */
bool tracing_page(const char *file, void *page, size_t size);
unsigned int tracing_count(const char *text, const char *what);

#endif
