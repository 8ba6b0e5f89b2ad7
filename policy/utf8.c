// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "utf8.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

size_t avow_policy_utf8_next(const char *text, size_t length, uint32_t *character)
{
	static const struct lead {
		unsigned char mask, bits;
		uint32_t least;		/* that needs as many bytes */
	} leads[] = {
		{ 0xe0, 0xc0, 0x80 }, { 0xf0, 0xe0, 0x800 }, { 0xf8, 0xf0, 0x10000 },
	};
	const unsigned char *bytes = (const unsigned char *)text;
	size_t i, more;

	if (bytes[0] < 0x80) {
		*character = bytes[0];
		return 1;
	}
	for (more = 1; more <= COUNT(leads); more++)
		if ((bytes[0] & leads[more - 1].mask) == leads[more - 1].bits)
			break;
	if (more > COUNT(leads) || more >= length)
		return 0;
	*character = bytes[0] & (unsigned char)~leads[more - 1].mask;
	for (i = 1; i <= more; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return 0;
		*character = *character << 6 | (bytes[i] & 0x3f);
	}
	if (*character < leads[more - 1].least || *character > 0x10ffff ||
	    (*character >= 0xd800 && *character <= 0xdfff))
		return 0;
	return more + 1;
}

uint32_t avow_policy_utf8_width(const char *text, size_t length)
{
	uint32_t width = 0, character;
	size_t at = 0;

	for (; at < length; width++) {
		size_t bytes = avow_policy_utf8_next(text + at, length - at, &character);

		at += bytes ? bytes : 1;
	}
	return width;
}

enum avow_policy_character avow_policy_utf8_kind(uint32_t c)
{
	/* Soft hyphen, marks and overrides of direction, joiners, separators of lines, BOM, tags. */
	static const struct range {
		uint32_t first, last;
	} invisible[] = {
		{ 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
		{ 0xe0000, 0xe007f },
	};
	size_t i;

	if (c >= ' ' && c < 0x7f)
		return CHARACTER_FINE;
	if ((c < ' ' && c != '\t') || (c >= 0x7f && c < 0xa0))
		return CHARACTER_CONTROL;
	for (i = 0; i < COUNT(invisible); i++)
		if (c >= invisible[i].first && c <= invisible[i].last)
			return CHARACTER_INVISIBLE;
	return CHARACTER_FINE;
}

void avow_policy_utf8_tame(char *text, size_t length)
{
	size_t at = 0, to = 0;
	uint32_t character;

	while (at < length) {
		size_t bytes = avow_policy_utf8_next(text + at, length - at, &character);

		if (!bytes || avow_policy_utf8_kind(character) != CHARACTER_FINE) {
			text[to++] = '?';
			at += bytes ? bytes : 1;
		} else {
			memmove(text + to, text + at, bytes);
			to += bytes;
			at += bytes;
		}
	}
	text[to] = '\0';
}
