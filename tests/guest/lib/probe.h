/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Touching an address from outside an enclave and living to tell how it went. */
#ifndef PROBE_H
#define PROBE_H

#include "enclave.h"

struct fault {
	int signo;		/* 0: no fault */
	int code;		/* si_code */
	u64 addr;		/* si_addr */
	u64 error;		/* the error code of the #PF, trap number in trapno */
	int trapno;
	u8 value;		/* what was read */
};

struct fault probe_read(u64 addr);
struct fault probe_write(u64 addr, u8 value);
/* Calls addr, where a RET is expected. */
struct fault probe_exec(u64 addr);
/* Runs fn(arg), expecting or not that it faults. */
struct fault probe_run(void (*fn)(void *arg), void *arg);

/*
 * R10.4: a write to a page that grants nothing to anybody, which is dropped. Until the
 * kernel takes the entry away that the write went to, a moment later, the writer can
 * see it.
 */
#define EXPECT_DROPPED(addr, value)	expect_dropped(__FILE__, __LINE__, addr, value)
void expect_dropped(const char *file, int line, u64 addr, u8 value);

#endif
