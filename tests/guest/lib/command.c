// SPDX-License-Identifier: LGPL-2.1-or-later
#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "command.h"

static void squeeze(char *text)
{
	char *to = text;
	bool space = false;

	for (; *text; text++) {
		if (!isspace((unsigned char)*text))
			*to++ = *text;
		else if (!space)
			*to++ = ' ';
		space = isspace((unsigned char)*text);
	}
	*to = '\0';
}

void run(struct output *out, bool keep_lines, const char *format, ...)
{
	char command[512], line[600];
	va_list args;
	size_t got;
	FILE *pipe;
	int status;

	va_start(args, format);
	vsnprintf(command, sizeof(command), format, args);
	va_end(args);
	/* The shell may not become the command, so that a signal has its number. */
	snprintf(line, sizeof(line), "%s 2>&1; exit $?", command);
	fflush(stdout);
	pipe = popen(line, "re");
	REQUIRE(pipe);
	got = fread(out->text, 1, sizeof(out->text) - 1, pipe);
	out->text[got] = '\0';
	status = pclose(pipe);
	REQUIRE(WIFEXITED(status));
	out->status = WEXITSTATUS(status);
	if (!keep_lines)
		squeeze(out->text);
}

void expect_text(const char *file, int line, const struct output *out, const char *want)
{
	if (!strstr(out->text, want))
		test_fail(file, line, "\"%s\" is not in: %s", want, out->text);
}

void start(struct running *r, const char *const *argv)
{
	int pipe[2];

	REQUIRE(!pipe2(pipe, O_CLOEXEC));
	fflush(stdout);
	*r = (struct running){ .pid = fork(), .fd = pipe[0] };
	REQUIRE(r->pid >= 0);
	if (!r->pid) {
		dup2(pipe[1], STDOUT_FILENO);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(pipe[1]);
}

/* More of its output, if any comes within so many seconds. */
static bool read_more(struct running *r, int seconds)
{
	struct pollfd fd = { .fd = r->fd, .events = POLLIN };
	ssize_t got;

	if (r->used == sizeof(r->text) || poll(&fd, 1, seconds * 1000) != 1)
		return false;
	got = read(r->fd, r->text + r->used, sizeof(r->text) - r->used);
	if (got <= 0)
		return false;
	r->used += (size_t)got;
	return true;
}

const char *next_line(struct running *r, int seconds)
{
	size_t length;
	char *end;

	while (!(end = memchr(r->text, '\n', r->used)))
		if (!read_more(r, seconds))
			return NULL;
	length = (size_t)(end - r->text);
	memcpy(r->line, r->text, length);
	r->line[length] = '\0';
	r->used -= length + 1;
	memmove(r->text, end + 1, r->used);
	return r->line;
}

int end(struct running *r, int signo)
{
	int status;

	if (signo)
		REQUIRE(!kill(r->pid, signo));
	REQUIRE(waitpid(r->pid, &status, 0) == r->pid);
	return status;
}

int stop(struct running *r, int signo)
{
	int status = end(r, signo);

	close(r->fd);
	return status;
}
