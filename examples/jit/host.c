// SPDX-License-Identifier: LGPL-2.1-or-later
/* host ENCLAVE KEY FACTOR SUMMAND X: has the enclave compile FACTOR * x + SUMMAND, and run it. */
#include <errno.h>
#include <libavow.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "jit.h"

static void say(void *context, int err, const char *text)
{
	(void)context;
	(void)err;
	fprintf(stderr, "jit: %s\n", text);
}

/* Why it was refused, as the kernel and the policy have it. */
static void explain(struct avow_enclave *e)
{
	char *why;

	if (!avow_explain_last(avow_enclave_fd(e), &why)) {
		fputs(why, stdout);
		free(why);
	}
}

static __s64 protect(void *context, void *arg, __u64 length)
{
	const struct pages *p = arg;

	if (length != sizeof(*p))
		return -1;
	if (!mprotect(p->at, p->bytes, PROT_READ | PROT_EXEC)) {
		printf("mprotect() R-X: done\n");
		return 0;
	}
	printf("mprotect() R-X: %s\n", strerror(errno));
	explain(context);
	return -1;
}

static int compile_and_run(struct avow_enclave *e, struct line *l, struct argument *a)
{
	static const avow_ocall_fn functions[] = { [OCALL_PROTECT] = protect };
	const struct avow_ocalls ocalls = { .context = e, .functions = functions, .nr = 1 };
	__s64 result;

	if (avow_enclave_call(e, ECALL_COMPILE, l, &ocalls, &result))
		return 1;
	if (result) {
		printf("not compiled: %s\n", strerror((int)-result));
		return 1;
	}
	if (avow_enclave_call(e, ECALL_RUN, a, NULL, &result))
		return 1;
	printf("%d * %ld + %d = %lld\n", l->factor, a->x, l->summand, (long long)result);
	return 0;
}

int main(int argc, char **argv)
{
	struct avow_enclave *e;
	struct avow_image *image;
	struct evp_pkey_st *key;
	struct line l;
	struct argument a;
	int status;

	if (argc != 6) {
		fprintf(stderr, "usage: %s ENCLAVE KEY FACTOR SUMMAND X\n", argv[0]);
		return 2;
	}
	l = (struct line){ atoi(argv[3]), atoi(argv[4]) };
	a.x = atol(argv[5]);
	avow_set_message_handler(say, NULL, NULL, NULL);
	if (avow_enclave_new(&e, NULL) || avow_image_new(&image, argv[1]) || avow_key_read(&key, argv[2]))
		return 1;
	status = avow_enclave_load(e, image, NULL, key) ? 1 : compile_and_run(e, &l, &a);
	avow_enclave_free(e);
	avow_image_free(image);
	avow_key_free(key);
	return status;
}
