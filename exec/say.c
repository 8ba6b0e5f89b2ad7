// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "say.h"

void say(const char *format, ...)
{
	static const char prefix[] = "avow: ";
	char line[1024];
	size_t length = sizeof(prefix) - 1;
	va_list args;
	int added;

	snprintf(line, sizeof(line), "%s", prefix);
	va_start(args, format);
	added = vsnprintf(line + length, sizeof(line) - length - 1, format, args);
	va_end(args);
	length += added < 0 ? 0 : (size_t)added;
	if (length > sizeof(line) - 2)
		length = sizeof(line) - 2;
	line[length++] = '\n';
	/* Where standard error is closed there is nobody to tell. */
	if (write(STDERR_FILENO, line, length) < 0)
		return;
}
