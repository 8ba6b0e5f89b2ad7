/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A child process that enters an enclave of this one, for debuggers and killers. */
#ifndef TRACEE_H
#define TRACEE_H

#include "inside.h"

/* What parent and child both see. */
struct shared {
	struct op op;
	struct exit exit;
	volatile bool done;
};

struct tracee {
	struct scene *s;
	struct shared *shared;
};

struct shared *share(void);

/* For fork_child(), with a struct tracee: one entry at TCS 0 as shared->op asks. */
void tracee_enters(void *arg);
/* The same by a child that asks to be traced and stops itself first. */
void tracee_enters_traced(void *arg);

/* Waits until an OP_SPIN is inside. */
void wait_inside(const struct op *op);

/* Is it an address of the enclave? */
static inline bool inside(const struct scene *s, u64 addr)
{
	return addr >= s->e.base && addr < s->e.base + s->e.size;
}

#endif
