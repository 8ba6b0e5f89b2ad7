// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdlib.h>
#include <string.h>

#include "sentence.h"
#include "words.h"

#define INDENT	4

void wrap(FILE *to, int indent, int width, const char *text, size_t size)
{
	const char *end = text + size;
	int column = 0;

	while (text < end) {
		int length = (int)strcspn(text, " \n");

		if (column && column + 1 + length > width) {
			fputc('\n', to);
			column = 0;
		}
		column += fprintf(to, "%*s%.*s", column ? 1 : indent, "", length, text);
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', to);
}

void refusal_print(FILE *to, const struct avow_told *t, unsigned long long now, int width)
{
	const struct avow_refusal *r = t->refusal;
	char comm[sizeof(r->comm) + 1], *text, *at;
	double age = now > r->time ? (double)(now - r->time) / 1e9 : 0;

	snprintf(comm, sizeof(comm), "%.*s", (int)sizeof(r->comm), r->comm);
	fprintf(to, "%3llu. %s (process %u, thread %u), %.1f s ago\n", (unsigned long long)r->seq,
		printable(comm), r->tgid, r->pid, age);
	if (avow_explain(t, &text))
		return;
	for (at = text; *at; at += strcspn(at, "\n") + 1)
		wrap(to, INDENT, width, at, strcspn(at, "\n"));
	free(text);
}
