/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Exceptions of enclaves in words. */
#ifndef AVOW_CMD_EXCEPTION_H
#define AVOW_CMD_EXCEPTION_H

#include <stddef.h>

#include <libavow.h>

/* "#PF"; "vector 42" in word where there is no name. */
const char *exception_name(unsigned int vector, char word[AVOW_WORD_SIZE]);

/*
 * How a call of the enclave of base and size ended that did not end by EEXIT: a sentence without
 * its full stop. Returns text.
 */
char *exception_words(const struct sgx_enclave_run *run, unsigned long long base, unsigned long long size,
		      char *text, size_t text_size);

#endif
