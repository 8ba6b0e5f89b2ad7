/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tests ask of the enclave that is made with the runtime. */
#ifndef CALLS_H
#define CALLS_H

#ifndef __ASSEMBLER__
enum ecall {
	EC_ADD,		/* struct pair: a + b into sum; returns it */
	EC_COUNT,	/* plain: how often, from 1 on */
	EC_NONE,	/* there is none */
	EC_NAME,	/* struct pair: the first letter of one of three names, by a table of pointers */
	EC_WHERE,	/* struct where */
	EC_COPY,	/* struct where: copies 16 bytes in and out; of 1 byte: out alone */
	EC_OCALL,	/* struct ask */
	EC_STATE,	/* struct state: what C code finds at an entry, and after an ocall of its own */
	EC_LEAVE,	/* plain: leaves with patterns in all registers */
	EC_LEAVE_OCALL,	/* the same by an ocall */
	EC_LOCKED,	/* plain: counts LOCKED times, under a lock; returns how far it is */
	EC_MEET,	/* plain: waits inside for another one */
	EC_RAISE,	/* struct raise */
	EC_OVERFLOW,	/* plain: calls itself without end */
	EC_SMASH,	/* plain: writes over its own return address */
	EC_ABORT,	/* plain; with a lock held */
	EC_WAIT,	/* struct wait: waits inside for the host, then does what it says */
	EC_FILL,	/* struct fill: takes all of the heap, and gives it back */
	EC_CHURN,	/* struct fill: takes, grows and frees all by chance; returns how often a byte was wrong */
	EC_PAGES,	/* struct where: EACCEPT and EMODPE of pages that are wrong; returns how many were let through */
	EC_SEAL,	/* struct seal */
	EC_UNSEAL,	/* struct seal */
	EC_SELF,	/* struct report: peer is this enclave, blob its TARGETINFO */
	EC_REPORT,	/* struct report: blob is a TARGETINFO, and then the report */
	EC_VERIFY,	/* struct report: blob is the report; peer who made it */
	EC_RANDOM,	/* struct seal: 64 bytes into text */
	EC_FREE_TWICE,	/* plain: frees a block twice */
	EC_SIZES,	/* plain: asks for blocks that are too large, and for zeros; returns how much was wrong */
	EC_BYTES,	/* plain: moves and compares bytes; returns how often it was wrong */
	EC_GETKEY,	/* struct key; returns EGETKEY's answer */
	EC_FRAME,	/* plain: the address of a frame on a stack that nothing has aligned */
};

enum ocall {
	OC_TWICE,	/* a long, doubled; returns it plus 1 */
	OC_AGAIN,	/* an ecall in the ocall */
	OC_NONE,	/* there is none */
	OC_ABORT,	/* an ecall that ends the enclave in the ocall */
	OC_LAST,
};

struct pair {
	long a, b, sum;
};

struct where {
	const void *p;
	unsigned long bytes;
	unsigned long base, size;	/* out: of the enclave, as it sees it */
	int outside, inside;		/* out */
	char text[16];			/* in: to copy out; out: what was copied in */
};

struct ask {
	unsigned int number;
	unsigned long bytes;
	long value;			/* in, out */
	long kept;			/* out: what was not as before */
};

struct state {
	unsigned long rflags, rsp;
	unsigned int mxcsr, x87;
	unsigned long after_rflags;
	unsigned int after_mxcsr, after_x87;
	unsigned long canary;
};

enum raise {
	RAISE_UD,	/* handled: the next instruction */
	RAISE_PF,	/* handled: a read of address; value is what the handler puts in its place */
	RAISE_IN_HANDLER,	/* the handler raises one, too */
	RAISE_DE,	/* not handled */
	RAISE_OCALL,	/* handled: an ocall in the handler, value is what it said */
	RAISE_AND_ABORT,	/* handled; then the enclave ends itself */
	RAISE_ABORT,	/* the handler ends the enclave */
	RAISE_SMASH,	/* the handler writes over its own return address */
};

struct raise_arg {
	enum raise what;
	unsigned long address;
	long value;
	unsigned int vector, error, times;	/* out: what the handler was told, and how often */
	unsigned long told;
};

enum wait_then {
	WAIT_RETURN,
	WAIT_OCALL,	/* an ocall, OC_AGAIN */
	WAIT_RAISE,	/* an exception that nobody handles */
	WAIT_LOCK,	/* takes the lock of EC_ABORT */
};

struct wait {
	enum wait_then then;
	volatile int *here, *go;	/* outside: set when it waits; waited for */
	int done;			/* out: 1 */
};

struct fill {
	unsigned long bytes;	/* of each block; of EC_CHURN: a seed */
	unsigned long blocks;	/* out */
	unsigned long largest;	/* out: one block, when all is free again */
};

#define LOCKED		2000

#define SEAL_TEXT	200

struct seal {
	unsigned int policy;
	unsigned int bytes;			/* of text */
	char with[16];
	char text[SEAL_TEXT];
	char sealed[SEAL_TEXT + 72];
};

struct key {
	unsigned char request[512];		/* KEYREQUEST */
	unsigned char key[16];
};

struct report {
	unsigned char mrenclave[32], mrsigner[32], data[64];
	unsigned long attributes;
	unsigned char blob[512];
};

#endif

/* The patterns of EC_LEAVE. */
#define LEAVE_GPR	0x0123456789abcd00
#define LEAVE_MXCSR	0x1fa0
#define LEAVE_X87	0x0f7f

#endif
