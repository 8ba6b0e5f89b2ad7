// SPDX-License-Identifier: LGPL-2.1-or-later
/* KTAP, line by line. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fail.h"
#include "ktap.h"

#define INDENT	"  "	/* of one level */

struct ktap_stream *ktap_new(void)
{
	struct ktap_stream *stream = must_alloc(sizeof(*stream));

	stream->plan = -1;
	return stream;
}

void ktap_free(struct ktap_stream *stream)
{
	if (!stream)
		return;
	for (size_t i = 0; i < stream->count; i++) {
		free(stream->results[i].name);
		free(stream->results[i].reason);
		ktap_free(stream->results[i].inner);
	}
	ktap_free(stream->pending);
	free(stream->results);
	free(stream->skip_all);
	free(stream->error);
	free(stream->announced);
	free(stream);
}

static void breach(struct ktap_stream *stream, char *what)
{
	if (stream->error)
		free(what);
	else
		stream->error = what;
}

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t");
}

static bool starts(const char **at, const char *word)
{
	size_t length = strlen(word);

	if (strncasecmp(*at, word, length))
		return false;
	*at += length;
	return true;
}

static void take_plan(struct ktap_stream *stream, const char *line)
{
	char *end;
	long plan = strtol(line + strlen("1.."), &end, 10);
	const char *at = skip_space(end);

	if (end == line + strlen("1..") || plan < 0 || (*at && *at != '#')) {
		breach(stream, must_format("not a plan: %s", line));
		return;
	}
	if (stream->plan >= 0)
		breach(stream, must_format("a second plan: %s", line));
	stream->plan = plan;
	if (*at == '#') {
		at = skip_space(at + 1);
		if (starts(&at, "SKIP"))
			stream->skip_all = must_format("%s", skip_space(at));
	}
}

/* "# RUN  NAME ...": a kselftest names a test here, and not where it skips it. */
static void take_comment(struct ktap_stream *stream, const char *line)
{
	const char *at = skip_space(line + 1);

	if (!starts(&at, "RUN ") || !isblank((unsigned char)*at))
		return;
	at = skip_space(at);
	free(stream->announced);
	stream->announced = must_format("%.*s", (int)strcspn(at, " \t"), at);
}

/* Where the directive starts: a '#' that is not a part of a word. */
static const char *find_directive(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at == '#' && (at == text || isblank((unsigned char)at[-1])))
			return at;
	return text + strlen(text);
}

static struct ktap_result *take_result(struct ktap_stream *stream, const char *line, bool ok)
{
	const char *directive, *at = skip_space(line + strlen(ok ? "ok" : "not ok"));
	struct ktap_result *result;
	int length;

	if (isdigit((unsigned char)*at)) {
		char *end;
		unsigned long number = strtoul(at, &end, 10);

		if (number != stream->count + 1)
			breach(stream, must_format("result %lu where %zu was due", number,
						   stream->count + 1));
		at = skip_space(end);
	} else {
		breach(stream, must_format("a result without a number: %s", line));
	}
	if (*at == '-' && (isblank((unsigned char)at[1]) || !at[1]))
		at = skip_space(at + 1);
	directive = find_directive(at);
	for (length = (int)(directive - at); length && isblank((unsigned char)at[length - 1]);)
		length--;
	stream->results = realloc(stream->results, (stream->count + 1) * sizeof(*result));
	if (!stream->results)
		fail("out of memory");
	result = &stream->results[stream->count++];
	result->outcome = ok ? KTAP_PASS : KTAP_FAIL;
	result->name = length || !stream->announced ? must_format("%.*s", length, at) :
						      must_format("%s", stream->announced);
	at = skip_space(directive + (*directive == '#'));
	if (ok && starts(&at, "SKIP"))
		result->outcome = KTAP_SKIP;
	result->reason = must_format("%s", skip_space(at));
	result->inner = stream->pending;
	stream->pending = NULL;
	return result;
}

static bool is_word(const char *line, const char *word)
{
	size_t length = strlen(word);

	return !strncmp(line, word, length) && (!line[length] || isblank((unsigned char)line[length]));
}

struct ktap_result *ktap_line(struct ktap_stream *stream, const char *line)
{
	struct ktap_result *result = NULL;
	char *copy = must_format("%.*s", (int)strcspn(line, "\r\n"), line);

	if (!strncmp(copy, INDENT, strlen(INDENT))) {
		if (!stream->pending)
			stream->pending = ktap_new();
		ktap_line(stream->pending, copy + strlen(INDENT));
	} else if (!strncmp(copy, "1..", 3)) {
		take_plan(stream, copy);
	} else if (is_word(copy, "ok")) {
		result = take_result(stream, copy, true);
	} else if (is_word(copy, "not ok")) {
		result = take_result(stream, copy, false);
	} else if (!strncmp(copy, "Bail out!", 9)) {
		breach(stream, must_format("it bailed out:%s", copy + strlen("Bail out!")));
	} else if (*copy == '#') {
		take_comment(stream, copy);
	}
	free(copy);
	return result;
}

enum ktap_outcome ktap_result_verdict(const struct ktap_result *result, char *why, size_t size)
{
	enum ktap_outcome outcome = result->outcome;

	snprintf(why, size, "%s", result->reason);
	if (result->inner && outcome != KTAP_FAIL) {
		char inside[256];
		enum ktap_outcome inner = ktap_verdict(result->inner, inside, sizeof(inside));
		bool silent = result->inner->plan < 0 && !result->inner->count &&
			      !result->inner->error;

		/* A test that is skipped as a whole need not print anything. */
		if (inner == KTAP_FAIL && !(silent && outcome == KTAP_SKIP)) {
			snprintf(why, size, "%s", inside);
			return KTAP_FAIL;
		}
		if (inner == KTAP_SKIP && outcome == KTAP_PASS) {
			snprintf(why, size, "%s", inside);
			return KTAP_SKIP;
		}
	}
	return outcome;
}

enum ktap_outcome ktap_verdict(const struct ktap_stream *stream, char *why, size_t size)
{
	size_t failed = 0, skipped = 0;
	char one[256];

	*why = '\0';
	for (size_t i = 0; i < stream->count; i++) {
		enum ktap_outcome outcome =
			ktap_result_verdict(&stream->results[i], one, sizeof(one));

		failed += outcome == KTAP_FAIL;
		skipped += outcome == KTAP_SKIP;
	}
	if (stream->error)
		snprintf(why, size, "%s", stream->error);
	else if (stream->plan < 0)
		snprintf(why, size, "no plan");
	else if (!stream->plan && stream->skip_all && !stream->count)
		snprintf(why, size, "%s", stream->skip_all);
	else if (!stream->plan)
		snprintf(why, size, "no tests");
	else if (stream->count != (size_t)stream->plan)
		snprintf(why, size, "%zu results of %ld planned", stream->count, stream->plan);
	else if (failed)
		snprintf(why, size, "%zu of %zu failed", failed, stream->count);
	else if (skipped == stream->count)
		snprintf(why, size, "%s", stream->results[0].reason);
	else
		return KTAP_PASS;
	/* Only these two ways of not passing are no failure. */
	if (stream->error || failed)
		return KTAP_FAIL;
	if (stream->skip_all && !stream->plan && !stream->count)
		return KTAP_SKIP;
	return stream->plan > 0 && stream->count == (size_t)stream->plan ? KTAP_SKIP : KTAP_FAIL;
}

const char *ktap_word(enum ktap_outcome outcome)
{
	static const char *const words[] = {
		[KTAP_PASS] = "pass", [KTAP_FAIL] = "fail", [KTAP_SKIP] = "skip",
	};

	return words[outcome];
}
