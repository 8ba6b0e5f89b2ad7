// SPDX-License-Identifier: LGPL-2.1-or-later
#include <stdio.h>
#include <string.h>

#include "called.h"

__s64 called_again;
int called_again_err;

static void on_message(void *context, int err, const char *text)
{
	struct called *in = context;

	(void)err;
	snprintf(in->said, sizeof(in->said), "%s", text);
}

void called_load_as(struct called *in, const struct called_as *as)
{
	const struct avow_params params = { .attributes = as->attributes };
	const struct avow_signing signing = { .isv_svn = as->isv_svn };
	EVP_PKEY *k;

	memset(in, 0, sizeof(*in));
	avow_set_message_handler(on_message, in, NULL, NULL);
	REQUIRE_OK(avow_key_read(&k, data_path(as->key ? as->key : "key.pem")));
	REQUIRE_OK(avow_image_new(&in->image, data_path(as->file ? as->file : "runtime.elf")));
	REQUIRE_OK(avow_enclave_new(&in->e, NULL));
	if (strict())
		REQUIRE_OK(avow_set_contract(avow_enclave_fd(in->e), AVOW_STRICT));
	REQUIRE_OK(avow_enclave_set_signing(in->e, &signing));
	REQUIRE_OK(avow_enclave_load(in->e, in->image, &params, k));
	avow_key_free(k);
}

void called_load(struct called *in, const char *file, const char *key)
{
	called_load_as(in, &(struct called_as){ .file = file, .key = key });
}

void called_free(struct called *in)
{
	avow_enclave_free(in->e);
	avow_image_free(in->image);
}

static __s64 twice(void *context, void *arg, __u64 length)
{
	long value;

	(void)context;
	if (length < sizeof(value))
		return -EINVAL;
	memcpy(&value, arg, sizeof(value));
	value *= 2;
	memcpy(arg, &value, sizeof(value));
	return value + 1;
}

static __s64 again(void *context, void *arg, __u64 length)
{
	struct called *in = context;

	(void)arg;
	called_again_err = avow_enclave_call(in->e, EC_COUNT, NULL, NULL, &called_again);
	return (__s64)length;
}

static __s64 aborts(void *context, void *arg, __u64 length)
{
	struct called *in = context;

	(void)arg;
	called_again_err = avow_enclave_call(in->e, EC_ABORT, NULL, NULL, NULL);
	return (__s64)length;
}

static __s64 last(void *context, void *arg, __u64 length)
{
	(void)context;
	(void)arg;
	(void)length;
	return 7;
}

const avow_ocall_fn called_functions[] = {
	[OC_TWICE] = twice,
	[OC_AGAIN] = again,
	[OC_ABORT] = aborts,
	[OC_LAST] = last,
};

int called_try(struct called *in, enum ecall number, void *arg, __s64 *result)
{
	const struct avow_ocalls ocalls = {
		.context = in,
		.functions = called_functions,
		.nr = sizeof(called_functions) / sizeof(called_functions[0]),
	};

	return avow_enclave_call(in->e, number, arg, &ocalls, result);
}

long called_call(struct called *in, enum ecall number, void *arg)
{
	__s64 result = 0;
	int err = called_try(in, number, arg, &result);

	if (err) {
		FAIL("ecall %d: %s (%s)", number, strerror(-err), in->said);
		test_stop();
	}
	return result;
}
