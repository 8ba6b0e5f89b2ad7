/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The avow command: its verbs and what they share. */
#ifndef AVOW_CMD_H
#define AVOW_CMD_H

#include <stdarg.h>
#include <stdbool.h>
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

/*
 * For verbs that read their own options, with a colon before their letters; argv[0] is the verb.
 * EXIT_USAGE, after a message about what getopt_long() did not take and answered '?' or ':' to.
 */
int wrong_option(char **argv, int option);
/* The one operand behind the options; false after a message: it is missing, or there are more. */
bool one_operand(int argc, char **argv, const char *what, const char **operand);

/* A decimal number of minimum to maximum, and nothing else? */
bool parse_number(const char *text, long minimum, long maximum, long *value);

#endif
