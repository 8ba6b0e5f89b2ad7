/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers on the command line, and bytes for people. */
#ifndef AVOW_CMD_NUMBER_H
#define AVOW_CMD_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <linux/types.h>

/* Decimal, or hexadecimal behind 0x, of at most max, and nothing else? */
bool number_read(const char *text, __u64 max, __u64 *value);
/* The same with K, M or G behind it. */
bool number_read_size(const char *text, __u64 *value);

/* text: 2 * nr + 1 characters. Returns it. */
char *hex_word(const void *bytes, size_t nr, char *text);
#define HEX32_SIZE	65

#endif
