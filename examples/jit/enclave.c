// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A compiler that runs what it made. The pages are declared with intent RWX when the enclave is loaded (AVOW_CODE);
 * they are written first, and executed then: no mapping is ever writable and executable.
 */
#define AVOW_CODE	0x1000
#include <avow_enclave.h>
#include <errno.h>

#include "jit.h"

static long (*compiled)(long x);

static uint8_t *put(uint8_t *at, const char *bytes, size_t nr, int number)
{
	memcpy(at, bytes, nr);
	memcpy(at + nr, &number, sizeof(number));
	return at + nr + sizeof(number);
}

static void write_code(uint8_t *at, const struct line *l)
{
	at = put(at, "\x48\x69\xc7", 3, l->factor);	/* imul $factor, %rdi, %rax */
	at = put(at, "\x48\x05", 2, l->summand);	/* add $summand, %rax */
	*at = 0xc3;					/* ret */
}

static long compile(void *arg)
{
	struct pages pages;
	size_t bytes;
	void *code = avow_code(&bytes);
	int err;

	if (compiled)
		return -EBUSY;
	err = avow_accept(code, bytes);			/* EAUG has added them, R and W */
	if (err)
		return err;
	write_code(code, arg);
	err = avow_extend(code, bytes, AVOW_RIGHT_X);	/* the EPCM lets them be executed, ... */
	if (err)
		return err;
	pages = (struct pages){ code, bytes };
	if (avow_ocall(OCALL_PROTECT, &pages, sizeof(pages)))	/* ... and the mapping, if the policy does */
		return -EACCES;
	compiled = (long (*)(long))code;
	return 0;
}

static long run(void *arg)
{
	return compiled ? compiled(((const struct argument *)arg)->x) : -ENOENT;
}

AVOW_ECALLS(
	[ECALL_COMPILE] = AVOW_ECALL(compile, struct line),
	[ECALL_RUN] = AVOW_ECALL(run, struct argument),
);
