// SPDX-License-Identifier: LGPL-2.1-or-later
/* The words for what the ioctls give as numbers. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <libavow.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static const char *pick(const char *const *words, size_t nr, unsigned int i)
{
	return i < nr && words[i] ? words[i] : "unknown";
}

const char *avow_rights_word(__u32 rwx, char word[AVOW_WORD_SIZE])
{
	word[0] = rwx & AVOW_R ? 'R' : '-';
	word[1] = rwx & AVOW_W ? 'W' : '-';
	word[2] = rwx & AVOW_X ? 'X' : '-';
	word[3] = '\0';
	return word;
}

const char *avow_op_word(__u32 op)
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

const char *avow_source_phrase(__u32 source_class)
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

	return pick(phrases, COUNT(phrases), source_class);
}

const char *avow_contract_word(__u32 contract)
{
	static const char *const words[] = {
		[AVOW_COMPAT] = "compat",
		[AVOW_STRICT] = "strict",
	};

	return pick(words, COUNT(words), contract);
}

const char *avow_type_word(__u32 type)
{
	static const char *const words[] = {
		[0] = "-",
		[AVOW_TYPE_TCS] = "TCS",
		[AVOW_TYPE_REG] = "REG",
		[AVOW_TYPE_TRIM] = "TRIM",
	};

	return pick(words, COUNT(words), type);
}

const char *avow_errno_word(int err, char word[AVOW_WORD_SIZE])
{
	const char *name = strerrorname_np(err);

	if (name)
		snprintf(word, AVOW_WORD_SIZE, "%s", name);
	else
		snprintf(word, AVOW_WORD_SIZE, "errno %d", err);
	return word;
}

const char *avow_signal_word(int signo, char word[AVOW_WORD_SIZE])
{
	const char *name = sigabbrev_np(signo);

	if (name)
		snprintf(word, AVOW_WORD_SIZE, "SIG%s", name);
	else
		snprintf(word, AVOW_WORD_SIZE, "signal %d", signo);
	return word;
}
