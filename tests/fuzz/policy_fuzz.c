// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Any bytes as a policy: read, compiled, printed, and what was printed read again. The input
 * is the main file; what follows a byte 0x1c are the files that it can include as "a", "b", ...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "language.h"

#define SEPARATOR	0x1c
#define FILES		8

struct input {
	const char *bytes[FILES];
	size_t size[FILES];
	size_t nr;
};

static void split(struct input *input, const char *bytes, size_t size)
{
	*input = (struct input){ 0 };
	while (input->nr < FILES) {
		const char *end = memchr(bytes, SEPARATOR, size);
		size_t length = end && input->nr + 1 < FILES ? (size_t)(end - bytes) : size;

		input->bytes[input->nr] = bytes;
		input->size[input->nr++] = length;
		if (length == size)
			return;
		bytes += length + 1;
		size -= length + 1;
	}
}

/* A copy of its own for each, so that the sanitizer sees where it ends. */
static int read_input(void *context, const char *path, char **bytes, size_t *size, char **identity)
{
	const struct input *input = context;
	size_t i = strcmp(path, "main") ? (size_t)(unsigned char)path[0] - 'a' + 1 : 0;

	if (i >= input->nr || (i && path[1]))
		return -ENOENT;
	*size = input->size[i];
	*bytes = malloc(*size ? *size : 1);
	*identity = strdup(path);
	MUST(*bytes && *identity);
	if (*size)
		memcpy(*bytes, input->bytes[i], *size);
	return 0;
}

/* Names with a 'u' are unknown, those with a 'z' cannot be resolved. */
static enum avow_policy_resolved resolve(void *context, enum avow_entry_kind kind, const char *name,
					 struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	uint32_t hash = 2166136261U;
	const char *at;

	(void)context;
	MUST(*name);
	for (at = name; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619U;
	snprintf(why, AVOW_POLICY_WHY_SIZE, "the fuzzer does not know it");
	if (kind == AVOW_ENTRY_USER || kind == AVOW_ENTRY_GROUP)
		entry->arg = hash;
	else
		entry->words[kind == AVOW_ENTRY_CGROUP ? 0 : 1] = (uint64_t)hash | 1ULL << 32;
	return strchr(name, 'z') ? AVOW_POLICY_UNRESOLVED :
	       strchr(name, 'u') ? AVOW_POLICY_DOUBTFUL : AVOW_POLICY_RESOLVED;
}

static const struct avow_policy_resolver resolver = { .resolve = resolve };

static bool is_tame(const char *text)
{
	for (; *text; text++)
		if (((unsigned char)*text < ' ' && *text != '\t') || *text == 0x7f)
			return false;
	return true;
}

static void check_errors(const struct avow_policy_errors *errors)
{
	size_t i;

	MUST(!errors->no_memory);
	for (i = 0; i < errors->nr; i++) {
		const struct avow_policy_error *error = &errors->list[i];

		MUST(*error->place.file && *error->message);
		MUST(is_tame(error->place.source) && is_tame(error->word) && is_tame(error->message));
		MUST(!error->place.line || error->place.column);
		MUST(error->place.width || !*error->word || !error->place.line);
	}
}

/* Some request; each gets an answer, since there is a default. */
static void check_answers(const struct avow_policy *policy, const uint8_t *bytes, size_t size)
{
	static const uint64_t events[] = { FACT_LOAD, FACT_MAP, FACT_INIT };
	struct avow_facts facts = { 0 };
	size_t i;

	memcpy(&facts, bytes, size < sizeof(facts) ? size : sizeof(facts));
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		facts.bits = (facts.bits & FACT_KNOWN & ~(FACT_LOAD | FACT_MAP | FACT_INIT)) | events[i];
		MUST(avow_answer_action(avow_policy_evaluate(policy, &facts)));
	}
}

static struct avow_policy_text *read_again(const char *printed, struct avow_policy *policy)
{
	struct input input = { .bytes = { printed }, .size = { strlen(printed) }, .nr = 1 };
	struct avow_policy_reader reader = { .context = &input, .read = read_input };
	static struct avow_policy_errors errors;
	struct avow_policy_text *text = avow_policy_read(&reader, "main", &errors);

	MUST(text);
	MUST(avow_policy_compile(text, &resolver, policy, &errors));
	avow_policy_errors_free(&errors);
	return text;
}

static void check_round_trip(const struct avow_policy_text *text, const struct avow_policy *policy)
{
	static struct avow_policy again;
	char *printed = avow_policy_print(text), *twice;
	struct avow_policy_text *second;

	MUST(printed);
	second = read_again(printed, &again);
	MUST(!memcmp(policy, &again, sizeof(again)));
	twice = avow_policy_print(second);
	MUST(twice && !strcmp(printed, twice));
	free(twice);
	free(printed);
	avow_policy_text_free(second);
}

/* Canonical text may be longer than a line may be. */
static bool fits_lines(const struct avow_policy_text *text)
{
	const struct avow_policy_statement *statement;

	for (statement = text->first; statement; statement = statement->next)
		if (strlen(statement->line) > 4096)
			return false;
	return true;
}

static void check_policy(const struct avow_policy_text *text, const struct avow_policy *policy)
{
	MUST(avow_policy_wellformed(policy));
	MUST(policy->nr_rules == text->nr);
	MUST(avow_policy_statement_at(text, text->nr) && !avow_policy_statement_at(text, text->nr + 1));
	if (fits_lines(text))
		check_round_trip(text, policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static struct avow_policy_errors errors;
	static struct avow_policy policy;
	struct avow_policy_text *text;
	struct avow_policy_reader reader;
	struct input input;

	split(&input, (const char *)bytes, size);
	reader = (struct avow_policy_reader){ .context = &input, .read = read_input };
	text = avow_policy_read(&reader, "main", &errors);
	MUST(!text == !!errors.nr_errors);
	if (text && avow_policy_compile(text, &resolver, &policy, &errors)) {
		MUST(!errors.nr_errors);
		check_policy(text, &policy);
		check_answers(&policy, bytes, size);
	} else {
		MUST(errors.nr_errors);
	}
	check_errors(&errors);
	avow_policy_text_free(text);
	avow_policy_errors_free(&errors);
	return 0;
}
