/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's console: kept, and searched for what must not be there. */
#ifndef AVOW_VM_CONSOLE_H
#define AVOW_VM_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

struct console {
	char *text;
	size_t length, size;
};

/* Reads what is there; false at the end. Copies it to standard error if asked. */
bool console_read(struct console *console, int fd, bool copy);
/* The first line by which the kernel complains, or NULL; the caller frees. */
char *console_complaint(const struct console *console);
/* The test that ran then, or NULL; the caller frees. */
char *console_test(const struct console *console);
/* Prints to standard error the complaint and what is around it, or else the last lines. */
void console_show(const struct console *console, unsigned int lines);

#endif
