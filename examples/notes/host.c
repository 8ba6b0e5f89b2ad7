// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * host save FILE ENCLAVE KEY TITLE TEXT: seals a note into a file. host show FILE ENCLAVE KEY: unseals it, if enclave and
 * signer are the same.
 */
#include <errno.h>
#include <libavow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "notes.h"

static void say(void *context, int err, const char *text)
{
	(void)context;
	(void)err;
	fprintf(stderr, "notes: %s\n", text);
}

static struct avow_enclave *load(const char *file, const char *signer)
{
	struct avow_enclave *e;
	struct avow_image *image;
	struct evp_pkey_st *key;

	if (avow_enclave_new(&e, NULL) || avow_image_new(&image, file) || avow_key_read(&key, signer) ||
	    avow_enclave_load(e, image, NULL, key))
		exit(1);
	avow_image_free(image);
	avow_key_free(key);
	return e;
}

static int call(struct avow_enclave *e, unsigned int number, struct note *n)
{
	__s64 result;

	return avow_enclave_call(e, number, n, NULL, &result) ? -EIO : (int)result;
}

static int save(struct avow_enclave *e, const char *path, const char *title, const char *text)
{
	struct note n = { .bytes = (unsigned int)strnlen(text, TEXT_MAX) };
	FILE *file;

	snprintf(n.title, sizeof(n.title), "%s", title);
	memcpy(n.text, text, n.bytes);
	if (call(e, ECALL_SEAL, &n))
		return 1;
	memset(n.text, 0, sizeof(n.text));	/* what goes to the file is the struct without the text */
	file = fopen(path, "we");
	if (!file || fwrite(&n, sizeof(n), 1, file) != 1 || fclose(file)) {
		perror(path);
		return 1;
	}
	printf("sealed: %s, %u bytes\n", n.title, n.bytes);
	return 0;
}

static int show(struct avow_enclave *e, const char *path)
{
	FILE *file = fopen(path, "re");
	struct note n;

	if (!file || fread(&n, sizeof(n), 1, file) != 1 || fclose(file)) {
		perror(path);
		return 1;
	}
	if (n.bytes > TEXT_MAX || call(e, ECALL_UNSEAL, &n)) {
		printf("not sealed by this enclave and signer, or changed\n");
		return 1;
	}
	printf("%.*s: %.*s\n", (int)sizeof(n.title), n.title, (int)n.bytes, n.text);
	return 0;
}

int main(int argc, char **argv)
{
	struct avow_enclave *e;
	int status;

	if (!(argc == 7 && !strcmp(argv[1], "save")) && !(argc == 5 && !strcmp(argv[1], "show"))) {
		fprintf(stderr, "usage: %s save FILE ENCLAVE KEY TITLE TEXT\n       %s show FILE ENCLAVE KEY\n", argv[0], argv[0]);
		return 2;
	}
	avow_set_message_handler(say, NULL, NULL, NULL);
	e = load(argv[3], argv[4]);
	status = argc == 7 ? save(e, argv[2], argv[5], argv[6]) : show(e, argv[2]);
	avow_enclave_free(e);
	return status;
}
