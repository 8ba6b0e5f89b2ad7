/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef AVOW_VM_FAIL_H
#define AVOW_VM_FAIL_H

#include <stddef.h>

/* As other programs that run a program have it. */
#define EXIT_TIMEOUT	124
#define EXIT_MACHINE	125	/* the virtual machine failed, not the program */

/* Says so on standard error and exits with EXIT_MACHINE. */
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));

void *must_alloc(size_t size);
char *must_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
