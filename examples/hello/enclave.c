// SPDX-License-Identifier: LGPL-2.1-or-later
/* An enclave that greets, and counts. */
#include <avow_enclave.h>

#include "hello.h"

static unsigned int greeted;	/* in the enclave, where the host should not be able to change it */

static size_t append(char *to, size_t at, size_t room, const char *text)
{
	while (*text && at + 1 < room)
		to[at++] = *text++;
	to[at] = '\0';
	return at;
}

/* arg is a copy: the host cannot change it meanwhile. */
static long greet(void *arg)
{
	struct greeting *g = arg;
	char line[] = "somebody is greeted";
	size_t at;

	if (!memchr(g->name, '\0', sizeof(g->name)))
		return -1;
	at = append(g->text, 0, sizeof(g->text), "Hello, ");
	at = append(g->text, at, sizeof(g->text), g->name);
	append(g->text, at, sizeof(g->text), ", from an enclave.");
	g->greeted = ++greeted;
	return avow_ocall(OCALL_PRINT, line, sizeof(line));
}

AVOW_ECALLS(
	[ECALL_GREET] = AVOW_ECALL(greet, struct greeting),
);
