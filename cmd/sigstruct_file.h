/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SIGSTRUCTs in files, and in words. */
#ifndef AVOW_CMD_SIGSTRUCT_FILE_H
#define AVOW_CMD_SIGSTRUCT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <libavow.h>

#include "json.h"

/* Exactly size bytes of a file. 0, or a negative errno: EMSGSIZE: it has more or fewer. */
int bytes_read(const char *name, void *bytes, size_t size);

/* FILE.sig, where sign puts it, and the others look for it. To be freed; never NULL. */
char *sigstruct_name(const char *file);

/* What is known of one. */
struct signature {
	__u8 bytes[AVOW_SIGSTRUCT_BYTES];
	struct avow_sigstruct_fields fields;
	char wrong[256];	/* why INIT would not take it, as a sentence; empty: it would */
};

/* Looks at bytes. */
void signature_judge(struct signature *s);

/* A line for each field, all behind their names; the fields as an object. */
void signature_print(const struct signature *s);
void signature_json(struct json_object *to, const struct signature *s);

/* ATTRIBUTES.FLAGS in words. */
extern const struct bit_word attribute_words[];

#endif
