/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Telling people how tests came out. */
#ifndef AVOW_VM_SUITE_H
#define AVOW_VM_SUITE_H

#include "ktap.h"
#include "machine.h"

struct report {
	const struct options *options;
	unsigned int passed, failed, skipped;
};

/* One line for one test; a skip is a failure where skips are not allowed. */
void report_line(struct report *report, enum ktap_outcome outcome, const char *name,
		 const char *detail);
/* A test program's result, by its own word and what it printed. */
void report_result(struct report *report, const struct ktap_result *result);
/* Compares what a program printed with a table of what is expected of it. */
void report_expected(struct report *report, const struct ktap_result *result,
		     const char *table);
void report_totals(const struct report *report);

#endif
