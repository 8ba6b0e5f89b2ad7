// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "text.h"

/* ---- reading ---- */

static int read_file(void *context, const char *path, char **bytes, size_t *size, char **identity)
{
	const struct text_file *file;

	for (file = context; file->name; file++)
		if (!strcmp(file->name, path))
			break;
	if (!file->name)
		return -ENOENT;
	*size = file->size ? file->size : strlen(file->text);
	*bytes = malloc(*size + 1);
	*identity = strdup(path);
	assert_non_null(*bytes);
	memcpy(*bytes, file->text, *size);
	return 0;
}

/*
 * Users are alice, 1001, and bob, 1002; groups and paths have the number that their name ends
 * with, or 1. What begins with /nowhere is unknown, and /never cannot be resolved.
 */
static enum avow_policy_resolved resolve(void *context, enum avow_entry_kind kind, const char *name,
					 struct avow_entry *entry, char why[AVOW_POLICY_WHY_SIZE])
{
	const char *digits = name + strcspn(name, "0123456789");
	unsigned int number = *digits ? (unsigned int)atoi(digits) : 1;

	(void)context;
	if (kind == AVOW_ENTRY_USER)
		number = strcmp(name, "alice") ? 1002 : 1001;
	if (kind == AVOW_ENTRY_USER || kind == AVOW_ENTRY_GROUP)
		entry->arg = number;
	else
		entry->words[kind == AVOW_ENTRY_CGROUP ? 0 : 1] = number;
	snprintf(why, AVOW_POLICY_WHY_SIZE, "is not known");
	if (!strncmp(name, "/never", 6))
		return AVOW_POLICY_UNRESOLVED;
	return strncmp(name, "/nowhere", 8) ? AVOW_POLICY_RESOLVED : AVOW_POLICY_DOUBTFUL;
}

void read_files(struct read_text *read, const struct text_file *files)
{
	static const struct avow_policy_resolver resolver = { .resolve = resolve };
	const struct avow_policy_reader reader = { .context = (void *)files, .read = read_file };

	memset(read, 0, sizeof(*read));
	read->text = avow_policy_read(&reader, files->name, &read->errors);
	read->good = read->text && avow_policy_compile(read->text, &resolver, &read->policy, &read->errors);
	assert_int_equal(read->good, !read->errors.nr_errors);
	if (read->good)
		assert_true(avow_policy_wellformed(&read->policy));
}

void read_one(struct read_text *read, const char *text)
{
	const struct text_file files[] = { { "main", text, 0 }, { NULL, NULL, 0 } };

	read_files(read, files);
}

void read_free(struct read_text *read)
{
	avow_policy_text_free(read->text);
	avow_policy_errors_free(&read->errors);
}

/* ---- telling ---- */

char *errors_text(const struct avow_policy_errors *errors)
{
	char *text = NULL;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	for (i = 0; i < errors->nr; i++) {
		const struct avow_policy_error *error = &errors->list[i];

		fprintf(to, "%s%s", i ? "\n" : "", error->warning ? "warning " : "");
		if (strcmp(error->place.file, "main"))
			fprintf(to, "%s:", error->place.file);
		fprintf(to, "%u:%u '%s' %s", error->place.line, error->place.column, error->word, error->message);
	}
	fclose(to);
	return text;
}

static const char *const bit_names[64] = {
	[0] = "load", [1] = "map", [2] = "init", [3] = "r", [4] = "w", [5] = "x",
	[6] = "ever-w", [7] = "ever-x", [8] = "measured", [9] = "debug", [10] = "provision",
	[16] = "noexec", [17] = "nosuid", [18] = "setuid", [19] = "setgid", [20] = "verity",
	[24] = "none", [25] = "file-exec", [26] = "file-noexec", [27] = "file-written",
	[28] = "file-shared-writable", [29] = "shmem", [30] = "anonymous", [31] = "other",
};

static void tell_bits(FILE *to, char sign, uint64_t bits)
{
	unsigned int i;

	for (i = 0; i < 64; i++)
		if (bits >> i & 1)
			fprintf(to, " %c%s", sign, bit_names[i]);
}

static void tell_entry(FILE *to, uint32_t kind, const struct avow_entry *entry)
{
	switch (kind) {
	case AVOW_ENTRY_VERITY:
		fprintf(to, "%u:%02x..%02x", entry->arg, entry->bytes[0], entry->bytes[entry->arg == 1 ? 31 : 63]);
		break;
	case AVOW_ENTRY_FILESYSTEM:
		fprintf(to, "%.16s", (const char *)entry->bytes);
		break;
	case AVOW_ENTRY_USER:
	case AVOW_ENTRY_GROUP:
	case AVOW_ENTRY_PRODUCT:
		fprintf(to, "%u", entry->arg);
		break;
	case AVOW_ENTRY_ENCLAVE:
	case AVOW_ENTRY_SIGNER:
		fprintf(to, "%02x..%02x", entry->bytes[0], entry->bytes[31]);
		break;
	case AVOW_ENTRY_CGROUP:
		fprintf(to, "%u", (unsigned int)entry->words[0]);
		break;
	default:
		fprintf(to, "%u", (unsigned int)entry->id.ino);
		break;
	}
}

static void tell_sets(FILE *to, const char *how, const struct avow_policy *policy, uint64_t sets)
{
	static const char *const names[AVOW_ENTRY_KINDS] = {
		"file", "under", "verity", "filesystem", "program", "user", "group", "cgroup", "enclave",
		"signer", "product",
	};
	uint32_t kind, i, set, nr;

	for (set = 0; set < AVOW_SETS_MAX; set++) {
		if (!(sets >> set & 1))
			continue;
		for (kind = 0; kind < AVOW_ENTRY_KINDS; kind++) {
			for (nr = 0, i = policy->first[kind]; i < policy->first[kind + 1]; i++) {
				if (policy->entries[i].set != set)
					continue;
				if (nr)
					fprintf(to, ",");
				else
					fprintf(to, " %s %s{", how, names[kind]);
				nr++;
				tell_entry(to, kind, &policy->entries[i]);
			}
			if (nr)
				fprintf(to, "}");
		}
	}
}

char *rule_text(const struct avow_policy *policy, uint32_t number)
{
	static const char *const actions[] = { "none", "allow", "deny", "audit" };
	const struct avow_rule *rule = &policy->rules[number - 1];
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	fprintf(to, "%s", actions[rule->action]);
	tell_bits(to, '+', rule->all);
	tell_bits(to, '-', rule->none);
	tell_bits(to, '?', rule->any);
	tell_sets(to, "in", policy, rule->in);
	tell_sets(to, "not", policy, rule->not_in);
	if (rule->svn_min)
		fprintf(to, " svn %u", rule->svn_min);
	fclose(to);
	return text;
}
