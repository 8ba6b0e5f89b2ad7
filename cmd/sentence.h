/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A refusal in sentences. */
#ifndef AVOW_CMD_SENTENCE_H
#define AVOW_CMD_SENTENCE_H

#include <avow.h>
#include <stdio.h>

struct told {
	const struct avow_refusal *refusal;
	unsigned long long base, size;	/* of the enclave; size 0: not known, or not created */
	char *path;			/* of the source; NULL: no file */
	const char *line;		/* of the policy that answered; NULL: none did */
	unsigned long long now;		/* CLOCK_BOOTTIME, nanoseconds */
};

/* Number, who and when; what was asked, declared and answered; rule; source; what to change. */
void refusal_print(FILE *to, const struct told *t, int width);

/* An imperative without its full stop: a policy's line can be met or changed, a rule only met. NULL: not known. */
const char *what_to_change(const struct told *t);

/* What avow_refusal.declared is in this record: "declared", "source"; NULL: nothing. */
const char *declared_word(const struct avow_refusal *r);

/* Words, broken at spaces, each line indented and no longer than width where words allow. */
void wrap(FILE *to, int indent, int width, const char *text);

#endif
