/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A refusal, or what a policy audits, as JSON and as one line. */
#ifndef AVOW_CMD_RECORD_H
#define AVOW_CMD_RECORD_H

#include <json-c/json.h>

#include "sentence.h"

/* CLOCK_BOOTTIME, which records are dated by, in nanoseconds. */
unsigned long long boottime(void);

struct json_object *record_json(const struct avow_told *t);

/*
 * Time of day, process and thread, rule and policy line, operation, range, rights asked and
 * declared, answer, source. With its newline.
 */
void record_line(FILE *to, const struct avow_told *t);

#endif
