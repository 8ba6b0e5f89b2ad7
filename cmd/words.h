/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for what the ioctls give as numbers, beside those of <libavow.h>. */
#ifndef AVOW_CMD_WORDS_H
#define AVOW_CMD_WORDS_H

#include <libavow.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* enum avow_source_class as policies and tables name it: "file-exec" */
const char *class_word(unsigned int class);

/* A bit set in words. Bits that have no word are left out. */
struct bit_word {
	unsigned long long bit;
	const char *word;
};
extern const struct bit_word feature_words[], run_state_words[], state_words[];	/* end: word NULL */

/* The words of the bits, with spaces between; cut where the buffer ends. */
const char *bits_words(const struct bit_word *words, unsigned long long bits, char *text, size_t size);

/* Control characters become '?': names are chosen by others, and a terminal obeys. Returns text. */
char *printable(char *text);
/* The same on a stream. */
void print_printable(FILE *to, const char *text);

/* "12 KiB"; "239.6 MiB" where it is no whole number of a large unit */
#define SIZE_SIZE	24
const char *size_word(unsigned long long bytes, char word[SIZE_SIZE]);

#endif
