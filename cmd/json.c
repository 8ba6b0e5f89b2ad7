// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>

#include "json.h"

void json_text(struct json_object *to, const char *key, const char *value)
{
	json_object_object_add(to, key, value ? json_object_new_string(value) : NULL);
}

void json_number(struct json_object *to, const char *key, unsigned long long value)
{
	json_object_object_add(to, key, json_object_new_uint64(value));
}

void json_address(struct json_object *to, const char *key, unsigned long long value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", value);
	json_text(to, key, text);
}

void json_rights(struct json_object *to, const char *key, unsigned int rwx)
{
	char word[AVOW_WORD_SIZE];

	json_text(to, key, avow_rights_word(rwx, word));
}

void json_bits(struct json_object *to, const char *key, const struct bit_word *words,
	       unsigned long long bits)
{
	struct json_object *array = json_object_new_array();

	for (; words->word; words++)
		if (bits & words->bit)
			json_object_array_add(array, json_object_new_string(words->word));
	json_object_object_add(to, key, array);
}

struct json_object *json_process(struct json_object *to, const struct process *p)
{
	struct json_object *enclaves = json_object_new_array(), *lone = json_object_new_array();
	size_t i;

	json_number(to, "pid", (unsigned long long)p->pid);
	json_text(to, "command", p->comm);
	json_object_object_add(to, "enclaves", enclaves);
	for (i = 0; i < p->nr_lone; i++) {
		struct json_object *one = json_object_new_object();

		json_address(one, "start", p->lone[i].start);
		json_address(one, "end", p->lone[i].end);
		json_object_array_add(lone, one);
	}
	json_object_object_add(to, "unreachable", lone);
	return enclaves;
}

struct json_object *json_enclave(struct json_object *array, const struct held_enclave *e)
{
	struct json_object *one = json_object_new_object(), *numbers = json_object_new_array();
	size_t i;

	for (i = 0; i < e->nr_numbers; i++)
		json_object_array_add(numbers, json_object_new_int(e->numbers[i]));
	json_object_object_add(one, "descriptors", numbers);
	json_address(one, "base", e->info.base);
	json_number(one, "size", e->info.size);
	json_text(one, "contract", avow_contract_word(e->info.contract));
	json_bits(one, "state", state_words, e->info.state);
	json_object_array_add(array, one);
	return one;
}

void json_print(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}
