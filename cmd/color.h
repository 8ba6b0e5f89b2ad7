/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Colours, for a terminal. */
#ifndef AVOW_CMD_COLOR_H
#define AVOW_CMD_COLOR_H

#include <stdbool.h>
#include <stdio.h>

/* "always", "never" or "auto"; NULL is auto: a terminal, and no NO_COLOR. False: none of these. */
bool color_choice(const char *word, bool *color);

/* What is coloured, by what it means to the reader. */
enum color {
	COLOR_NONE,
	COLOR_HEADER,
	COLOR_ALARM,	/* writable and executable at once */
	COLOR_REFUSED,	/* will be refused */
	COLOR_CHANGED,	/* is less than it once was */
	COLOR_SPECIAL,	/* not an ordinary page */
	COLOR_FAINT,	/* there is nothing */
};

/* The text in a column, left-justified; the padding has no colour. Nothing but text for COLOR_NONE. */
void print_colored(FILE *to, enum color color, int width, const char *text);

#endif
