/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words for what the ioctls give as numbers. */
#ifndef AVOW_CMD_WORDS_H
#define AVOW_CMD_WORDS_H

#include <avow.h>
#include <stdbool.h>
#include <stddef.h>

/* "RW-" */
#define RIGHTS_SIZE	4
const char *rights_word(unsigned int rwx, char word[RIGHTS_SIZE]);

/* enum avow_op: "mprotect()", "ADD_PAGES" */
const char *op_word(unsigned int op);

/* enum avow_source_class: a short name, and a description for a sentence. */
const char *class_word(unsigned int class);
const char *class_phrase(unsigned int class);

const char *contract_word(unsigned int contract);

/* SGX page type of a run: "REG"; "-" where there is no page. */
const char *type_word(unsigned int type);

/* A bit set in words. Bits that have no word are left out. */
struct bit_word {
	unsigned long long bit;
	const char *word;
};
extern const struct bit_word feature_words[], run_state_words[], state_words[];	/* end: word NULL */

/* The words of the bits, with spaces between; cut where the buffer ends. */
const char *bits_words(const struct bit_word *words, unsigned long long bits, char *text, size_t size);

/* "EACCES"; a number for what has no name. */
#define ERRNO_SIZE	24
const char *errno_word(int err, char word[ERRNO_SIZE]);

/* "SIGBUS" */
#define SIGNAL_SIZE	24
const char *signal_word(int signo, char word[SIGNAL_SIZE]);

/* Control characters become '?': names are chosen by others, and a terminal obeys. Returns text. */
char *printable(char *text);

/* "12 KiB"; "239.6 MiB" where it is no whole number of a large unit */
#define SIZE_SIZE	24
const char *size_word(unsigned long long bytes, char word[SIZE_SIZE]);

#endif
