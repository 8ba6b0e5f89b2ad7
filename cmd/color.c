// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "color.h"

static bool terminal_takes_color(void)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && !(term && !strcmp(term, "dumb"));
}

bool color_choice(const char *word, bool *color)
{
	if (!word || !strcmp(word, "auto"))
		*color = terminal_takes_color();
	else if (!strcmp(word, "always") || !strcmp(word, "never"))
		*color = *word == 'a';
	else
		return false;
	return true;
}

void print_colored(FILE *to, enum color color, int width, const char *text)
{
	static const char *const codes[] = {
		[COLOR_HEADER] = "1",
		[COLOR_ALARM] = "1;31",
		[COLOR_REFUSED] = "35",
		[COLOR_CHANGED] = "33",
		[COLOR_SPECIAL] = "36",
		[COLOR_FAINT] = "2",
	};

	if (color == COLOR_NONE)
		fputs(text, to);
	else
		fprintf(to, "\033[%sm%s\033[m", codes[color], text);
	fprintf(to, "%*s", width > (int)strlen(text) ? width - (int)strlen(text) : 0, "");
}
