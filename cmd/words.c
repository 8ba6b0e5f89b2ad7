// SPDX-License-Identifier: LGPL-2.1-or-later
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "language.h"
#include "words.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char *pick(const char *const *words, size_t nr, unsigned int i)
{
	return i < nr && words[i] ? words[i] : "unknown";
}

const char *rights_word(unsigned int rwx, char word[RIGHTS_SIZE])
{
	word[0] = rwx & AVOW_R ? 'R' : '-';
	word[1] = rwx & AVOW_W ? 'W' : '-';
	word[2] = rwx & AVOW_X ? 'X' : '-';
	word[3] = '\0';
	return word;
}

const char *op_word(unsigned int op)
{
	static const char *const words[] = {
		[AVOW_OP_CREATE] = "CREATE",
		[AVOW_OP_ADD_PAGES] = "ADD_PAGES",
		[AVOW_OP_INIT] = "INIT",
		[AVOW_OP_RESTRICT] = "RESTRICT_PERMISSIONS",
		[AVOW_OP_MODIFY_TYPES] = "MODIFY_TYPES",
		[AVOW_OP_REMOVE_PAGES] = "REMOVE_PAGES",
		[AVOW_OP_SET_CONTRACT] = "SET_CONTRACT",
		[AVOW_OP_DECLARE_DYNAMIC] = "DECLARE_DYNAMIC",
		[AVOW_OP_LOWER_INTENT] = "LOWER_INTENT",
		[AVOW_OP_MMAP] = "mmap()",
		[AVOW_OP_MPROTECT] = "mprotect()",
		[AVOW_OP_MREMAP] = "mremap()",
		[AVOW_OP_FAULT] = "access",
		[AVOW_OP_DEBUG_ACCESS] = "debug access",
		[AVOW_OP_PROVISION] = "PROVISION",
	};

	return pick(words, COUNT(words), op);
}

const char *class_word(unsigned int class)
{
	const char *word = avow_policy_class_word(class);

	if (word)
		return word;
	return class == AVOW_SRC_NONE ? "none" : "unknown";
}

const char *class_phrase(unsigned int class)
{
	static const char *const phrases[] = {
		[AVOW_SRC_NONE] = "no source",
		[AVOW_SRC_FILE_EXEC] = "a file mapped executable, unmodified",
		[AVOW_SRC_FILE_NOEXEC] = "a file mapped without execute, unmodified",
		[AVOW_SRC_FILE_WRITTEN] = "a private mapping of a file that was written to",
		[AVOW_SRC_FILE_SHARED_W] = "a shared mapping of a file that may be written",
		[AVOW_SRC_SHMEM] = "memory without a file: memfd or shared memory",
		[AVOW_SRC_ANON] = "anonymous memory",
		[AVOW_SRC_OTHER] = "a device or special mapping",
	};

	return pick(phrases, COUNT(phrases), class);
}

const char *contract_word(unsigned int contract)
{
	static const char *const words[] = {
		[AVOW_COMPAT] = "compat",
		[AVOW_STRICT] = "strict",
	};

	return pick(words, COUNT(words), contract);
}

const char *type_word(unsigned int type)
{
	static const char *const words[] = { [0] = "-", [1] = "TCS", [2] = "REG", [4] = "TRIM" };

	return pick(words, COUNT(words), type);
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

const char *errno_word(int err, char word[ERRNO_SIZE])
{
	const char *name = strerrorname_np(err);

	if (name)
		snprintf(word, ERRNO_SIZE, "%s", name);
	else
		snprintf(word, ERRNO_SIZE, "errno %d", err);
	return word;
}

const char *signal_word(int signo, char word[SIGNAL_SIZE])
{
	const char *name = sigabbrev_np(signo);

	if (name)
		snprintf(word, SIGNAL_SIZE, "SIG%s", name);
	else
		snprintf(word, SIGNAL_SIZE, "signal %d", signo);
	return word;
}

char *printable(char *text)
{
	char *at;

	for (at = text; at && *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	return text;
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
