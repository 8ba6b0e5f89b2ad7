// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>

#include "grammar.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

const struct avow_policy_word avow_policy_actions[] = {
	{ "allow", AVOW_ACTION_ALLOW },
	{ "deny", AVOW_ACTION_DENY },
	{ "audit", AVOW_ACTION_AUDIT },
	{ NULL, 0 },
};

const struct avow_policy_word avow_policy_events[] = {
	{ "load", FACT_LOAD },
	{ "map", FACT_MAP },
	{ "init", FACT_INIT },
	{ NULL, 0 },
};

const struct avow_policy_word avow_policy_classes[] = {
	{ "file-exec", FACT_CLASS(AVOW_SRC_FILE_EXEC) },
	{ "file-noexec", FACT_CLASS(AVOW_SRC_FILE_NOEXEC) },
	{ "file-written", FACT_CLASS(AVOW_SRC_FILE_WRITTEN) },
	{ "file-shared-writable", FACT_CLASS(AVOW_SRC_FILE_SHARED_W) },
	{ "shmem", FACT_CLASS(AVOW_SRC_SHMEM) },
	{ "anonymous", FACT_CLASS(AVOW_SRC_ANON) },
	{ "other", FACT_CLASS(AVOW_SRC_OTHER) },
	{ NULL, 0 },
};

const struct avow_policy_word avow_policy_rights[] = {
	{ "r", AVOW_R },
	{ "w", AVOW_W },
	{ "x", AVOW_X },
	{ "rw", AVOW_R | AVOW_W },
	{ "rx", AVOW_R | AVOW_X },
	{ "wx", AVOW_W | AVOW_X },
	{ "rwx", AVOW_RWX },
	{ "none", 0 },
	{ NULL, 0 },
};

const struct avow_policy_word avow_policy_histories[] = {
	{ "w", FACT_EVER_W },
	{ "x", FACT_EVER_X },
	{ "wx", FACT_EVER_W | FACT_EVER_X },
	{ NULL, 0 },
};

const struct avow_policy_word avow_policy_mounts[] = {
	{ "noexec", FACT_MOUNT_NOEXEC },
	{ "nosuid", FACT_MOUNT_NOSUID },
	{ NULL, 0 },
};

const struct avow_policy_word avow_policy_modes[] = {
	{ "setuid", FACT_FILE_SETUID },
	{ "setgid", FACT_FILE_SETGID },
	{ NULL, 0 },
};

#define ANY_EVENT	(FACT_LOAD | FACT_MAP | FACT_INIT)

#define RIGHTS_FORM(name, event, how) \
	{ .subject = name, .events = event, .relation = how, .type = TYPE_RIGHTS, .words = avow_policy_rights }
#define BITS_FORM(name, event, how, list) \
	{ .subject = name, .events = event, .relation = how, .type = TYPE_BITS, .words = list }
#define FLAG_FORM(name, event, how, bit) \
	{ .subject = name, .events = event, .relation = how, .bits = bit }
#define IDENTITY_FORM(name, event, how, what, entry) \
	{ .subject = name, .events = event, .relation = how, .type = what, .kind = entry, .negatable = true }

const struct avow_policy_form avow_policy_forms[] = {
	RIGHTS_FORM("intent", FACT_LOAD, RELATION_HAS),
	RIGHTS_FORM("intent", FACT_LOAD, RELATION_LACKS),
	RIGHTS_FORM("intent", FACT_LOAD, RELATION_IS),
	RIGHTS_FORM("intent", FACT_LOAD, RELATION_WITHIN),
	{ .subject = "source", .events = FACT_LOAD, .relation = RELATION_IS, .type = TYPE_CLASS, .negatable = true },
	FLAG_FORM("measured", FACT_LOAD | FACT_INIT, RELATION_HOLDS, FACT_MEASURED),
	FLAG_FORM("unmeasured", FACT_LOAD | FACT_INIT, RELATION_LACKS_IT, FACT_MEASURED),
	IDENTITY_FORM("file", FACT_LOAD, RELATION_IS, TYPE_PATH, AVOW_ENTRY_FILE),
	IDENTITY_FORM("file", FACT_LOAD, RELATION_UNDER, TYPE_PATH, AVOW_ENTRY_UNDER),
	BITS_FORM("file", FACT_LOAD, RELATION_HAS, avow_policy_modes),
	BITS_FORM("file", FACT_LOAD, RELATION_LACKS, avow_policy_modes),
	FLAG_FORM("verity", FACT_LOAD, RELATION_HOLDS, FACT_FILE_VERITY),
	IDENTITY_FORM("verity", FACT_LOAD, RELATION_IS, TYPE_DIGEST, AVOW_ENTRY_VERITY),
	IDENTITY_FORM("filesystem", FACT_LOAD, RELATION_IS, TYPE_NAME, AVOW_ENTRY_FILESYSTEM),
	BITS_FORM("mount", FACT_LOAD, RELATION_HAS, avow_policy_mounts),
	BITS_FORM("mount", FACT_LOAD, RELATION_LACKS, avow_policy_mounts),
	RIGHTS_FORM("prot", FACT_MAP, RELATION_HAS),
	RIGHTS_FORM("prot", FACT_MAP, RELATION_LACKS),
	RIGHTS_FORM("prot", FACT_MAP, RELATION_IS),
	RIGHTS_FORM("prot", FACT_MAP, RELATION_WITHIN),
	BITS_FORM("history", FACT_MAP, RELATION_HAS, avow_policy_histories),
	BITS_FORM("history", FACT_MAP, RELATION_LACKS, avow_policy_histories),
	FLAG_FORM("debug", FACT_INIT, RELATION_HOLDS, FACT_DEBUG),
	FLAG_FORM("production", FACT_INIT, RELATION_LACKS_IT, FACT_DEBUG),
	FLAG_FORM("provision", FACT_INIT, RELATION_HOLDS, FACT_PROVISION),
	IDENTITY_FORM("signer", FACT_INIT, RELATION_IS, TYPE_HEX, AVOW_ENTRY_SIGNER),
	IDENTITY_FORM("enclave", FACT_INIT, RELATION_IS, TYPE_HEX, AVOW_ENTRY_ENCLAVE),
	IDENTITY_FORM("product", FACT_INIT, RELATION_IS, TYPE_NUMBER, AVOW_ENTRY_PRODUCT),
	{ .subject = "svn", .events = FACT_INIT, .relation = RELATION_AT_LEAST, .type = TYPE_SVN },
	IDENTITY_FORM("program", ANY_EVENT, RELATION_IS, TYPE_PATH, AVOW_ENTRY_PROGRAM),
	IDENTITY_FORM("user", ANY_EVENT, RELATION_IS, TYPE_ID, AVOW_ENTRY_USER),
	IDENTITY_FORM("group", ANY_EVENT, RELATION_IS, TYPE_ID, AVOW_ENTRY_GROUP),
	IDENTITY_FORM("cgroup", ANY_EVENT, RELATION_UNDER, TYPE_PATH, AVOW_ENTRY_CGROUP),
	{ .subject = NULL },
};

static const char *const other_words[] = {
	"include", "default", "unless", "or", "has", "lacks", "is", "not", "within", "under", "at", "least",
};

const struct avow_policy_form *avow_policy_subject(const char *word)
{
	const struct avow_policy_form *form;

	for (form = avow_policy_forms; form->subject; form++)
		if (!strcmp(form->subject, word))
			return form;
	return NULL;
}

const struct avow_policy_word *avow_policy_find_word(const struct avow_policy_word *words, const char *word)
{
	for (; words->word; words++)
		if (!strcmp(words->word, word))
			return words;
	return NULL;
}

const char *avow_policy_word_of(const struct avow_policy_word *words, uint64_t bits)
{
	for (; words->word; words++)
		if (words->bits == bits)
			return words->word;
	return "";
}

bool avow_policy_reserved(const char *word)
{
	size_t i;

	for (i = 0; i < COUNT(other_words); i++)
		if (!strcmp(other_words[i], word))
			return true;
	return avow_policy_subject(word) || avow_policy_find_word(avow_policy_actions, word) ||
	       avow_policy_find_word(avow_policy_events, word);
}

const char *avow_policy_relation_words(enum avow_policy_relation relation)
{
	static const char *const words[] = {
		[RELATION_HOLDS] = "",
		[RELATION_LACKS_IT] = "",
		[RELATION_HAS] = "has",
		[RELATION_LACKS] = "lacks",
		[RELATION_IS] = "is",
		[RELATION_WITHIN] = "within",
		[RELATION_UNDER] = "under",
		[RELATION_AT_LEAST] = "at least",
	};

	return words[relation];
}

/* ---- lists ---- */

static void append(struct avow_policy_list *list, const char *text)
{
	size_t length = strlen(text);

	if (length >= sizeof(list->text) - list->length)
		return;
	memcpy(list->text + list->length, text, length + 1);
	list->length += length;
}

void avow_policy_list_add(struct avow_policy_list *list, const char *word)
{
	if (list->length)
		append(list, ", ");
	list->last = list->length;
	append(list, word);
}

void avow_policy_list_add_words(struct avow_policy_list *list, const struct avow_policy_word *words)
{
	for (; words->word; words++)
		avow_policy_list_add(list, words->word);
}

void avow_policy_list_add_subjects(struct avow_policy_list *list, uint64_t events)
{
	const struct avow_policy_form *form;
	const char *before = "";

	for (form = avow_policy_forms; form->subject; form++) {
		if ((form->events & events) && strcmp(form->subject, before))
			avow_policy_list_add(list, form->subject);
		before = form->subject;
	}
}

const char *avow_policy_list_end(struct avow_policy_list *list)
{
	char last[sizeof(list->text)];

	if (list->last > 2) {
		memcpy(last, list->text + list->last, sizeof(last) - list->last);
		list->length = list->last - 2;
		append(list, " or ");
		append(list, last);
		list->last = 0;
	}
	return list->text;
}
