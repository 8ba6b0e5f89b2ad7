/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands whose output is looked at: the avow command, above all. */
#ifndef COMMAND_H
#define COMMAND_H

#include "test.h"

#define OUTPUT	65536

/* What came of a command: both streams. */
struct output {
	int status;		/* 128+N: signal N, as the shell says */
	char text[OUTPUT];
};

/* Runs it, by a shell. Without keep_lines each stretch of white space becomes one space. */
void run(struct output *out, bool keep_lines, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void expect_text(const char *file, int line, const struct output *out, const char *want);
#define EXPECT_TEXT(out, want)	expect_text(__FILE__, __LINE__, out, want)

/* A command that goes on while the case does. Its standard output is read line by line. */
struct running {
	pid_t pid;
	int fd;
	size_t used;		/* of text */
	char text[OUTPUT];
	char line[OUTPUT];
};

/* argv[0] is found in PATH. */
void start(struct running *r, const char *const *argv);

/* The next line without its newline; NULL: none within so many seconds, or the end. */
const char *next_line(struct running *r, int seconds);

/* Sends a signal (0: none) and waits for its end; its status as wait() tells it. Reads no more. */
int stop(struct running *r, int signo);
/* The same, but what it still writes can be read on by next_line(). */
int end(struct running *r, int signo);

#endif
