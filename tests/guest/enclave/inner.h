/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the test enclave share. */
#ifndef INNER_H
#define INNER_H

#include "op.h"

struct leaf {
	unsigned long rax, rbx, rcx, rdx, rflags;
};

/* Hidden: their addresses are then relative to RIP, since the image is linked at 0. */
#pragma GCC visibility push(hidden)
void leaf(struct leaf *l);
/* seal.c */
void seal(struct op *op);
void unseal(struct op *op);
void verify(struct op *op);
#pragma GCC visibility pop

#endif
