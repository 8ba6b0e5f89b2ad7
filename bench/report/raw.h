/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The raw output of a run: lines "NAME VALUE UNIT", and "# WHAT: TEXT" about the run. */
#ifndef REPORT_RAW_H
#define REPORT_RAW_H

#include <stddef.h>
#include <stdint.h>

struct numbers {
	char *name, *unit;
	uint64_t *values;	/* ascending once the file is read */
	size_t nr;
};

struct about {
	char *what, *text;
};

struct raw {
	struct numbers *all;
	size_t nr;
	struct about *about;
	size_t nr_about;
};

/*
 * Ends the program, with the file and the line, where it is not well-formed: a number that
 * is none or not positive, two units of one name, a last line without its end, no number at all.
 */
void raw_read(struct raw *raw, const char *path);
void raw_free(struct raw *raw);
/* NULL: there is no such name. */
const struct numbers *raw_find(const struct raw *raw, const char *name);

uint64_t numbers_median(const struct numbers *n);
/* From the tenth to the ninetieth hundredth, in percent of the median. */
double numbers_spread(const struct numbers *n);

void report_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
