/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What host and enclave say to each other. */
#ifndef JIT_H
#define JIT_H

enum { ECALL_COMPILE, ECALL_RUN };
enum { OCALL_PROTECT };		/* struct pages: mprotect() them R and X; 0 or -1 */

/* The function factor * x + summand, which is compiled. */
struct line {
	int factor, summand;
};

struct argument {
	long x;
};

struct pages {
	void *at;
	unsigned long bytes;
};

#endif
