// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "language.h"
#include "words.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

const char *class_word(unsigned int class)
{
	const char *word = avow_policy_class_word(class);

	if (word)
		return word;
	return class == AVOW_SRC_NONE ? "none" : "unknown";
}

const struct bit_word feature_words[] = {
	{ AVOW_FEATURE_INTENT, "intent" },
	{ AVOW_FEATURE_STRICT, "strict" },
	{ AVOW_FEATURE_DYNAMIC, "dynamic" },
	{ AVOW_FEATURE_LOWER, "lower" },
	{ AVOW_FEATURE_LIST, "list" },
	{ AVOW_FEATURE_REFUSALS, "refusals" },
	{ AVOW_FEATURE_SGX2, "sgx2" },
	{ AVOW_FEATURE_CPUID, "cpuid" },
	{ AVOW_FEATURE_SOFTWARE, "software" },
	{ 0, NULL },
};

/* Without PRESENT, which is the rule, and without the history, which has a column. */
const struct bit_word run_state_words[] = {
	{ AVOW_RUN_PENDING, "pending" },
	{ AVOW_RUN_MODIFIED, "modified" },
	{ AVOW_RUN_PR, "restricted" },
	{ AVOW_RUN_MEASURED, "measured" },
	{ AVOW_RUN_DYNAMIC, "dynamic" },
	{ AVOW_RUN_EXPLICIT, "explicit" },
	{ AVOW_RUN_LOWERED, "lowered" },
	{ AVOW_RUN_KEPT, "kept" },
	{ 0, NULL },
};

const struct bit_word state_words[] = {
	{ AVOW_STATE_CREATED, "created" },
	{ AVOW_STATE_INITIALIZED, "initialized" },
	{ AVOW_STATE_DEBUG, "debug" },
	{ 0, NULL },
};

const char *bits_words(const struct bit_word *words, unsigned long long bits, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (; words->word && used < size; words++)
		if (bits & words->bit)
			used += (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "",
						 words->word);
	return text;
}

static bool is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

char *printable(char *text)
{
	char *at;

	for (at = text; at && *at; at++)
		if (is_control(*at))
			*at = '?';
	return text;
}

void print_printable(FILE *to, const char *text)
{
	for (; *text; text++)
		fputc(is_control(*text) ? '?' : *text, to);
}

const char *size_word(unsigned long long bytes, char word[SIZE_SIZE])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	unsigned long long one = 1;
	unsigned int unit = 0;

	while (bytes / one >= 1024 && unit + 1 < COUNT(units)) {
		one *= 1024;
		unit++;
	}
	if (bytes % one)
		snprintf(word, SIZE_SIZE, "%.1f %s", (double)bytes / (double)one, units[unit]);
	else
		snprintf(word, SIZE_SIZE, "%llu %s", bytes / one, units[unit]);
	return word;
}
