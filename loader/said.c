// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What libbpf says when something fails. An errno alone does not tell which program or
 * type the kernel or libbpf disliked; standard error is not ours to write to.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/libbpf.h>

#include "private.h"

#define LOG_BEGIN	"-- BEGIN PROG LOAD LOG --\n"
#define LOG_END		"-- END PROG LOAD LOG --"
#define STATISTICS	"processed "

/* One process, one thread: the loader's, or the command's. */
static struct {
	char warning[200];	/* the last one, without line end; empty: none since listening began */
	char verifier[200];	/* the last line of the verifier's log that came with it */
	char text[512];
} said;

/* What libbpf adds to a failure that it has told: only that something around it failed, too. */
static bool is_aftermath(const char *warning)
{
	return strstr(warning, "failed to load") || strstr(warning, "failed to auto-attach");
}

static void copy_line(char *to, size_t size, const char *line, size_t length)
{
	snprintf(to, size, "%.*s", (int)length, line);
}

/* The verifier's last line before its statistics is its reason. */
static void keep_reason(const char *log)
{
	const char *end = strstr(log, LOG_END);
	size_t length;

	for (; *log && log != end; log += length + (log[length] == '\n')) {
		length = strcspn(log, "\n");
		if (length && strncmp(log, STATISTICS, strlen(STATISTICS)))
			copy_line(said.verifier, sizeof(said.verifier), log, length);
	}
}

static void keep(const char *warning)
{
	static const char prefix[] = "libbpf: ";
	const char *log = strstr(warning, LOG_BEGIN);

	if (log) {
		keep_reason(log + strlen(LOG_BEGIN));
		return;
	}
	if (*said.warning && is_aftermath(warning))
		return;
	if (!strncmp(warning, prefix, strlen(prefix)))
		warning += strlen(prefix);
	copy_line(said.warning, sizeof(said.warning), warning, strcspn(warning, "\n"));
	*said.verifier = '\0';
}

/* The log of a big program is long, and its end counts. */
static int hear(enum libbpf_print_level level, const char *format, va_list args)
{
	char *text;

	if (level != LIBBPF_WARN || vasprintf(&text, format, args) < 0)
		return 0;
	keep(text);
	free(text);
	return 0;
}

void avow_bpf_listen(void)
{
	*said.warning = '\0';
	*said.verifier = '\0';
	libbpf_set_print(hear);
}

const char *avow_bpf_said(void)
{
	if (!*said.warning && !*said.verifier)
		return "";
	snprintf(said.text, sizeof(said.text), "; libbpf: %s%s%s", said.warning,
		 *said.warning && *said.verifier ? ": " : "", said.verifier);
	return said.text;
}
