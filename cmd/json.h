/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What json-c leaves to write for each field. */
#ifndef AVOW_CMD_JSON_H
#define AVOW_CMD_JSON_H

#include <json-c/json.h>

#include "process.h"
#include "words.h"

void json_text(struct json_object *to, const char *key, const char *value);	/* NULL: null */
void json_number(struct json_object *to, const char *key, unsigned long long value);
/* "0x7f1200000000" */
void json_address(struct json_object *to, const char *key, unsigned long long value);
/* "RW-" */
void json_rights(struct json_object *to, const char *key, unsigned int rwx);

/* An array of the bits' words. */
void json_bits(struct json_object *to, const char *key, const struct bit_word *words,
	       unsigned long long bits);

/* pid, command, an empty array "enclaves" (returned), and "unreachable". */
struct json_object *json_process(struct json_object *to, const struct process *p);
/* An object in the array: descriptors, base, size, contract, state. */
struct json_object *json_enclave(struct json_object *array, const struct held_enclave *e);

/* Prints and frees. */
void json_print(struct json_object *object);

#endif
