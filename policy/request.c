// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dry.h"
#include "parser.h"
#include "request.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define NOBODY		0xffffffffU	/* no user or group has it */

/* What is being read. */
struct request {
	struct avow_policy_dry *dry;
	struct avow_policy_arena arena;
	struct avow_facts *facts;
	uint64_t event;
	uint64_t given;		/* facts of the table that were, a bit each */
	char *why;
};

/* A fact that is no condition of the language under the same name, or not with the same values. */
static const struct fact {
	const char *name;
	uint64_t events;
	enum avow_policy_relation relation;	/* of the form that has its values */
	uint64_t bit;				/* or yes and no */
} table[] = {
	{ "intent", FACT_LOAD, RELATION_IS, 0 },
	{ "source", FACT_LOAD, RELATION_IS, 0 },
	{ "measured", FACT_LOAD | FACT_INIT, RELATION_HOLDS, FACT_MEASURED },
	{ "file", FACT_LOAD, RELATION_IS, 0 },
	{ "setuid", FACT_LOAD, RELATION_HOLDS, FACT_FILE_SETUID },
	{ "setgid", FACT_LOAD, RELATION_HOLDS, FACT_FILE_SETGID },
	{ "verity", FACT_LOAD, RELATION_IS, 0 },
	{ "filesystem", FACT_LOAD, RELATION_IS, 0 },
	{ "mount", FACT_LOAD, RELATION_HAS, 0 },
	{ "prot", FACT_MAP, RELATION_IS, 0 },
	{ "history", FACT_MAP, RELATION_HAS, 0 },
	{ "debug", FACT_INIT, RELATION_HOLDS, FACT_DEBUG },
	{ "provision", FACT_INIT, RELATION_HOLDS, FACT_PROVISION },
	{ "signer", FACT_INIT, RELATION_IS, 0 },
	{ "enclave", FACT_INIT, RELATION_IS, 0 },
	{ "product", FACT_INIT, RELATION_IS, 0 },
	{ "svn", FACT_INIT, RELATION_AT_LEAST, 0 },
	{ "program", FACT_LOAD | FACT_MAP | FACT_INIT, RELATION_IS, 0 },
	{ "user", FACT_LOAD | FACT_MAP | FACT_INIT, RELATION_IS, 0 },
	{ "group", FACT_LOAD | FACT_MAP | FACT_INIT, RELATION_IS, 0 },
	{ "cgroup", FACT_LOAD | FACT_MAP | FACT_INIT, RELATION_UNDER, 0 },
};

static bool refuse(struct request *request, const char *word, const char *what, const char *list)
{
	snprintf(request->why, AVOW_POLICY_REQUEST_WHY, "'%s': %s%s", word, what, list);
	return false;
}

/* ---- values to facts ---- */

static bool no_memory(struct request *request, const char *word)
{
	return refuse(request, word, "no memory", "");
}

static bool set_file(struct request *request, const char *path, struct avow_file_id *id, bool dirs)
{
	char *canonical = avow_policy_dry_canonical(path), *slash;
	struct avow_facts *facts = request->facts;

	if (!canonical)
		return no_memory(request, path);
	id->ino = avow_policy_dry_number(request->dry, DRY_FILES, canonical, strlen(canonical));
	while (dirs && facts->nr_dirs < AVOW_DIRS_MAX && (slash = strrchr(canonical, '/')) && slash[1]) {
		/* The root directory keeps its slash. */
		slash[slash == canonical] = '\0';
		facts->dirs[facts->nr_dirs++].ino =
			avow_policy_dry_number(request->dry, DRY_FILES, canonical, strlen(canonical));
	}
	free(canonical);
	return true;
}

static bool set_cgroups(struct request *request, const char *path)
{
	struct avow_facts *facts = request->facts;
	size_t length = strlen(path);

	while (length && facts->nr_cgroups < AVOW_CGROUPS_MAX) {
		facts->cgroups[facts->nr_cgroups++] =
			avow_policy_dry_number(request->dry, DRY_CGROUPS, path, length);
		if (length == 1)
			break;
		while (path[--length] != '/')
			;
		length += !length;
	}
	return true;
}

static bool set_id(struct request *request, const struct avow_policy_form *form, const struct avow_policy_value *value,
		   u32 *id)
{
	struct avow_policy_resolver resolver = avow_policy_dry_resolver(request->dry);
	char why[AVOW_POLICY_WHY_SIZE];
	struct avow_entry entry = { 0 };

	if (value->is_number) {
		*id = value->number;
		return true;
	}
	if (resolver.resolve(resolver.context, form->kind, value->text, &entry, why) == AVOW_POLICY_UNRESOLVED)
		return refuse(request, value->text, why, "");
	*id = entry.arg;
	return true;
}

static bool set_identity(struct request *request, const struct avow_policy_form *form,
			 const struct avow_policy_value *value)
{
	struct avow_facts *facts = request->facts;

	switch (form->kind) {
	case AVOW_ENTRY_FILE:
		return set_file(request, value->text, &facts->file, true);
	case AVOW_ENTRY_PROGRAM:
		return set_file(request, value->text, &facts->program, false);
	case AVOW_ENTRY_CGROUP:
		return set_cgroups(request, value->text);
	case AVOW_ENTRY_USER:
		return set_id(request, form, value, &facts->uid);
	case AVOW_ENTRY_GROUP:
		return set_id(request, form, value, &facts->gid);
	case AVOW_ENTRY_VERITY:
		facts->bits |= FACT_FILE_VERITY;
		facts->verity_algorithm = value->number;
		memcpy(facts->verity, value->bytes, sizeof(facts->verity));
		break;
	case AVOW_ENTRY_FILESYSTEM:
		memcpy(facts->filesystem, value->text, strlen(value->text));
		break;
	case AVOW_ENTRY_SIGNER:
		memcpy(facts->mrsigner, value->bytes, sizeof(facts->mrsigner));
		break;
	case AVOW_ENTRY_ENCLAVE:
		memcpy(facts->mrenclave, value->bytes, sizeof(facts->mrenclave));
		break;
	default:
		facts->isvprodid = (u16)value->number;
		break;
	}
	return true;
}

static bool set_value(struct request *request, const struct avow_policy_form *form,
		      const struct avow_policy_value *value)
{
	switch (form->type) {
	case TYPE_RIGHTS:
		request->facts->bits |= value->bits << FACT_RIGHTS_SHIFT;
		return true;
	case TYPE_BITS:
	case TYPE_CLASS:
		request->facts->bits |= value->bits;
		return true;
	case TYPE_SVN:
		request->facts->isvsvn = (u16)value->number;
		return true;
	default:
		return set_identity(request, form, value);
	}
}

/* ---- NAME=VALUE ---- */

static const struct avow_policy_form *form_of(const struct fact *fact)
{
	const struct avow_policy_form *form = avow_policy_subject(fact->name);

	while (form->relation != fact->relation)
		form++;
	return form;
}

static bool read_value(struct request *request, const struct fact *fact, const char *text)
{
	const struct avow_policy_form *form = form_of(fact);
	struct avow_policy_value value = { 0 };
	struct avow_policy_list why = { 0 };

	if (!*text || !avow_policy_value_read(&request->arena, form, text, false, &value, &why)) {
		if (form->type == TYPE_BITS)
			avow_policy_list_add(&why, "none");
		return refuse(request, *text ? text : fact->name, "expected ",
			      why.length ? avow_policy_list_end(&why) : "a name");
	}
	return set_value(request, form, &value);
}

/* "noexec,nosuid" or "none" */
static bool read_bits(struct request *request, const struct fact *fact, const char *text)
{
	const char *comma;
	char *word;

	if (!strcmp(text, "none"))
		return true;
	for (;;) {
		comma = strchr(text, ',');
		word = avow_policy_arena_copy(&request->arena, text, comma ? (size_t)(comma - text) : strlen(text));
		if (!word)
			return no_memory(request, text);
		if (!read_value(request, fact, word))
			return false;
		if (!comma)
			return true;
		text = comma + 1;
	}
}

static bool read_yes_no(struct request *request, const struct fact *fact, const char *text)
{
	if (!strcmp(text, "yes"))
		request->facts->bits |= fact->bit;
	else if (strcmp(text, "no"))
		return refuse(request, *text ? text : fact->name, "expected yes or no", "");
	return true;
}

static const char *facts_of(uint64_t event, struct avow_policy_list *list)
{
	size_t i;

	for (i = 0; i < COUNT(table); i++)
		if (table[i].events & event)
			avow_policy_list_add(list, table[i].name);
	return avow_policy_list_end(list);
}

static bool wrong_name(struct request *request, const char *name, const struct fact *fact)
{
	struct avow_policy_list list = { 0 };
	char belongs[64] = "expected ";
	const char *events = "";

	if (fact) {
		events = fact->events == (FACT_LOAD | FACT_INIT) ? "load and init" :
			 avow_policy_word_of(avow_policy_events, fact->events);
		snprintf(belongs, sizeof(belongs), "belongs to %s; expected ", events);
	}
	return refuse(request, name, belongs, facts_of(request->event, &list));
}

static bool read_fact(struct request *request, const char *given)
{
	const char *equals = strchr(given, '=');
	char *name = avow_policy_arena_copy(&request->arena, given, equals ? (size_t)(equals - given) : strlen(given));
	size_t i;

	if (!name)
		return no_memory(request, given);
	for (i = 0; i < COUNT(table); i++)
		if (!strcmp(table[i].name, name))
			break;
	if (i == COUNT(table) || !(table[i].events & request->event))
		return wrong_name(request, name, i == COUNT(table) ? NULL : &table[i]);
	if (!equals)
		return refuse(request, name, "expected = and a value behind it", "");
	if (request->given & 1ULL << i)
		return refuse(request, name, "given twice", "");
	request->given |= 1ULL << i;
	if (table[i].bit)
		return read_yes_no(request, &table[i], equals + 1);
	if (form_of(&table[i])->type == TYPE_BITS)
		return read_bits(request, &table[i], equals + 1);
	return read_value(request, &table[i], equals + 1);
}

/* ---- the request as a whole ---- */

static bool was_given(const struct request *request, const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(table); i++)
		if (!strcmp(table[i].name, name))
			return request->given & 1ULL << i;
	return false;
}

/* Nobody asks such a thing, or the kernel refuses it before it asks. */
static bool check_load(struct request *request)
{
	static const char *const of_files[] = { "file", "setuid", "setgid", "verity", "filesystem", "mount" };
	uint64_t bits = request->facts->bits;
	size_t i;

	if (!was_given(request, "intent") || !was_given(request, "source"))
		return refuse(request, "load", "what is loaded? intent=... and source=... are missing", "");
	if ((bits & FACT_W) && !(bits & FACT_R))
		return refuse(request, "intent", "the kernel refuses w without r before any policy (R1.3)", "");
	for (i = 0; i < COUNT(of_files); i++)
		if ((bits & FACT_CLASS(AVOW_SRC_ANON)) && was_given(request, of_files[i]))
			return refuse(request, of_files[i], "anonymous memory has no file", "");
	return true;
}

static bool read_request(struct request *request, const char *event, char *const *given, size_t nr)
{
	const struct avow_policy_word *word = avow_policy_find_word(avow_policy_events, event);
	struct avow_policy_list list = { 0 };
	size_t i;

	if (!word) {
		avow_policy_list_add_words(&list, avow_policy_events);
		return refuse(request, event, "expected ", avow_policy_list_end(&list));
	}
	request->event = word->bits;
	*request->facts = (struct avow_facts){ .bits = word->bits, .uid = NOBODY, .gid = NOBODY };
	for (i = 0; i < nr; i++)
		if (!read_fact(request, given[i]))
			return false;
	if (request->event == FACT_LOAD)
		return check_load(request);
	if (request->event == FACT_MAP && !was_given(request, "prot"))
		return refuse(request, event, "with which rights? prot=... is missing", "");
	return true;
}

bool avow_policy_request(struct avow_policy_dry *dry, const char *event, char *const *given, size_t nr,
			 struct avow_facts *facts, char why[AVOW_POLICY_REQUEST_WHY])
{
	struct request request = { .dry = dry, .facts = facts, .why = why };
	bool good = read_request(&request, event, given, nr);

	avow_policy_arena_free(&request.arena);
	return good;
}
