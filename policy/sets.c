// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who and what a thing is: values to entries and sets. */
#include <stdlib.h>
#include <string.h>

#include "compile.h"

static bool all_zero(const uint8_t *bytes, size_t size)
{
	return !*bytes && !memcmp(bytes, bytes + 1, size - 1);
}

static bool resolve(struct avow_policy_compiler *compiler, const struct avow_policy_form *form,
		    const struct avow_policy_value *value, struct avow_entry *entry)
{
	const struct avow_policy_resolver *resolver = compiler->resolver;
	char why[AVOW_POLICY_WHY_SIZE] = "";
	enum avow_policy_resolved resolved;

	resolved = resolver->resolve(resolver->context, form->kind, value->text, entry, why);
	if (resolved != AVOW_POLICY_RESOLVED)
		avow_policy_error_add(compiler->errors, resolved == AVOW_POLICY_DOUBTFUL, &value->place,
				      value->word, strlen(value->word), "%s", why);
	return resolved != AVOW_POLICY_UNRESOLVED;
}

/* The example of a list that nobody has filled in, for one. */
static void warn_of_zeros(struct avow_policy_compiler *compiler, const struct avow_policy_form *form,
			  const struct avow_policy_value *value)
{
	if (form->type == TYPE_HEX && all_zero(value->bytes, 32))
		avow_policy_error_add(compiler->errors, true, &value->place, value->word, strlen(value->word),
				      "nothing but zeros: no enclave has that; is it an example to be replaced?");
}

static bool make_entry(struct avow_policy_compiler *compiler, const struct avow_policy_form *form,
		       const struct avow_policy_value *value, struct avow_entry *entry)
{
	*entry = (struct avow_entry){ 0 };
	switch (form->type) {
	case TYPE_PATH:
		return resolve(compiler, form, value, entry);
	case TYPE_ID:
		if (!value->is_number)
			return resolve(compiler, form, value, entry);
		entry->arg = value->number;
		return true;
	case TYPE_NAME:
		memcpy(entry->bytes, value->text, strlen(value->text));
		return true;
	default:
		warn_of_zeros(compiler, form, value);
		entry->arg = value->number;
		memcpy(entry->bytes, value->bytes, sizeof(value->bytes));
		return true;
	}
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct avow_entry));
}

/* Sorts, and drops what is there twice. Returns how many are left. */
static uint32_t tidy(struct avow_entry *entries, uint32_t nr)
{
	uint32_t i, to = 0;

	qsort(entries, nr, sizeof(*entries), compare);
	for (i = 0; i < nr; i++)
		if (!i || compare(&entries[i], &entries[to - 1]))
			entries[to++] = entries[i];
	return to;
}

static bool find_set(const struct avow_policy_sets *sets, enum avow_entry_kind kind,
		     const struct avow_entry *entries, uint32_t nr, uint32_t *number)
{
	for (*number = 0; *number < sets->nr; (*number)++) {
		const struct set *set = &sets->list[*number];

		if (set->kind == kind && set->nr == nr &&
		    !memcmp(&sets->entries[set->start], entries, nr * sizeof(*entries)))
			return true;
	}
	return false;
}

/* Of the entries that were put behind those of all sets. */
static uint64_t add_set(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition, uint32_t nr)
{
	struct avow_policy_sets *sets = &compiler->sets;
	struct avow_entry *entries = &sets->entries[sets->nr_entries];
	uint32_t number;

	nr = tidy(entries, nr);
	if (!find_set(sets, condition->form->kind, entries, nr, &number)) {
		if (sets->nr == AVOW_SETS_MAX) {
			avow_policy_compiler_tell(compiler, false, condition,
						  "one list too many: a policy has at most %d different lists",
						  AVOW_SETS_MAX);
			return 0;
		}
		sets->list[sets->nr++] = (struct set){
			.kind = condition->form->kind,
			.start = sets->nr_entries,
			.nr = nr,
		};
		sets->nr_entries += nr;
	}
	return 1ULL << number;
}

uint64_t avow_policy_set_of(struct avow_policy_compiler *compiler, const struct avow_policy_condition *condition)
{
	struct avow_policy_sets *sets = &compiler->sets;
	const struct avow_policy_value *value;
	bool good = true;
	uint32_t nr = 0;

	for (value = condition->values; value; value = value->next) {
		if (sets->nr_entries + nr == AVOW_ENTRIES_MAX) {
			avow_policy_error_add(compiler->errors, false, &value->place, value->word,
					      strlen(value->word),
					      "one value too many: the lists of a policy have at most %d in all",
					      AVOW_ENTRIES_MAX);
			return 0;
		}
		good &= make_entry(compiler, condition->form, value, &sets->entries[sets->nr_entries + nr]);
		nr++;
	}
	return good ? add_set(compiler, condition, nr) : 0;
}

void avow_policy_sets_finish(const struct avow_policy_sets *sets, struct avow_policy *policy)
{
	uint32_t kind, number, i, to = 0;

	for (kind = 0; kind < AVOW_ENTRY_KINDS; kind++) {
		policy->first[kind] = to;
		for (number = 0; number < sets->nr; number++) {
			const struct set *set = &sets->list[number];

			for (i = 0; set->kind == kind && i < set->nr; i++) {
				policy->entries[to] = sets->entries[set->start + i];
				policy->entries[to++].set = number;
			}
		}
	}
	policy->first[AVOW_ENTRY_KINDS] = to;
}
