// SPDX-License-Identifier: LGPL-2.1-or-later
/* host ENCLAVE KEY NAME...: loads the enclave, signed with the key, and has it greet each of them. */
#include <libavow.h>
#include <stdio.h>

#include "hello.h"

static void say(void *context, int err, const char *text)
{
	(void)context;
	(void)err;
	fprintf(stderr, "hello: %s\n", text);
}

static __s64 print(void *context, void *arg, __u64 length)
{
	(void)context;
	return printf("The enclave says: %.*s\n", (int)length, (const char *)arg) < 0;
}

static const avow_ocall_fn functions[] = { [OCALL_PRINT] = print };
static const struct avow_ocalls ocalls = { .functions = functions, .nr = 1 };

static int greet(struct avow_enclave *e, const char *name)
{
	struct greeting g = { .greeted = 0 };
	__s64 result;
	int err;

	snprintf(g.name, sizeof(g.name), "%s", name);
	err = avow_enclave_call(e, ECALL_GREET, &g, &ocalls, &result);
	if (err || result)
		return -1;
	printf("%u: %s\n", g.greeted, g.text);
	return 0;
}

int main(int argc, char **argv)
{
	struct avow_enclave *e = NULL;
	struct avow_image *image = NULL;
	struct evp_pkey_st *key = NULL;
	int i, err;

	if (argc < 4) {
		fprintf(stderr, "usage: %s ENCLAVE KEY NAME...\n", argv[0]);
		return 2;
	}
	avow_set_message_handler(say, NULL, NULL, NULL);
	err = avow_enclave_new(&e, NULL);
	if (!err)
		err = avow_image_new(&image, argv[1]);
	if (!err)
		err = avow_key_read(&key, argv[2]);
	if (!err)
		err = avow_enclave_load(e, image, NULL, key);
	for (i = 3; i < argc && !err; i++)
		err = greet(e, argv[i]);
	avow_enclave_free(e);
	avow_image_free(image);
	avow_key_free(key);
	return err ? 1 : 0;
}
