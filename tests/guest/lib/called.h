/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The enclave of tests/guest/runtime, made with libavow-enclave, called by avow_enclave_call(). */
#ifndef CALLED_H
#define CALLED_H

#include "../runtime/calls.h"
#include "enclave.h"
#include "test.h"

struct called {
	struct avow_enclave *e;
	struct avow_image *image;
	char said[512];			/* by the library, last */
};

/* Loaded, in the contract of the running case. file: of the data; NULL: the enclave. key: likewise. */
void called_load(struct called *in, const char *file, const char *key);
/* The same of an enclave with what else a key may depend on; zero is what called_load() has. */
struct called_as {
	const char *file, *key;
	u64 attributes;
	u16 isv_svn;
};
void called_load_as(struct called *in, const struct called_as *as);
void called_free(struct called *in);

/* What it returned; the call itself must succeed. */
long called_call(struct called *in, enum ecall number, void *arg);
/* With ocalls, and as avow_enclave_call() answers. */
int called_try(struct called *in, enum ecall number, void *arg, __s64 *result);

#define EXPECT_CALL(in, number, arg, want)	EXPECT_EQ(called_call(in, number, arg), want)
#define EXPECT_SAID(in, words)								\
	(strstr((in)->said, words) ? (void)0 : FAIL("said \"%s\", not \"%s\"", (in)->said, words))

/* enum ocall's, OC_LAST the last. */
extern const avow_ocall_fn called_functions[];

/* How often EC_COUNT was called by OC_AGAIN, and what came of it, or of OC_ABORT. */
extern __s64 called_again;
extern int called_again_err;

#endif
