// SPDX-License-Identifier: LGPL-2.1-or-later
/* The kernel's console. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console.h"
#include "fail.h"

#define CONSOLE_MAX	(16u << 20)

bool console_read(struct console *console, int fd, bool copy)
{
	char data[4096];
	ssize_t got = read(fd, data, sizeof(data));

	if (got <= 0)
		return got < 0 && (errno == EINTR || errno == EAGAIN);
	if (copy)
		fwrite(data, 1, (size_t)got, stderr);
	if (console->length + (size_t)got + 1 > console->size) {
		console->size = 2 * console->size + sizeof(data) + 1;
		console->text = realloc(console->text, console->size);
		if (!console->text || console->size > CONSOLE_MAX)
			fail("the kernel's console prints without end");
	}
	for (ssize_t i = 0; i < got; i++)
		if (data[i] && data[i] != '\r')
			console->text[console->length++] = data[i];
	console->text[console->length] = '\0';
	return true;
}

char *console_complaint(const struct console *console)
{
	static const char *const patterns[] = {
		"Kernel panic", "BUG:", "BUG ", "WARNING:", "Oops", "Call Trace", "UBSAN:", "KASAN:",
		"refcount_t:", "detected stalls", "blocked for more than", "Bad page state",
		"INFO: possible recursive locking", "INFO: possible circular locking",
		"unreferenced object",
	};
	const char *first = NULL;

	for (size_t i = 0; console->text && i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const char *found = strstr(console->text, patterns[i]);

		if (found && (!first || found < first))
			first = found;
	}
	if (!first)
		return NULL;
	while (first > console->text && first[-1] != '\n')
		first--;
	return must_format("%.*s", (int)strcspn(first, "\n"), first);
}

void console_tail(const struct console *console, unsigned int lines)
{
	const char *at = console->text ? console->text + console->length : "";

	while (at > console->text && lines)
		lines -= *--at == '\n';
	fprintf(stderr, "avow: the end of the kernel's console:\n");
	while (*at) {
		size_t length = strcspn(at, "\n");

		fprintf(stderr, "  | %.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
}
