/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A refusal in sentences. */
#ifndef AVOW_CMD_SENTENCE_H
#define AVOW_CMD_SENTENCE_H

#include <libavow.h>
#include <stdio.h>

/* Number, who and when; then avow_explain()'s sentences, wrapped. now: CLOCK_BOOTTIME, nanoseconds. */
void refusal_print(FILE *to, const struct avow_told *t, unsigned long long now, int width);

/* size bytes of words, broken at spaces, each line indented and no longer than width where words allow. */
void wrap(FILE *to, int indent, int width, const char *text, size_t size);

#endif
