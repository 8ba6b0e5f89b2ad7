// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"

/* strtoull() would take blanks, signs and octal numbers, too. */
static bool read_digits(const char *text, __u64 *value, const char **end)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *stop;

	if (hex ? !isxdigit((unsigned char)text[2]) : !isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*value = strtoull(text, &stop, hex ? 16 : 10);
	*end = stop;
	return !errno;
}

bool number_read(const char *text, __u64 max, __u64 *value)
{
	const char *end;

	return read_digits(text, value, &end) && !*end && *value <= max;
}

bool number_read_size(const char *text, __u64 *value)
{
	static const char units[] = "KMG";
	const char *end, *unit;
	unsigned int shift;

	if (!read_digits(text, value, &end))
		return false;
	if (!*end)
		return true;
	unit = strchr(units, *end);
	if (!unit || end[1])
		return false;
	shift = 10 * (unsigned int)(unit - units + 1);
	if (*value > ~0ULL >> shift)
		return false;
	*value <<= shift;
	return true;
}

char *hex_word(const void *bytes, size_t nr, char *text)
{
	const unsigned char *at = bytes;
	size_t i;

	text[0] = '\0';
	for (i = 0; i < nr; i++)
		snprintf(text + 2 * i, 3, "%02x", at[i]);
	return text;
}
