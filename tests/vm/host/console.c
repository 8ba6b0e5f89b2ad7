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
#define CONSOLE_TEST	"init: test "	/* what init says before each */
/* Lines around a complaint; lockdep's are the longest. */
#define BEFORE_COMPLAINT	5
#define AFTER_COMPLAINT		150

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

/* Between what dump_stack() is called for and its "Call Trace:" are the processor and the machine. */
#define DUMP_LINES	3

/*
 * What a kernel says, with a trace, of an error that its caller is told: that is no complaint.
 * vmalloc() and kmem_cache_create() that get no memory, as tests/guest/failnth.c and
 * loading_failures.c want it; with CONFIG_DEBUG_VM, get_user_pages() of a page that userfaultfd
 * holds back, for a caller that does not wait, as ADD_PAGES.
 */
static bool is_told_trace(const struct console *console, const char *trace)
{
	static const char *const told[] = {
		"vmalloc error: ", "kmem_cache_create_usercopy(", "FAULT_FLAG_ALLOW_RETRY missing ",
	};
	const char *from = trace;

	for (unsigned int lines = 0; from > console->text && lines <= DUMP_LINES; from--)
		lines += from[-1] == '\n';
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (memmem(from, (size_t)(trace - from), told[i], strlen(told[i])))
			return true;
	return false;
}

static const char *find_complaint(const struct console *console, const char *pattern)
{
	const char *found = console->text;

	while (found && (found = strstr(found, pattern)) && !strcmp(pattern, "Call Trace") &&
	       is_told_trace(console, found))
		found += strlen(pattern);
	return found;
}

/*
 * The beginning of the first line by which the kernel complains, or NULL. What kmemleak has found
 * ("suspected memory leaks") is none: init asks for it, and judges.
 */
static const char *first_complaint(const struct console *console)
{
	static const char *const patterns[] = {
		"Kernel panic", "BUG:", "BUG ", "WARNING:", "Oops", "Call Trace", "UBSAN:", "KASAN:",
		"refcount_t:", "detected stalls", "blocked for more than", "Bad page state",
		"INFO: possible recursive locking", "INFO: possible circular locking",
		"INFO: trying to register non-static key", "turning off the locking correctness",
		"unreferenced object", "leak detector disabled",
		"ODEBUG:", "list_add corruption", "list_del corruption", "page dumped because",
		"general protection fault", "usercopy: Kernel memory", "detected buffer overflow",
	};
	const char *first = NULL;

	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const char *found = find_complaint(console, patterns[i]);

		if (found && (!first || found < first))
			first = found;
	}
	if (!first)
		return NULL;
	while (first > console->text && first[-1] != '\n')
		first--;
	return first;
}

char *console_complaint(const struct console *console)
{
	const char *first = first_complaint(console);

	return first ? must_format("%.*s", (int)strcspn(first, "\n"), first) : NULL;
}

char *console_test(const struct console *console)
{
	const char *end = first_complaint(console), *at = console->text, *name = NULL;

	while (end && (at = strstr(at, CONSOLE_TEST)) && at < end) {
		at += strlen(CONSOLE_TEST);
		name = at;
	}
	return name ? must_format("%.*s", (int)strcspn(name, "\n"), name) : NULL;
}

/* This many lines further back. */
static const char *back(const struct console *console, const char *at, unsigned int lines)
{
	while (at > console->text && lines)
		lines -= *--at == '\n';
	return *at == '\n' ? at + 1 : at;
}

void console_show(const struct console *console, unsigned int lines)
{
	const char *at = first_complaint(console);

	if (at) {
		fprintf(stderr, "avow: what the kernel complains of, on its console:\n");
		at = back(console, at, BEFORE_COMPLAINT);
		lines = AFTER_COMPLAINT;
	} else {
		fprintf(stderr, "avow: the end of the kernel's console:\n");
		at = console->text ? back(console, console->text + console->length, lines) : "";
	}
	for (; *at && lines; lines--) {
		size_t length = strcspn(at, "\n");

		fprintf(stderr, "  | %.*s\n", (int)length, at);
		at += length + (at[length] == '\n');
	}
}
