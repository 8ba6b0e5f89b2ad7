/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The avow command: its verbs and what they share. */
#ifndef AVOW_CMD_H
#define AVOW_CMD_H

#include <stdarg.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#define EXIT_USAGE	2	/* beside EXIT_SUCCESS and EXIT_FAILURE */

struct arguments {
	bool json;
	bool color;		/* of verbs that know colours */
	pid_t pid;		/* of verbs that take one */
	const char *html;	/* of maps: a file for the page, or NULL */
};

/* Return the exit status: EXIT_SUCCESS, or EXIT_FAILURE after a message. */
int cmd_info(const struct arguments *args);
int cmd_maps(const struct arguments *args);
int cmd_why(const struct arguments *args);
int cmd_doctor(const struct arguments *args);
/* argv[0] is the verb. */
int cmd_log(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_measure(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_bench(int argc, char **argv);

/* "avow: ..." on standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vcomplain(const char *format, va_list args) __attribute__((format(printf, 1, 0)));

/* Options of a verb that reads its own. */
struct options {
	const char *letters;		/* for getopt_long(), with a colon before them */
	const struct option *options;	/* --help is 'h' */
	void (*usage)(FILE *to);
	/* One that is not 'h'. False after a message: its value is none. */
	bool (*take)(void *context, int option, const char *value);
};

/* argv[0] is the verb. -1; or the exit status, after help or a message, with which the verb ends. */
int read_options(int argc, char **argv, const struct options *o, void *context);
/* The one operand behind the options; false after a message: it is missing, or there are more. */
bool one_operand(int argc, char **argv, const char *what, const char **operand);

/* A decimal number of minimum to maximum, and nothing else? */
bool parse_number(const char *text, long minimum, long maximum, long *value);

#endif
