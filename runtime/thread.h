/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A thread's memory, ascending: hole, stack, hole, two pages of stack for exceptions, this page, two
 * SSA frames. <avow_enclave.h> lays it out; FS and GS base are the address of this page.
 */
#ifndef AVOW_RUNTIME_THREAD_H
#define AVOW_RUNTIME_THREAD_H

#include "abi.h"

#define THREAD_SELF		0	/* as the ABI has it at FS:0 */
#define THREAD_STATE		8
#define THREAD_OCALL_RSP	16
#define THREAD_HOST_RSP		24	/* of the entry at CSSA 0 */
#define THREAD_HOST_RBP		32
#define THREAD_CANARY		40	/* FS:0x28, as GCC's stack protector has it */
#define THREAD_HOST_RIP		48
#define THREAD_AT_1		56	/* RSP, RBP, RIP of the entry at CSSA 1 */
#define THREAD_RESULT		80
#define THREAD_HANDLING		88

#define THREAD_STACK_TOP	-0x3000	/* where the stack ends, from here */
#define THREAD_SSA		0x1000

#define STATE_IDLE		0
#define STATE_RUNNING		1
#define STATE_OCALL		2

#ifndef __ASSEMBLER__
#include <avow_enclave.h>

struct avow_thread {
	struct avow_thread *self;
	uint64_t state;
	uint64_t ocall_rsp;
	uint64_t host_rsp, host_rbp;
	uint64_t canary;
	uint64_t host_rip;
	uint64_t at_1[3];
	int64_t result;			/* RSI at the exit */
	uint64_t handling;		/* an exception: at CSSA 1 */
	/* The rest is C's alone. */
	unsigned char *buffer;		/* outside, of the running ecall */
	uint64_t buffer_bytes;
};

_Static_assert(offsetof(struct avow_thread, state) == THREAD_STATE, "entry.S");
_Static_assert(offsetof(struct avow_thread, ocall_rsp) == THREAD_OCALL_RSP, "entry.S");
_Static_assert(offsetof(struct avow_thread, host_rsp) == THREAD_HOST_RSP, "entry.S");
_Static_assert(offsetof(struct avow_thread, host_rbp) == THREAD_HOST_RBP, "entry.S");
_Static_assert(offsetof(struct avow_thread, canary) == THREAD_CANARY, "entry.S");
_Static_assert(offsetof(struct avow_thread, host_rip) == THREAD_HOST_RIP, "entry.S");
_Static_assert(offsetof(struct avow_thread, at_1) == THREAD_AT_1, "entry.S");
_Static_assert(offsetof(struct avow_thread, result) == THREAD_RESULT, "entry.S");
_Static_assert(offsetof(struct avow_thread, handling) == THREAD_HANDLING, "entry.S");

static inline struct avow_thread *this_thread(void)
{
	struct avow_thread *thread;

	__asm__("mov %%gs:0, %0" : "=r"(thread));
	return thread;
}

#pragma GCC visibility push(hidden)

extern char avow_base[];		/* the first byte of the enclave */
extern const uint64_t avow_bytes;	/* of its range: avow-enclave.lds */

/* entry.S: leaves for an ocall; what the host answered. */
long avow_exit_for_ocall(uint64_t number, uint64_t bytes);
/* entry.S: leaves for good, by this exit and RSI; where a thread is resumed, too, that crashed. */
_Noreturn void avow_leave(uint64_t exit, int64_t rsi);
/* entry.S: ENCLU inside; RAX, or -EFAULT where it raised an exception, which exception.c sees to. */
long avow_leaf(uint64_t rax, uint64_t rbx, uint64_t rcx, uint64_t rdx);
extern char avow_leaf_enclu[], avow_leaf_failed[];

/* end.c. Set: no more entries. */
extern bool avow_dead;
void avow_die(void);
/* Does not return where another thread has ended the enclave. */
void avow_stop_if_dead(void);

#pragma GCC visibility pop
#endif

#endif
