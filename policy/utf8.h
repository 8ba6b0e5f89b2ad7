/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Characters of a text, and which of them a policy may have. */
#ifndef AVOW_POLICY_UTF8_H
#define AVOW_POLICY_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The character at text, of which length bytes follow (at least one), and how many bytes it
 * takes. 0 bytes: that is not UTF-8 as RFC 3629 has it.
 */
size_t avow_policy_utf8_next(const char *text, size_t length, uint32_t *character);

/* How many characters; a byte that is no UTF-8 counts as one. */
uint32_t avow_policy_utf8_width(const char *text, size_t length);

enum avow_policy_character {
	CHARACTER_FINE,
	CHARACTER_CONTROL,	/* and not a tab */
	CHARACTER_INVISIBLE,	/* it has no width, or changes the order in which a line is shown */
};

enum avow_policy_character avow_policy_utf8_kind(uint32_t character);

/* Puts '?' for each character that is not fine to show, and a NUL behind: length + 1 bytes. */
void avow_policy_utf8_tame(char *text, size_t length);

#endif
