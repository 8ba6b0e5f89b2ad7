// SPDX-License-Identifier: LGPL-2.1-or-later
/* The local mode: a test program of this machine, which prints KTAP or TAP. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "suite.h"

extern char **environ;

struct local {
	struct report report;
	struct ktap_stream *stream;
	unsigned int streams;	/* that have begun */
};

static void finish_stream(struct local *local)
{
	const struct ktap_stream *stream = local->stream;
	char why[512];

	/* Failed results have lines of their own; what is left is the format. */
	ktap_verdict(stream, why, sizeof(why));
	if (stream->error || stream->plan != (long)stream->count || !stream->count)
		report_line(&local->report, KTAP_FAIL, "results", why);
	ktap_free(local->stream);
	local->stream = NULL;
}

/* A make target may run several programs, each with a stream of its own. */
static bool begins_stream(const struct local *local, const char *line)
{
	bool version = !strncmp(line, "TAP version", 11) || !strncmp(line, "KTAP version", 12);
	bool plan = !strncmp(line, "1..", 3) && line[3] >= '0' && line[3] <= '9';
	bool result = !strncmp(line, "ok ", 3) || !strncmp(line, "not ok ", 7);

	if (!local->stream)
		return version || plan || result;
	return version ? local->stream->plan >= 0 || local->stream->count :
	       plan && local->stream->plan >= 0;
}

static void take_line(struct local *local, const char *line)
{
	struct ktap_result *result;

	if (begins_stream(local, line)) {
		if (local->stream)
			finish_stream(local);
		local->stream = ktap_new();
		local->streams++;
	}
	result = local->stream ? ktap_line(local->stream, line) : NULL;
	if (result)
		report_result(&local->report, result);
}

static pid_t start(char **argv, FILE **output)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		fail("pipe: %s", strerror(errno));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error)
		fail("cannot run %s: %s", argv[0], strerror(error));
	close(ends[1]);
	*output = fdopen(ends[0], "r");
	if (!*output)
		fail("out of memory");
	return pid;
}

int local_run(const struct options *options)
{
	struct local local = { .report.options = options };
	char *line = NULL, *kept = NULL, *why;
	size_t size = 0, kept_size = 0;
	FILE *output, *keep = open_memstream(&kept, &kept_size);
	pid_t pid = start(options->argv, &output);
	int status;

	while (keep && getline(&line, &size, output) > 0) {
		fputs(line, keep);
		take_line(&local, line);
	}
	free(line);
	fclose(output);
	if (waitpid(pid, &status, 0) != pid)
		fail("waiting for %s: %s", options->argv[0], strerror(errno));
	if (local.stream)
		finish_stream(&local);
	if (!local.streams)
		report_line(&local.report, KTAP_FAIL, "results", "there are none");
	if (status && !local.report.failed) {
		why = must_format("it ended with status %#x and no failed test", status);
		report_line(&local.report, KTAP_FAIL, "end", why);
		free(why);
	}
	/* All that it said but what went well. */
	if (keep && !fclose(keep) && local.report.failed)
		for (char *rest, *at = strtok_r(kept, "\n", &rest); at;
		     at = strtok_r(NULL, "\n", &rest))
			if (strncmp(at, "ok ", 3))
				printf("   | %s\n", at);
	free(kept);
	report_totals(&local.report);
	return local.report.failed != 0;
}
